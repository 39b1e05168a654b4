from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL, RUN

FILE, PARAMS = f"reports/model/{MODEL}/overfit.json", f"reports/training/{RUN}/params.yaml"

CHECK = "model.input-mismatch"


def test_as_the_pipeline_gives_them(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_proved_on_another_size(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(input=[3, 224, 224]))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "proved on 3 × 224 × 224, pipeline.json gives 3 × 16 × 16" in found.message


def test_height_and_width_exchanged(project: Sandbox) -> None:
    project.edit_json("pipeline.json", lambda p: p.update(size=[16, 24]))
    project.edit_json(FILE, lambda p: p.update(input=[3, 24, 16]))
    assert "3 × 24 × 16, pipeline.json gives 3 × 16 × 24" in project.check(CHECK)[0].message


def test_sizes_in_the_parameters(project: Sandbox) -> None:
    project.replace(PARAMS, "channels: 3", "channels: 1\n  image_size: [224, 224]")
    first, second = project.check(CHECK)
    assert "takes 1 channels, pipeline.json gives 3" in first.message
    assert "model.image_size is 224 × 224, pipeline.json gives 16 × 16" in second.message
