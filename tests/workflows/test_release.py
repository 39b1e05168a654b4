"""Two turns of the loop, from the first release to the second."""

from __future__ import annotations

import tomllib

import pytest

from mlscaffold.errors import UsageError
from mlscaffold.evidence import decisions
from mlscaffold.model import State
from mlscaffold.reports import html, md, text
from mlscaffold.stages import all_stages
from mlscaffold.workflows.advance import Answers, Refused, candidate, sign, signer
from mlscaffold.workflows.check import check_project
from mlscaffold.workflows.release import against_release, freeze, production, release
from mlscaffold.workflows.report import gather
from mlscaffold.workflows.round import start_round
from tests import second_round
from tests.conftest import Sandbox

ADA = "Ada Byron"


def sign_all(sandbox: Sandbox) -> list[str]:
    """Sign every stage that is not signed, as `stage next` does; returns their names."""
    done = []
    for stage in all_stages():
        if sandbox.states()[stage.slug] is State.SIGNED:
            continue
        wanted = candidate(sandbox.open(), stage.slug)
        assert not wanted.blocking, [(f.check, f.message) for f in wanted.blocking]
        who, role = signer(sandbox.open(), stage, who=ADA)
        sign(
            sandbox.open(), wanted, Answers(who, role, {q.id: "yes" for q in stage.checklist}, [f.check for f in wanted.unknown])
        )
        done.append(stage.slug)
    return done


def test_what_is_not_signed_is_not_released(project: Sandbox) -> None:
    with pytest.raises(Refused, match="Stage 10, deployment, is ahead"):
        release(project.open(), who=ADA)
    project.sign()
    project.replace("deploy.toml", "every_days = 60", "every_days = 30")
    with pytest.raises(Refused, match="Stage 10, deployment, is stale"):
        release(project.open(), who=ADA)
    assert production(project.open()) == "nothing yet"


def test_a_release_freezes_digests_and_never_becomes_stale(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    frozen = release(project.open(), note="first one", who=ADA)
    table = tomllib.loads(project.read(frozen.path))
    assert frozen.path == ".mlscaffold/releases/1.toml" and table["round"] == 1 and table["over"] == []
    assert table["result"]["value"] == pytest.approx(0.94) and table["result"]["n"] == 150
    assert set(table["digests"]) >= {"model", "splits", "data", "evaluation", "test", "pipeline", "export.onnx"}
    with pytest.raises(Refused, match="Nothing changed since release 1"):
        release(project.open(), who=ADA)
    project.replace("acceptance.toml", "min = 0.85", "min = 0.86")
    assert production(project.open()).startswith("release 1 (round 1, ")
    assert project.read(frozen.path) and decisions.releases(project.open())[0].note == "first one"


@pytest.mark.story
def test_two_rounds_from_data_to_the_second_release(project: Sandbox) -> None:
    assert len(sign_all(project)) == 10
    project.commit("round 1 signed")
    release(project.open(), who=ADA)
    project.commit("release 1")
    project.write({"docs/drift.md": "# November\n\nThe lamps over lane two were changed; the monitor rang twice.\n"})
    opened = start_round(project.open(), str(project.root / "docs/drift.md"), who=ADA)
    assert tomllib.loads(project.read(opened))["because"] == "see docs/drift.md"
    assert set(project.states().values()) == {State.SIGNED}  # nothing moved yet

    second_round.more_data(project)
    states = project.states()
    assert states["problem"] is states["research"] is State.SIGNED
    assert states["collection"] is State.OPEN and State.STALE not in states.values()
    shown = text.status(check_project(project.open()), production=production(project.open()), width=120)
    assert shown.startswith("flower-sorter · image classification · round 2 · in production: release 1 (round 1, ")

    second_round.new_model(project)
    assert sign_all(project) == [
        "collection", "preparation", "training", "evaluation", "tuning", "conversion", "deployment",
    ]  # fmt: skip
    assert (project.root / ".mlscaffold/signoffs/02/03-collection.toml").exists()
    assert (project.root / ".mlscaffold/signoffs/01/03-collection.toml").exists()
    project.commit("round 2 signed")
    compared = against_release(project.open())
    assert compared and (compared.release, compared.n, compared.same) == (1, 150, True)
    assert (round(compared.then, 3), round(compared.now, 3)) == (0.94, 0.96)
    assert "accuracy 0.960; release 1 has 0.940, a difference that chance explains" in compared.text
    content = gather(project.open())
    for page in (html.render(content), md.render(content).replace("\\", "")):
        assert "On the same 150 test pictures: accuracy 0.960; release 1 has 0.940" in page
        assert "in production: release 1 (round 1, " in page
    done = release(project.open(), who=ADA)
    table = tomllib.loads(project.read(done.path))
    assert (table["release"], table["round"], table["against"]["release"]) == (2, 2, 1)
    assert production(project.open()).startswith("release 2 (round 2, ")
    assert against_release(project.open()) is None


def test_a_release_that_is_worse_beyond_chance_says_so(project: Sandbox) -> None:
    project.sign()
    release(project.open(), who=ADA)
    second_round.new_model(project, accuracy=0.80)
    compared = against_release(project.open())
    assert compared and compared.p < 0.05 and "worse beyond chance" in compared.text


def test_a_changed_test_set_is_compared_on_what_both_hold(project: Sandbox) -> None:
    project.sign()
    release(project.open(), who=ADA)
    second_round.new_model(project)
    folder = f"reports/evaluation/{second_round.RETESTED}"
    project.edit_csv(f"{folder}/predictions.csv", lambda rows: rows[:100])
    compared = against_release(project.open())
    assert compared and compared.n == 100 and "on the 100 test pictures that both were tried on" in compared.text.lower()


def test_freezing_writes_nothing(project: Sandbox) -> None:
    project.sign()
    assert freeze(project.open(), who=ADA).number == 1
    assert not (project.root / ".mlscaffold/releases").exists()


def test_a_round_needs_a_reason_and_something_signed(project: Sandbox, tmp_path: object) -> None:
    with pytest.raises(Refused, match="Nothing of round 1 is signed"):
        start_round(project.open(), "the lamps were changed", who=ADA)
    project.sign("problem")
    with pytest.raises(UsageError, match="no such file"):
        start_round(project.open(), "lamps", who=ADA)
    with pytest.raises(UsageError, match="outside the project"):
        start_round(project.open(), __file__, who=ADA)
    assert start_round(project.open(), "the lamps over lane two were changed", who=ADA) == ".mlscaffold/rounds/02.toml"
    assert decisions.rounds(project.open())[0].because == "the lamps over lane two were changed"
