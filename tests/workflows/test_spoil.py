"""Sins on the finished digits: committed, found, told with the number, and taken back to the last byte."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mlscaffold.demo import finished
from mlscaffold.demo.sins import Sin, all_sins, find_sin
from mlscaffold.errors import UsageError
from mlscaffold.workflows.spoil import is_finished_demo, judge, mend, spoil
from tests.cli.command import snapshot
from tests.conftest import Sandbox
from tests.demo.conftest import unpacked as unpacked  # noqa: PLC0414 - a fixture of these tests too

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("finished")]


def git(root: Path, *args: str) -> str:
    """What git answers."""
    return subprocess.run(["git", *args], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def test_a_leak_is_committed_found_and_taken_back(unpacked: Path) -> None:
    before, sin = snapshot(unpacked), find_sin("leak")
    done = spoil(unpacked, sin)

    assert git(unpacked, "log", "-1", "--format=%an %s") == f"{finished.PERSON} {sin.message}"
    assert (done.changed, done.added) == (13, 518)
    verdict = judge(unpacked, sin)
    (leak,) = [f for f in verdict.told if f.check == "preparation.split-leakage"]
    assert "259 of 523 test pictures are in train too" in leak.message and leak.fix == "mlscaffold data split"
    assert leak.effect is not None and leak.effect.reported > leak.effect.corrected
    assert verdict.number == f"accuracy {leak.effect.reported:.3f} reported, {leak.effect.corrected:.3f} true ({leak.check})"
    assert {"training.data-stale", "collection.statistics-differ"} <= set(verdict.also)
    assert "preparation" in verdict.stale

    spoil(unpacked, find_sin("never-red"))  # the one before is taken back first
    assert git(unpacked, "rev-parse", "HEAD~1") == finished.read().head
    assert mend(unpacked) == "never-red"
    assert snapshot(unpacked) == before
    with pytest.raises(UsageError, match="No sin to take back"):
        mend(unpacked)


def test_a_number_that_no_finding_names_is_compared_with_the_commit_before(unpacked: Path) -> None:
    sin = find_sin("dropped-mistakes")
    spoil(unpacked, sin)
    verdict = judge(unpacked, sin)
    mend(unpacked)

    assert verdict.number.startswith("accuracy 1.000 reported, 0.9")
    assert verdict.number.endswith(" before")


def test_work_that_is_not_committed_is_never_lost(unpacked: Path) -> None:
    readme = unpacked / "README.md"
    kept = readme.read_text(encoding="utf-8")
    readme.write_text("my notes", encoding="utf-8")
    with pytest.raises(UsageError, match="1 changed file not committed, first README"):
        spoil(unpacked, find_sin("never-red"))
    assert readme.read_text(encoding="utf-8") == "my notes"
    readme.write_text(kept, encoding="utf-8")

    (unpacked / "report.html").write_text("mine", encoding="utf-8")
    spoil(unpacked, find_sin("secret-committed"))
    assert git(unpacked, "show", "--format=", "--name-only") == "configs/store.yaml"
    mend(unpacked)
    assert (unpacked / "report.html").read_text(encoding="utf-8") == "mine"
    (unpacked / "report.html").unlink()

    spoil(unpacked, find_sin("never-red"))
    git(unpacked, "commit", "-q", "--allow-empty", "-m", "my own work")
    with pytest.raises(UsageError, match="There are commits after never-red"):
        mend(unpacked)
    git(unpacked, "reset", "-q", "--hard", "HEAD~1")
    assert mend(unpacked) == "never-red"


def test_a_sin_that_breaks_off_leaves_the_project_as_it_was(unpacked: Path) -> None:
    def half(root: Path) -> None:
        (root / "deploy.toml").write_text("half", encoding="utf-8")
        (root / "new.txt").write_text("half", encoding="utf-8")
        next(root.glob("data/raw/*/*/*.png")).write_bytes(b"half")
        raise KeyboardInterrupt

    before = snapshot(unpacked)
    with pytest.raises(KeyboardInterrupt):
        spoil(unpacked, Sin("half", "deployment", "X-00", "Half", "Half", half))
    assert snapshot(unpacked) == before


def test_no_other_project_is_ever_spoiled(project: Sandbox) -> None:
    before = snapshot(project.root)
    with pytest.raises(UsageError, match="is not the finished demo"):
        spoil(project.root, find_sin("leak"))
    with pytest.raises(UsageError, match="is not the finished demo"):
        mend(project.root)
    assert snapshot(project.root) == before
    assert not is_finished_demo(project.root.parent)


@pytest.mark.slow
@pytest.mark.parametrize("sin", all_sins(), ids=lambda sin: sin.name)
def test_every_sin_on_the_digits_is_caught_and_taken_back(sin: Sin, unpacked: Path, tmp_path: Path) -> None:
    root = tmp_path / "digits-demo"
    shutil.copytree(unpacked, root, symlinks=True)
    before = snapshot(root)
    spoil(root, sin)
    verdict = judge(root, sin)

    assert verdict.told and all(f.fix and f.message for f in verdict.told)
    assert {f.check.split(".")[0] for f in verdict.told} & {sin.stage, "project"}
    assert verdict.number
    assert mend(root) == sin.name
    assert snapshot(root) == before
