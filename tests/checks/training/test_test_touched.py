from __future__ import annotations

import json

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK, FILE = "training.test-touched", f"{FOLDER}/provenance.json"


def test_test_was_left_alone(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_the_checkpoint_was_monitored_on_test(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["checkpoint"].update(monitor="test_acc"))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "the checkpoint was monitored on test_acc" in found.message


def test_a_decision_and_a_choice_on_test(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["decisions"][0].update(split="test"))
    project.replace("reports/training/chosen.toml", 'split = "validation"', 'split = "test"')
    assert "checkpoint was decided on test; the run was chosen on test" in project.check(CHECK)[0].message


def test_columns_and_settings(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/metrics.csv", lambda rows: [{**r, "test_acc": "0.9", "latest_acc": "0.9"} for r in rows])
    project.replace(
        f"{FOLDER}/params.yaml", "  max_epochs: 10", "  max_epochs: 10\n  callbacks:\n  - init_args: {monitor: test/loss}"
    )
    assert project.check(CHECK)[0].message == "metrics.csv has test_acc; params.yaml monitors test/loss"


def test_validation_is_the_test_set(project: Sandbox) -> None:
    test = json.loads(next(project.root.glob("reports/evaluation/*/provenance.json")).read_text())["data"]["test"]
    project.edit_json(FILE, lambda p: p["data"].update(validation=test))
    assert "validation was the test set" in project.check(CHECK)[0].message


def test_pictures_of_test_were_used(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["data"].update(test=p["data"]["train"]))
    assert "180 pictures of test were used" in project.check(CHECK)[0].message


def test_a_decision_on_eyeball(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["decisions"][0].update(split="eyeball"))
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]


def test_a_named_test_set_is_a_test_set(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["data"].update({"test-night": p["data"]["train"]}))
    project.edit_json(FILE, lambda p: p["decisions"].append({"what": "threshold", "by": "f1", "split": "test-night"}))
    (found,) = project.check(CHECK)
    assert found.message == "threshold was decided on test-night; 180 pictures of test-night were used"
