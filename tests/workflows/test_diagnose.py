from __future__ import annotations

import pytest

from mlscaffold.practice.diagnosis import Share
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.diagnose import diagnose_project, numbers_of
from mlscaffold.workflows.release import release
from mlscaffold.workflows.waive import skip
from tests.checks.evaluation.test_causes_differ import sort
from tests.conftest import Sandbox
from tests.finished import TUNED

pytestmark = pytest.mark.story


def test_the_numbers_of_the_model_that_counts(project: Sandbox) -> None:
    found = numbers_of(project.open())
    assert (found.goal, found.human, found.tolerable, found.unmet) == (0.85, 0.98, 0.06, ())
    assert found.test == Share(141 / 150, 150) and found.field and found.field.n == 60
    assert found.validation and found.validation.n == 60 and found.train and found.train.n == 180
    assert [c.n for c in found.classes] == [50, 50, 50]


def test_a_target_that_is_not_met_is_traced_to_a_gap(project: Sandbox) -> None:
    project.sign()
    project.replace("acceptance.toml", "min = 0.85", "min = 0.99")
    project.sign()
    assert numbers_of(project.open()).unmet == ("accuracy ≥ 0.99 on test, measured 0.940",)
    assert diagnose_project(project.open()) == diagnose_project(project.open())


def test_an_empty_project_starts_at_its_first_stage(
    empty: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlscaffold.cli.diagnose import diagnose

    assert diagnose_project(empty.open()).kind in ("missing-evidence", "unsigned", "broken-evidence")
    monkeypatch.chdir(empty.root)
    diagnose(format_="json")
    diagnose(format_="text")
    out = capsys.readouterr().out
    assert '"kind"' in out and out.rstrip().splitlines()[-1].startswith("Next: ")


def test_the_costliest_cause_of_the_model_that_counts(project: Sandbox) -> None:
    assert numbers_of(project.open()).cause is None
    folder = sort(project)
    found = numbers_of(project.open()).cause
    assert found is not None and (found.name, found.count, found.looked) == ("closed", 4, 4)
    project.edit_json(f"{folder}/causes.json", lambda told: told.update(checkpoint="ab" * 32))
    assert numbers_of(project.open()).cause is None


def test_augmented_is_read_from_the_epoch_that_was_chosen(project: Sandbox) -> None:
    assert numbers_of(project.open()).augmented is None
    run = f"reports/tuning/{TUNED}"
    project.edit_csv(f"{run}/metrics.csv", lambda rows: [{**r, "aug_loss": "0.3", "aug_acc": f"0.9{r['epoch']}"} for r in rows])
    assert numbers_of(project.open()).augmented is None
    project.edit_json(f"{run}/provenance.json", lambda p: p["data"].update(augmented={"digest": "a" * 64, "samples": 40}))
    found = numbers_of(project.open()).augmented
    assert found is not None and found.n == 40 and 0.9 <= found.value < 1


def test_after_a_release_comes_the_next_round(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    assert diagnose_project(project.open()).command == "mlscaffold release"
    release(project.open(), who="Ada Byron")
    project.commit("released")
    found = diagnose_project(project.open())
    assert (found.kind, found.command) == ("nothing", "mlscaffold round start --because WHY")
    assert "Release 1 (round 1" in found.reason


def test_what_is_skipped_is_not_to_be_released(project: Sandbox) -> None:
    project.sign()
    skip(project.open(), "deployment", reason="The model is for a paper only.", owner="Ada Byron")
    project.remove(".mlscaffold/signoffs/01/10-deployment.toml")
    assert diagnose_project(project.open()).command == "mlscaffold report --format html"
    with pytest.raises(Refused) as error:
        release(project.open(), who="Ada Byron")
    assert "skips/deployment.toml" in error.value.hint


def test_a_question_is_no_command(project: Sandbox) -> None:
    project.sign()
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "acuracy"')
    assert diagnose_project(project.open()).command == 'mend acceptance.toml: Is "accuracy" meant?'
