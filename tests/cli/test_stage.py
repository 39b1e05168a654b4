"""`stage next` as people and machines meet it: answers typed in a terminal, or flags without one."""

from __future__ import annotations

import tomllib

import pytest

from tests.cli.command import ends, one_error, run, snapshot, terminal
from tests.conftest import Sandbox

pytestmark = pytest.mark.story

ADA = ("--as", "Ada Byron")
FIRST = ".mlscaffold/signoffs/01/01-problem.toml"


def test_answers_are_typed_and_the_sign_off_says_who_what_and_on_which_evidence(project: Sandbox) -> None:
    child = terminal(project.root, "stage", "next", *ADA)
    child.expect("Stage 1, problem: 4 of 4 deliverables are proved")
    for _ in tomllib.loads((project.root / "mlscaffold.toml").read_text()) and _questions("problem"):
        child.expect("y/N")
        child.send("y")
    child.expect("Sign as business analyst, Ada Byron")
    child.send("y")
    child.expect("Signed as business analyst by Ada Byron")
    child.expect("Stage 2, research")
    assert ends(child) == 0
    signed = tomllib.loads(project.read(FIRST))
    assert (signed["stage"], signed["round"], signed["who"], signed["role"]) == ("problem", 1, "Ada Byron", "business analyst")
    assert set(signed["checklist"]) == set(_questions("problem"))
    assert set(signed["checklist"].values()) == {"yes"}
    assert all(value.startswith(("m1:", "m2:")) for value in signed["evidence"].values())
    assert (signed["over"], signed["unproved"], signed["commit"]) == ([], [], project.git("rev-parse", "HEAD"))
    assert project.states()["problem"] == "signed"


def _questions(slug: str) -> list[str]:
    from mlscaffold.stages import find_stage

    return [q.id for q in find_stage(slug).checklist]


def test_a_no_and_an_interrupt_sign_nothing(project: Sandbox) -> None:
    before = snapshot(project.root)
    child = terminal(project.root, "stage", "next", *ADA)
    child.expect("y/N")
    child.send("n")
    child.expect("Not answered with yes")
    assert ends(child) == 1
    child = terminal(project.root, "stage", "next", *ADA)
    child.expect("y/N")
    child.sendintr()
    child.expect("Interrupted; nothing was left half done")
    assert ends(child) == 130
    assert snapshot(project.root) == before


def test_without_a_terminal_the_answers_come_from_flags(project: Sandbox) -> None:
    before = snapshot(project.root)
    one_error(run(project.root, "stage", "next", *ADA), "no terminal", "--confirm", code=2)
    one_error(run(project.root, "stage", "next", *ADA, "--confirm", "nonsense"), "No checklist item 'nonsense'", code=2)
    one_error(run(project.root, "stage", "next", "--yes"), "Nobody is named to sign", "--as", code=2)
    assert snapshot(project.root) == before
    confirmed = [part for item in _questions("problem") for part in ("--confirm", item)]
    done = run(project.root, "stage", "next", *ADA, *confirmed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("Next: ")


def test_yes_never_overrides_a_failing_check(project: Sandbox) -> None:
    project.write({"docs/01-problem.md": "# Problem\n"})
    done = run(project.root, "stage", "next", "--yes", *ADA)
    assert done.returncode == 1
    assert "Stage 1, problem, is not proved yet" in done.stdout
    assert "section-missing" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Next: ")
    assert not (project.root / FIRST).exists()


def test_who_may_sign_is_the_teams_table(project: Sandbox) -> None:
    one_error(run(project.root, "stage", "next", "--yes", "--as", "A Stranger"), "not in the team", "--as NAME")
    one_error(
        run(project.root, "stage", "next", "--yes", *ADA, "--role", "data engineer"), "cannot sign stage 1 as data engineer"
    )
    settings = tomllib.loads(project.read("mlscaffold.toml"))["team"]
    project.replace(
        "mlscaffold.toml", f'"business analyst" = {_list(settings["business analyst"])}', '"business analyst" = ["Grace Hopper"]'
    )
    one_error(run(project.root, "stage", "next", "--yes", *ADA), "has no role that signs stage 1", "business analyst")
    project.write({".mailmap": "Grace Hopper <grace@flowers.example> Amazing Grace <g@old.example>\n"})
    done = run(project.root, "stage", "next", "--yes", "--as", "Amazing Grace")
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(project.read(FIRST))["who"] == "Grace Hopper"


def _list(names: list[str]) -> str:
    return "[\n" + "".join(f'    "{name}",\n' for name in names) + "]"


def test_stages_are_signed_out_of_order_and_the_sign_off_says_over_what(project: Sandbox) -> None:
    done = run(project.root, "stage", "next", "--stage", "2", "--yes", *ADA)
    assert done.returncode == 0, done.stderr
    assert "Signed over problem" in done.stdout
    assert tomllib.loads(project.read(".mlscaffold/signoffs/01/02-research.toml"))["over"] == ["problem"]
    again = run(project.root, "stage", "next", "--stage", "2", "--yes", *ADA)
    one_error(again, "is signed, and nothing has moved since")


def test_through_signs_each_and_says_what_is_next(project: Sandbox) -> None:
    one_error(run(project.root, "stage", "next", "--through", "2", "--stage", "1", "--yes"), "exclude each other", code=2)
    done = run(project.root, "stage", "next", "--through", "2", "--yes", *ADA)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Signed as") == 2
    assert "Stage 3, collection:" in done.stdout
    assert "PACKAGE" not in done.stdout
    done = run(project.root, "stage", "next", "--through", "2", "--yes", *ADA)
    assert (done.returncode, done.stdout.count("Signed as")) == (0, 0)


def test_through_the_last_stage_is_no_error(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    done = run(project.root, "stage", "next", "--through", "10", "--yes", *ADA)
    assert (done.returncode, done.stderr) == (0, "")
    assert "All ten stages are signed" in done.stdout
    one_error(run(project.root, "stage", "next", "--yes", *ADA), "All ten stages are signed or skipped", "mlscaffold report")


def test_a_stale_stage_is_signed_anew(project: Sandbox) -> None:
    project.sign("problem", "research")
    project.commit("signed")
    project.replace("docs/01-problem.md", "two euros", "three euros")
    assert project.stale() == ["problem"]
    why = run(project.root, "status", "--why")
    assert "docs/01-problem.md" in why.stdout
    done = run(project.root, "stage", "next", "--yes", *ADA)
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.stale() == []


def test_a_sign_off_of_a_newer_tool_is_not_written_over(project: Sandbox) -> None:
    project.write({FIRST: 'schema = 9\nstage = "problem"\n'})
    one_error(run(project.root, "stage", "next", "--yes", *ADA), "written for schema 9", "requirement.txt")
    assert project.read(FIRST).startswith("schema = 9")


def test_a_sign_off_with_conflict_marks_is_mended_by_signing_anew(project: Sandbox) -> None:
    project.write({FIRST: "<<<<<<< HEAD\n"})
    done = run(project.root, "stage", "next", "--yes", *ADA)
    assert done.returncode == 0, done.stdout + done.stderr
    assert tomllib.loads(project.read(FIRST))["who"] == "Ada Byron"


@pytest.mark.parametrize("stage", ["3", "coll", "collection"])
def test_show_names_what_a_stage_wants(project: Sandbox, stage: str) -> None:
    done = run(project.root, "stage", "show", stage)
    assert done.returncode == 0
    assert done.stdout.startswith("Stage 3, collection: ahead")
    assert "Deliverables" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Next: ")


def test_skip_records_the_reason(project: Sandbox) -> None:
    one_error(run(project.root, "stage", "skip", "9", "--reason", "later", *("--owner", "Ada")), "too short", code=2)
    done = run(project.root, "stage", "skip", "9", "--reason", "The model stays on our server.", "--owner", "Ada Byron")
    assert done.returncode == 0, done.stderr
    assert project.states()["conversion"] == "skipped"
    assert "The model stays on our server." in run(project.root, "status").stdout
