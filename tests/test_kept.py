"""A kept answer is given only while a new run would give the same one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlscaffold.kept import FILE, Kept
from mlscaffold.places import in_ci
from tests.cli.command import run
from tests.conftest import Sandbox

# The two seconds in which time stamps prove nothing, over at once.
SETTLED = "import mlscaffold.places; mlscaffold.places.SETTLED_AFTER = -(10**18)\n"
ONLY_KEPT = SETTLED + "import mlscaffold.workflows.check as w; w.check_project = None\n"
SECRET = "AKIA" + "Q3EGRXW2LPTMD5VB"


def answer(project: Sandbox, *args: str, **env: str) -> str:
    done = run(project.root, "check", "--format", "json", *args, before=SETTLED, **env)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def is_kept(project: Sandbox, *args: str, **env: str) -> bool:
    return run(project.root, "check", "--format", "json", *args, before=ONLY_KEPT, **env).returncode in (0, 1)


def warm(project: Sandbox) -> None:
    """Run until an answer is kept: the first run learns where to look, the second one what is there."""
    for _ in range(4):
        answer(project)
        if is_kept(project):
            return
    raise AssertionError("no answer is kept")


def restamped(project: Sandbox) -> None:
    picture = project.root / "docs/examples/bunch-1.png"
    found = picture.stat()
    project.write({"docs/examples/bunch-1.png": b"\0" * found.st_size})
    os.utime(picture, ns=(found.st_atime_ns, found.st_mtime_ns))


def secret(project: Sandbox) -> None:
    project.write({"flower_sorter/keys.py": f'KEY = "{SECRET}"\n'})


def hook(project: Sandbox) -> None:
    project.write({".git/hooks/pre-commit": "#!/bin/sh\nexec mlscaffold-hook\n"})
    (project.root / ".git/hooks/pre-commit").chmod(0o755)


CHANGES: dict[str, Callable[[Sandbox], object]] = {
    "a file of the same size and time": restamped,
    "a file more": lambda p: p.write({"docs/examples/more.png": b"\x89PNG broken"}),
    "a file less": lambda p: p.remove("docs/02-research.md"),
    "a commit": lambda p: p.commit("all of it"),
    "a tracked file that no check reads": lambda p: p.write({"flower_sorter/keys.py": "KEY = 1\n"}),
    "the same file again": secret,
    "a commit taken back": lambda p: p.git("reset", "--hard", "-q", "HEAD~1"),
    "a hook": hook,
    "a hook that cannot be run": lambda p: (p.root / ".git/hooks/pre-commit").chmod(0o644),
    "where hooks lie": lambda p: p.git("config", "core.hooksPath", "elsewhere"),
    "a waiver": lambda p: p.write({".mlscaffold/waivers/a.toml": 'schema = 1\ncheck = "x"\n'}),
    "a cache thrown away": lambda p: p.remove(".mlscaffold/cache.sqlite"),
    "a damaged answer": lambda p: p.write({FILE: "1\nx\n"}),
    "no repository": lambda p: p.remove(".git"),
}


@pytest.mark.slow
def test_whatever_changes_the_answer_is_a_new_one(project: Sandbox) -> None:
    project.write({"flower_sorter/keys.py": "KEY = 0\n"})
    project.commit("some code")
    for what, change in CHANGES.items():
        warm(project)
        change(project)
        assert answer(project) == answer(project, "--no-cache"), what
    warm(project)
    assert is_kept(project)
    assert not is_kept(project, CI="" if in_ci() else "true")
    assert not is_kept(project, "--all")
    assert not is_kept(project, "--no-cache")


def test_a_project_below_the_top_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscaffold.kept.SETTLED_AFTER", -(10**18))
    outer = Sandbox(tmp_path)
    outer.write({"inner/.mlscaffold/a.toml": "", "inner/code.py": "a = 1\n"})
    outer.commit()
    outer.write({"inner/code.py": "a = 2\n"})
    for _ in range(2):
        Kept(tmp_path / "inner", ("check",)).keep([], code=0, text="fine")
    assert Kept(tmp_path / "inner", ("check",)).answer
    outer.write({"inner/code.py": "a = 3\n"})  # changed before, and changed again: git's status is the same
    assert Kept(tmp_path / "inner", ("check",)).answer is None


def test_what_is_too_young_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / ".mlscaffold").mkdir()
    (tmp_path / "a.csv").write_text("a\n", encoding="utf-8")
    for _ in range(3):
        kept = Kept(tmp_path, ("check",))
        assert kept.answer is None
        kept.keep(["file:a.csv"], code=0, text="fine")


@pytest.mark.parametrize("text", ["fine", "two\nlines", ""])
def test_an_answer_to_this_question_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("mlscaffold.kept.SETTLED_AFTER", -(10**18))
    (tmp_path / ".mlscaffold").mkdir()
    (tmp_path / "a.csv").write_text("a\n", encoding="utf-8")
    noted = ["file:a.csv", "glob:docs/*.md", "glob:data/**", "tree:data/raw"]
    for _ in range(2):
        Kept(tmp_path, ("check",)).keep(noted, code=1, text=text)
    assert Kept(tmp_path, ("check",)).answer == (1, text)
    assert Kept(tmp_path, ("check", "--all")).answer is None
    (tmp_path / "docs").mkdir()
    assert Kept(tmp_path, ("check",)).answer is None


def test_the_words_are_the_same_but_for_the_seconds(project: Sandbox) -> None:
    shown = {run(project.root, "check", before=SETTLED).stdout.rpartition(" in ")[0] for _ in range(4)}
    assert len(shown) == 1
    assert json.loads(answer(project))["schema"] == 1
