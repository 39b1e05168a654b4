from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL, RUN

FILE, PARAMS = f"reports/model/{MODEL}/overfit.json", f"reports/training/{RUN}/params.yaml"

CHECK = "model.head-mismatch"


def test_an_output_for_every_class(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_the_head_of_imagenet(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(outputs=1000))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "the last layer has 1000 outputs, 3 classes wanted" in found.message


def test_classes_in_another_order(project: Sandbox) -> None:
    project.replace("data/schema.toml", '    "daisy",\n    "rose",', '    "rose",\n    "daisy",')
    first, second = project.check(CHECK)
    assert "another class map" in first.message
    assert 'index 0 is "daisy" in params.yaml, "rose" in data/schema.toml' in second.message


def test_typed_by_hand_in_the_parameters(project: Sandbox) -> None:
    project.replace(PARAMS, "[daisy, rose, tulip]", "[daisy, tulip, rose]")
    assert 'index 1 is "tulip"' in project.check(CHECK)[0].message
    project.replace(PARAMS, "[daisy, tulip, rose]", "[background, daisy, rose, tulip]")
    assert "4 classes, data/schema.toml 3" in project.check(CHECK)[0].message


def test_before_any_training(project: Sandbox) -> None:
    project.remove("reports/training")
    assert project.check(CHECK) == []
