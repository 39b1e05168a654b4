"""`demo --finished`, `--break` and `--undo` as processes; the demo that trains is tried in tests/whole."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlscaffold.demo.sins import all_sins
from tests.cli.command import ends, one_error, run, snapshot, terminal
from tests.conftest import Sandbox
from tests.demo.conftest import unpacked as unpacked  # noqa: PLC0414 - a fixture of these tests too

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("finished")]


def test_finished_unpacks_and_says_what_to_do_next(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--finished")

    assert done.returncode == 0, done.stderr
    assert "all ten stages signed" in done.stdout
    assert done.stdout.endswith(
        "Next: cd digits-demo\n      mlscaffold status\n      mlscaffold check\n      mlscaffold demo --break\n"
    )
    shown = run(tmp_path / "digits-demo", "status")
    assert shown.stdout.count("signed") == 10, shown.stdout
    one_error(
        run(tmp_path, "demo", "--finished"), "digits-demo exists and is not empty", "Next: mlscaffold demo --finished", code=2
    )


def test_without_a_terminal_a_bare_break_lists_the_sins(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--break")

    assert done.returncode == 0
    assert all(sin.name in done.stdout and sin.title in done.stdout for sin in all_sins())
    assert done.stdout == run(tmp_path, "demo", "--break", "list").stdout
    assert list(tmp_path.iterdir()) == []
    one_error(run(tmp_path, "demo", "--break", "sloth"), "No sin 'sloth'", "known: majority-target", code=2)
    one_error(run(tmp_path, "demo", "--fast", "--break", "leak"), "exclude each other", code=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_break_shows_the_finding_the_number_and_the_way_back(unpacked: Path) -> None:
    before = snapshot(unpacked)
    done = run(unpacked, "demo", "--break", "edited-metric")

    assert done.returncode == 0, done.stderr
    for words in ("(EV-01)", 'Committed as "Round the results"', "number-not-reproducible", "recomputed from 523 rows",
                  "python -m digits_demo.evaluate", "reported, 0.9", "Stale       tuning", "git reset --hard HEAD~1",
                  "Next: mlscaffold explain evaluation.number-not-reproducible"):  # fmt: skip
        assert words in done.stdout, done.stdout
    assert run(unpacked, "check").returncode == 1
    assert run(unpacked, "demo", "--undo").stdout == "Taken back: edited-metric.\nNext: mlscaffold check\n"
    assert snapshot(unpacked) == before
    assert run(unpacked, "check").returncode == 0
    one_error(run(unpacked, "demo", "--undo"), "No sin to take back here", code=2)


def test_what_git_alone_takes_back_is_said(unpacked: Path) -> None:
    before = snapshot(unpacked)
    assert "or git reset --hard HEAD~1" in run(unpacked, "demo", "--break", "never-red").stdout
    subprocess.run(["git", "reset", "-q", "--hard", "HEAD~1"], cwd=unpacked, check=True)
    assert snapshot(unpacked) == before


def test_on_a_terminal_one_is_chosen(unpacked: Path) -> None:
    child = terminal(unpacked, "demo", "--break")
    child.expect("Which sin")
    child.send("\x1b[A\r")  # upwards from the first is the last
    child.expect('Committed as "Sign stage 7"')
    child.expect("signoff-unsound")
    assert ends(child) == 0
    assert run(unpacked, "demo", "--undo").returncode == 0


def test_a_project_of_ones_own_is_refused(project: Sandbox) -> None:
    before = snapshot(project.root)
    one_error(
        run(project.root, "demo", "--break", "leak"), "is not the finished demo", "demo --finished OTHER-NAME --break", code=2
    )
    assert snapshot(project.root) == before
