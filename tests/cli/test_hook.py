"""The hook in real commits: silent and fast unless something relevant is staged; what it refuses is the project's gate."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlscaffold.checks import all_checks
from mlscaffold.evidence.pickles import SUFFIXES
from mlscaffold.hook import LOADED, RELEVANT
from mlscaffold.keys import FORMS
from mlscaffold.stages import all_stages
from tests.cli.command import IDENTITY, Done, surroundings
from tests.conftest import Sandbox

KEY = "key = '" + "AKIA" + "QWERTYUIOPASDFGH" + "'\n"  # in two parts, so that this file holds no key


def install(repository: Path) -> None:
    """A hook file that calls the entry point, as pre-commit does."""
    hooks = repository / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "pre-commit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mlscaffold.hook\n')
    (hooks / "pre-commit").chmod(0o755)


def git(place: Path, *args: str) -> Done:
    return subprocess.run(["git", *args], cwd=place, env=surroundings(**IDENTITY), capture_output=True, text=True, check=False)


def hook(place: Path, **env: str) -> Done:
    command = [sys.executable, "-m", "mlscaffold.hook"]
    return subprocess.run(command, cwd=place, env=surroundings(**env), capture_output=True, text=True, check=False)


@pytest.fixture
def hooked(project: Sandbox) -> Sandbox:
    install(project.root)
    return project


def commit(place: Path, *args: str) -> Done:
    return git(place, "commit", "-q", "-m", "change", *args)


def test_nothing_relevant_is_silent_and_costs_no_more_than_two_starts_of_python(hooked: Sandbox) -> None:
    hooked.write({"flower_sorter/train.py": "print('hello')\n"})
    git(hooked.root, "add", "flower_sorter")
    started = time.perf_counter()
    done = hook(hooked.root)
    seconds = time.perf_counter() - started
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (hooked.root / ".mlscaffold/cache.sqlite").exists()  # nothing heavy was loaded
    assert seconds < 2
    assert commit(hooked.root).returncode == 0


def test_evidence_and_what_is_wrong_for_ever_is_relevant() -> None:
    wanted = {p for s in all_checks() if s.always for p in s.reads if not p.startswith("*")}
    wanted |= {name.partition("#")[0] for s in all_stages() for name in (*s.evidence, *s.inputs)} - {"model"}
    assert [path for path in sorted(wanted) if not f"{path}/".startswith(RELEVANT)] == []
    assert set(SUFFIXES) <= set(LOADED)


def test_a_secret_in_a_script_is_refused(hooked: Sandbox) -> None:
    hooked.write({"flower_sorter/upload.py": KEY})
    git(hooked.root, "add", "flower_sorter")
    done = commit(hooked.root)
    assert done.returncode == 1
    assert "project.secret-committed" in done.stderr
    assert "flower_sorter/upload.py" in done.stderr
    assert "QWERTY" not in done.stderr
    assert "commit refused" in done.stderr


def test_every_form_of_a_key_is_one_that_git_can_search_for(hooked: Sandbox) -> None:
    pattern = [part for form in FORMS.values() for part in ("-e", form)]
    assert git(hooked.root, "grep", "-l", "-E", *pattern).returncode == 1  # 1: nothing found; 128: no expression


@pytest.mark.parametrize(("gate", "code"), [("advise", 0), ("protect", 0), ("strict", 1)])
def test_what_is_unmet_stands_in_the_way_only_at_a_strict_gate(hooked: Sandbox, gate: str, code: int) -> None:
    hooked.replace("mlscaffold.toml", 'gate = "protect"', f'gate = "{gate}"')
    hooked.replace("docs/01-problem.md", "The problem belongs to", "It is of no matter who has")
    hooked.replace("docs/01-problem.md", "(grace.hopper@flowers.example)", "")
    hooked.write({"docs/01-problem.md": "# Problem\n\n## Problem statement\n<!-- section: problem-statement -->\n\nShort.\n"})
    hooked.sign("problem")
    done = commit(hooked.root, "-a")
    assert done.returncode == code, done.stderr
    assert ("commit refused" in done.stderr) is bool(code)
    if not code:
        assert "to look at, not in the way of this commit: mlscaffold check" in done.stderr


def test_an_always_check_refuses_at_protect_and_not_at_advise(hooked: Sandbox) -> None:
    hooked.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken"})
    git(hooked.root, "add", "-A")
    assert "unreadable-image" in commit(hooked.root).stderr
    hooked.replace("mlscaffold.toml", 'gate = "protect"', 'gate = "advise"')
    git(hooked.root, "add", "-A")
    assert commit(hooked.root).returncode == 0


def test_what_counts_is_what_is_staged(hooked: Sandbox) -> None:
    sound = (hooked.root / "docs/examples/bunch-1.png").read_bytes()
    hooked.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken"})
    git(hooked.root, "add", "-A")
    hooked.write({"docs/examples/bunch-1.png": sound})
    assert commit(hooked.root).returncode == 1
    git(hooked.root, "add", "-A")
    hooked.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken", "docs/notes.md": "seen\n"})
    git(hooked.root, "add", "docs/notes.md")
    assert commit(hooked.root).returncode == 0


def test_commit_all_uses_a_temporary_index(hooked: Sandbox) -> None:
    hooked.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken"})
    assert hook(hooked.root).returncode == 0  # nothing is staged
    done = commit(hooked.root, "-a")
    assert done.returncode == 1
    assert "unreadable-image" in done.stderr
    assert commit(hooked.root, "docs/examples/bunch-1.png").returncode == 1  # as does a commit of named files


def test_a_project_in_a_folder_of_a_larger_repository(project: Sandbox) -> None:
    top = project.root.parent
    (project.root / ".git").rename(top / "git-of-project")
    assert git(top, "init", "-q", "-b", "main").returncode == 0
    (top / ".gitignore").write_text("git-of-project\n")
    install(top)
    git(top, "add", "-A")
    first = commit(top)
    assert first.returncode == 0, first.stderr
    (top / "docs").mkdir()
    (top / "docs/of-another-team.md").write_text(KEY)
    git(top, "add", "-A")
    assert commit(top).returncode == 0  # not ours
    project.write({"flower_sorter/upload.py": KEY})
    git(top, "add", "-A")
    assert "flower_sorter/upload.py" in commit(top).stderr
    project.remove("flower_sorter/upload.py")
    project.write({"docs/examples/bunch-1.png": b"\x89PNG\r\n\x1a\nbroken"})
    for args in ((), ("-a",)):
        git(top, "add", "-A")
        done = git(project.root, "commit", "-q", "-m", "from below", *args)
        assert (done.returncode, "unreadable-image" in done.stderr) == (1, True), done.stderr


def test_a_linked_work_tree_and_a_merge(hooked: Sandbox, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    assert git(hooked.root, "worktree", "add", "-q", "-b", "side", str(linked)).returncode == 0
    (linked / "notes.py").write_text(KEY)
    git(linked, "add", "-A")
    assert "notes.py" in commit(linked).stderr
    (linked / "notes.py").write_text("print(1)\n")
    (linked / "docs/side.md").write_text("side\n")
    git(linked, "add", "-A")
    done = commit(linked)
    assert (done.returncode, done.stderr) == (0, "")
    hooked.write({"docs/main.md": "main\n"})
    git(hooked.root, "add", "-A")
    assert commit(hooked.root).returncode == 0
    assert git(hooked.root, "merge", "-q", "--no-commit", "--no-ff", "side").returncode == 0
    done = commit(hooked.root)
    assert (done.returncode, done.stderr) == (0, "")


def test_outside_git_outside_a_project_and_without_git_it_lets_pass(tmp_path: Path, hooked: Sandbox) -> None:
    assert hook(tmp_path).returncode == 0
    assert hook(hooked.root, PATH="/nowhere").returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    install(other)
    (other / "a.py").write_text(KEY)
    git(other, "add", "-A")
    assert commit(other).returncode == 0


def test_the_first_commit_and_names_that_are_no_text(hooked: Sandbox) -> None:
    fresh = hooked.root.parent / "fresh"
    fresh.mkdir()
    for path, data in (("mlscaffold.toml", (hooked.root / "mlscaffold.toml").read_bytes()), ("docs/a b\n\x1b[31m.md", b"x\n")):
        (fresh / path).parent.mkdir(exist_ok=True)
        (fresh / path).write_bytes(data)
    (Path(str(fresh)) / b"docs/\xff.md".decode("utf-8", "surrogateescape")).write_text("x\n")
    git(fresh, "init", "-q")
    install(fresh)
    git(fresh, "add", "-A")
    done = commit(fresh)
    assert done.returncode == 0, done.stderr


def test_settings_that_are_broken_or_not_in_git_yet(hooked: Sandbox) -> None:
    hooked.write({"mlscaffold.toml": "name = \n"})
    git(hooked.root, "add", "-A")
    done = commit(hooked.root)
    assert done.returncode == 1
    assert "not valid TOML" in done.stderr
    assert "Traceback" not in done.stderr
    git(hooked.root, "rm", "-q", "--cached", "mlscaffold.toml")
    assert commit(hooked.root).returncode == 0
