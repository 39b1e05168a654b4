"""`release`, `round start`, `acceptance change`, `diagnose`, `stage reopen`, `stage sheet` as processes: what is refused, and for machines."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import one_error, run, snapshot
from tests.conftest import Sandbox

pytestmark = pytest.mark.story

ADA = ("--as", "Ada Byron")
WHY = ("--reason", "Half of the test pictures were taken under another lamp.")


@pytest.mark.parametrize(
    ("args", "says", "code"),
    [
        (("release", *ADA), "Stage 10, deployment, is ahead: what is not signed is not released", 1),
        (("round", "start", "--because", "More pictures came in.", *ADA), "Nothing of round 1 is signed yet", 1),
        (("acceptance", "change", *WHY, *ADA), "asks for what it asked for before: nothing to record", 1),
        (("acceptance", "change", "--reason", "later", *ADA), "too short to be understood later", 2),
        (("diagnose", "--format", "yaml"), "No format 'yaml'", 2),
        (("stage", "reopen", "problem", *WHY, *ADA), "problem", 1),
        (("stage", "reopen", "problem", *WHY), "Nobody is named who reopens it", 2),
        (("stage", "sheet", "--format", "pdf"), "No format 'pdf'", 2),
        (("stage", "next", "--from", "absent.json"), "absent.json", 1),
        (("stage", "next", "--from", "acceptance.toml", "--yes"), "--yes does not go with --from", 2),
    ],
)
def test_what_is_no_decision_is_refused_and_writes_nothing(project: Sandbox, args: tuple[str, ...], says: str, code: int) -> None:
    before = snapshot(project.root)
    one_error(run(project.root, *args), says, "Next: ", code=code)
    assert snapshot(project.root) == before


def test_a_release_is_made_once_and_a_round_needs_a_reason_that_is_there(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    assert run(project.root, "release", *ADA).returncode == 0
    one_error(run(project.root, "release", *ADA), "Nothing changed since release 1")
    one_error(run(project.root, "round", "start", "--because", "docs/none.md", *ADA), "'docs/none.md': no such file", code=2)
    assert run(project.root, "round", "start", "--because", "docs/07-evaluation.md", *ADA).returncode == 0
    one_error(run(project.root, "round", "start", "--because", "Again, for no reason.", *ADA), "Nothing of round 2 is signed yet")


def test_diagnose_for_machines_names_the_next_command(project: Sandbox) -> None:
    found = json.loads(run(project.root, "diagnose", "--format", "json").stdout)

    assert (found["kind"], found["command"]) == ("unsigned", "mlscaffold stage next")
    project.replace("acceptance.toml", "min = 0.85", "min = 0.999")
    told = run(project.root, "diagnose").stdout
    assert told != run(project.root, "diagnose", "--format", "json").stdout
    assert told.splitlines()[-1].startswith("Next: ")
