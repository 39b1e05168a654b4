"""Two turns of the loop, from the first release to the second."""

from __future__ import annotations

import shutil
import tomllib

import pytest
import tomli_w

from mlscaffold.errors import UsageError
from mlscaffold.evidence import decisions
from mlscaffold.model import State
from mlscaffold.reports import html, md, text
from mlscaffold.stages import all_stages
from mlscaffold.workflows.advance import Answers, Refused, candidate, sign, signer
from mlscaffold.workflows.check import check_project
from mlscaffold.workflows.record_tests import record_tests
from mlscaffold.workflows.release import Against, Apart, against_release, freeze, production, release
from mlscaffold.workflows.report import gather
from mlscaffold.workflows.round import start_round
from tests import second_round
from tests.conftest import Sandbox
from tests.finished import csv_bytes, predictions, rows_of
from tests.named_set import night, pictures

pytestmark = pytest.mark.story

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


def test_a_stranger_releases_nothing(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    with pytest.raises(Refused, match="Nobody is not in the team"):
        release(project.open(), who="Nobody")
    assert decisions.releases(project.open()) == []


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
    assert isinstance(compared, Against) and (compared.release, compared.n, compared.same) == (1, 150, True)
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
    assert isinstance(compared, Against) and compared.p < 0.05 and "worse beyond chance" in compared.text


def test_a_model_that_answered_other_pictures_is_not_compared(project: Sandbox) -> None:
    project.sign()
    release(project.open(), who=ADA)
    second_round.new_model(project)
    folder = f"reports/evaluation/{second_round.RETESTED}"
    project.edit_csv(f"{folder}/predictions.csv", lambda rows: rows[:100])
    compared = against_release(project.open())
    assert isinstance(compared, Apart)
    assert compared.text == (
        "Not compared with release 1: it was not evaluated on today's 100 test pictures."
        " First: python -m flower_sorter.evaluate --release 1"
    )


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


def grow(project: Sandbox, *, how: str = "extended") -> None:
    """Nine new pictures in test, prepared, and recorded as version 2."""
    record_tests(project.root, who=ADA)
    before = rows_of((project.root / "data/processed/test/annotations.csv").read_bytes())
    pictures(project, 9, split="test", source="new", seed=300_000)
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: before + rows)
    record_tests(project.root, how={"test": how}, who=ADA)


def evaluate_again(project: Sandbox, folder: str, *, run: str = "", checkpoint: str = "", version: int = 2) -> None:
    """An evaluation on today's test set: in place, or of a checkpoint in a new folder."""
    rows = rows_of((project.root / "data/processed/test/annotations.csv").read_bytes())
    new = folder if not run else f"reports/evaluation/{run}"
    if run:
        shutil.copytree(project.root / folder, project.root / new)
        project.edit_json(f"{new}/provenance.json", lambda p: p.update(run=run, end="2026-12-01T10:00:00+00:00"))
        project.edit_json(f"{new}/provenance.json", lambda p: p["checkpoint"].update(digest=checkpoint))
    table = predictions([{**r, "path": f"test/{r['path']}"} for r in rows], 0.9, seed=51)
    project.write({f"{new}/predictions.csv": csv_bytes(table)})
    project.edit_json(f"{new}/provenance.json", lambda p: p["data"]["test"].update(version=version, samples=len(rows)))


def test_nothing_is_compared_until_both_models_answered_the_new_test_set(project: Sandbox) -> None:
    project.sign()
    release(project.open(), who=ADA)
    released = decisions.releases(project.open())[0].model
    second_round.new_model(project)
    grow(project)
    newest = f"reports/evaluation/{second_round.RETESTED}"
    compared = against_release(project.open())  # both answered the older set alike; nothing is said about it any more
    assert isinstance(compared, Apart)
    assert compared.text.startswith(
        "Not compared with release 1: the evaluation of today's model is older than version 2 of test (extended on 20"
    )
    assert compared.fix == "python -m flower_sorter.evaluate --of tuning"
    evaluate_again(project, newest)
    compared = against_release(project.open())
    assert isinstance(compared, Apart) and compared.fix == "python -m flower_sorter.evaluate --release 1"
    assert "it was not evaluated on version 2 of test (extended on 20" in compared.text and "159 pictures" in compared.text
    evaluate_again(project, newest, run="20261201T090000Z-ada-rel", checkpoint=released)
    compared = against_release(project.open())
    assert isinstance(compared, Against) and (compared.n, compared.same) == (159, True)


def test_a_test_set_that_was_dealt_anew_may_hold_what_the_release_was_trained_on(project: Sandbox) -> None:
    project.sign()
    release(project.open(), who=ADA)
    second_round.new_model(project)
    grow(project, how="again")
    newest = next((project.root / "data/splits/tests").glob("test-2-*.toml"))
    newest.write_text(newest.read_text().replace('when = "20', 'when = "30'))  # after the release, whatever the clock says
    evaluate_again(project, f"reports/evaluation/{second_round.RETESTED}")
    compared = against_release(project.open())
    assert isinstance(compared, Apart) and compared.fix == ""
    assert "may hold pictures that the released model was trained on" in compared.text


def test_a_release_that_cannot_be_compared_says_so_and_is_made(project: Sandbox) -> None:
    project.sign()
    release(project.open(), who=ADA)
    second_round.new_model(project)
    project.edit_csv(f"reports/evaluation/{second_round.RETESTED}/predictions.csv", lambda rows: rows[:100])
    project.sign()
    done = release(project.open(), who=ADA)
    assert isinstance(done.against, Apart) and "against" not in tomllib.loads(project.read(done.path))
    assert decisions.releases(project.open())[-1].number == 2


def test_the_report_names_the_test_sets_and_their_numbers(project: Sandbox) -> None:
    night(project)
    content = gather(project.open())
    assert content.evaluated.endswith("on test (150 pictures), test-night version 1 (30 pictures)")
    assert "accuracy on test-night" in [row.name for row in content.metrics]


def test_a_threshold_on_a_named_test_set_is_held_against_that_set(project: Sandbox) -> None:
    night(project)
    table = tomllib.loads(project.read("acceptance.toml"))
    table["thresholds"] += [
        {"metric": "accuracy", "min": 0.7, "split": "test-night"},
        {"metric": "accuracy", "min": 0.7, "split": "test-day"},
        {"metric": "accuracy", "min": 0.7, "slice": "light=night"},
    ]
    project.write({"acceptance.toml": tomli_w.dumps(table)})
    values = [row.measured for row in gather(project.open()).acceptance[-3:]]
    assert values == [0.8, None, None]
