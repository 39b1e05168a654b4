"""The places where things are measured: a finished project, a repository with an ordinary commit, a plain cookiecutter template."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import environment

TOOL = (sys.executable, "-c", "import sys; sys.argv[0] = 'mlscaffold'; from mlscaffold.cli import main; main()")
HOOK = (sys.executable, "-c", "from mlscaffold.hook import main; main()")


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, whatever the settings of the person who measures."""
    identity = (
        "-c",
        "user.name=Ben Mark",
        "-c",
        "user.email=ben@localhost",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.hooksPath=",
    )
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def finished_project(folder: Path) -> Path:
    """The tests' finished project, all ten stages signed, committed."""
    from tests.conftest import Sandbox
    from tests.finished import finished

    sandbox = Sandbox(folder / "flower-sorter")
    sandbox.write(dict(finished()))
    sandbox.commit("finished")
    sandbox.sign()
    sandbox.commit("signed")
    return sandbox.root


def settle(command: Sequence[str], folder: Path) -> None:
    """Run a command until it can learn nothing more: what is younger than two seconds is not trusted."""
    for _ in range(3):
        time.sleep(2.1)
        subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)


def ordinary_commit(folder: Path) -> Path:
    """A project where a source file is staged: nothing that a check reads, no secret, nothing large."""
    root = folder / "ordinary"
    root.mkdir()
    (root / "mlscaffold.toml").write_text('schema = 1\nname = "ordinary"\n', encoding="utf-8")
    git(root, "init", "--quiet", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "start")
    (root / "script.py").write_text("answer = 42\n", encoding="utf-8")
    git(root, "add", "-A")
    return root


def plain_template(folder: Path, project: Path) -> tuple[Path, int]:
    """An ordinary cookiecutter template (every file is rendered) that yields as many files, of the same text, as `project`; and how many."""
    template = folder / "plain"
    inner = template / "{{cookiecutter.name}}"
    files = [p for p in sorted(project.rglob("*")) if p.is_file() and ".git" not in p.relative_to(project).parts]
    for path in files:
        target = inner / path.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(
            "{% raw %}" + text.replace("{% endraw %}", "") + "{% endraw %}\n{{ cookiecutter.name }}\n", encoding="utf-8"
        )
    (template / "cookiecutter.json").write_text(json.dumps({"name": "plain"}), encoding="utf-8")
    return template, len(files)


def clear(*folders: Path) -> None:
    """Remove what an earlier run rendered."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
