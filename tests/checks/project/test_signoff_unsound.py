from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlscaffold.writing import write_toml
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK, FOLDER = "project.signoff-unsound", ".mlscaffold/signoffs/01"
FILE = f"{FOLDER}/02-research.toml"


def edit(project: Sandbox, change: Callable[[dict[str, Any]], object], file: str = FILE) -> None:
    table = tomllib.loads(project.read(file))
    change(table)
    write_toml(project.root / file, table)


def days(n: int) -> str:
    return (datetime.now(UTC) + timedelta(days=n)).isoformat(timespec="seconds")


def test_sound_sign_offs_pass(project: Sandbox) -> None:
    project.sign()
    project.commit()
    assert project.check(CHECK) == []


def test_nothing_signed_is_nothing_unsound(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.update(who="Kim"), 'signed by "Kim", who is not in [team]'),
        (lambda t: t.update(who="github-actions[bot]"), 'signed by "github-actions[bot]", which is no person'),
        (lambda t: t.update(who="CI"), 'signed by "CI", which is no person'),
        (lambda t: t.update(role="data engineer"), "as data engineer; ML researcher, data scientist and 1 more is wanted"),
        (lambda t: t.update(stage="problem"), 'says that it is of stage "problem"'),
        (lambda t: t.update(round=3), "says round 3 and lies in round 1"),
        (lambda t: t["evidence"].update({"acceptance.toml#baseline": "m1:abc"}), "no fingerprint (m1: and 32 hex characters)"),
        (lambda t: t.update(when="yesterday"), '"yesterday" is no time'),
        (lambda t: t.update(when=days(400)), "still to come"),
        (lambda t: t.update(checklist={"alternatives": "no"}), "1 of 1 checklist items not answered with yes"),
        (lambda t: t.update(checklist={}), "1 of 1 checklist items not answered with yes"),
        (lambda t: t.update(checklist={"alternatives": "not really"}), "1 of 1 checklist items not answered with yes"),
        (
            lambda t: t["evidence"].update({"data/splits": "m1:" + "0" * 32}),
            "no evidence of this stage: data/splits (of stage 4)",
        ),
    ],
)
def test_an_unsound_sign_off(project: Sandbox, change: Callable[[dict[str, Any]], object], words: str) -> None:
    project.sign()
    project.commit()
    edit(project, change)
    found = said(project.check(CHECK), "fail", "sign-off of stage 2 (research)", words, FILE)
    assert found.stage == "research"


def test_a_sign_off_saved_as_that_of_another_stage(project: Sandbox) -> None:
    project.sign()
    project.write({f"{FOLDER}/07-evaluation.toml": project.read(f"{FOLDER}/06-training.toml")})
    edit(project, lambda t: t.update(stage="evaluation"), f"{FOLDER}/07-evaluation.toml")
    said(project.check(CHECK), "fail", "stage 7", "no evidence of this stage: reports/training", "(of stage 6)")


def test_a_file_that_signs_no_stage(project: Sandbox) -> None:
    project.sign("problem")
    project.write({f"{FOLDER}/02-reserch.toml": project.read(f"{FOLDER}/01-problem.toml")})
    said(project.check(CHECK), "fail", "is the sign-off of no stage")


def test_a_sign_off_of_a_run_that_ended_later(project: Sandbox) -> None:
    project.sign("training")
    edit(project, lambda t: t.update(when="2026-10-01T10:00:00+00:00"), f"{FOLDER}/06-training.toml")
    said(project.check(CHECK), "fail", "signed on 2026-10-01, before reports/training/", "2026-11-01")


def test_a_sign_off_before_its_evidence_came(project: Sandbox) -> None:
    project.sign("research")
    project.commit()
    edit(project, lambda t: t.update(when=days(-9)))
    said(project.check(CHECK), "fail", "its evidence was first committed on")


def test_a_clock_some_minutes_off_and_another_zone(project: Sandbox) -> None:
    project.sign("research")
    edit(project, lambda t: t.update(when=(datetime.now(UTC) + timedelta(minutes=9)).isoformat()[:19] + "-11:00"))
    assert project.check(CHECK) == []


def test_a_name_of_the_mailmap(project: Sandbox) -> None:
    project.sign("research")
    edit(project, lambda t: t.update(who="A. Byron"))
    project.write({".mailmap": "Ada Byron <ada@flowers.example> A. Byron <unknown>\n"})
    assert project.check(CHECK) == []


def test_a_stale_sign_off_that_once_held(project: Sandbox) -> None:
    project.sign("research")
    project.commit()
    project.replace("docs/02-research.md", "We weighed two forms.", "We weighed three forms.")
    project.commit()
    assert project.check(CHECK) == []


def test_fingerprints_that_were_typed(project: Sandbox) -> None:
    project.sign("research")
    edit(project, lambda t: t["evidence"].update({"docs/02-research.*": "m1:" + "ab" * 16}))
    project.commit()
    said(project.check(CHECK), "warn", "docs/02-research.* never matched in history")
    project.commit("once more")
    clone = project.root.parent / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", project.root.as_uri(), str(clone)], check=True, capture_output=True)
    said(Sandbox(clone).check(CHECK), "unknown", "cut off in this clone")


def test_inputs_taken_out_so_that_it_never_becomes_stale(project: Sandbox) -> None:
    project.sign()
    path = ".mlscaffold/signoffs/01/07-evaluation.toml"
    text = project.read(path)
    project.write({path: text[: text.index("[inputs]")]})
    said(project.check(CHECK), "warn", "sign-off of stage 7 (evaluation) leaves out reports/training")
