"""`status`: ten stages at a glance, on any project."""

from __future__ import annotations

import json

from tests.cli.command import one_error, run
from tests.conftest import Sandbox


def test_a_new_project_and_its_next_command(empty: Sandbox) -> None:
    done = run(empty.root, "status")
    assert done.returncode == 0, done.stderr
    assert "▸ 1 problem      open" in done.stdout
    assert "for the business analyst" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Next: ")
    assert "\x1b" not in done.stdout


def test_a_sign_off_that_is_not_committed_says_so(project: Sandbox) -> None:
    project.sign("problem")
    assert "not committed yet" in run(project.root, "status").stdout
    project.commit("signed")
    assert "not committed yet" not in run(project.root, "status").stdout


def test_it_works_from_a_folder_below_and_for_machines(project: Sandbox) -> None:
    done = run(project.root / "docs", "status", "--format", "json")
    assert json.loads(done.stdout)["current_stage"] == "problem"
    one_error(run(project.root, "status", "--format", "xml"), "text or json", code=2)
    assert run(project.root, "status", "--why").stdout.startswith("No stage is stale.")


def test_without_a_repository_the_stages_still_show(project: Sandbox) -> None:
    (project.root / ".git").rename(project.root.parent / "away")
    assert run(project.root, "status").returncode == 0
