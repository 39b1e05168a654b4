from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL

FILE = f"reports/model/{MODEL}/overfit.json"
CHECK = "model.normalised-twice"


def seen(project: Sandbox, given: tuple[float, float], reached: tuple[float, float]) -> None:
    """What the loader gave and what reached the first layer: mean and spread."""
    project.edit_json(
        FILE,
        lambda p: p["step"].update(
            given={"mean": given[0], "std": given[1]}, input={"mean": reached[0], "std": reached[1], "layer": "network.0"}
        ),
    )


def test_about_zero_and_one(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_normalised_in_the_model_too(project: Sandbox) -> None:
    seen(project, (0.0, 1.0), (-1.9, 4.2))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert (
        "input mean -1.9, spread 4.2 reach the backbone, the loader gave 0 and 1: normalised twice; about 0 and 1 wanted"
        in found.message
    )


def test_normalised_twice_by_the_loader(project: Sandbox) -> None:
    seen(project, (-2.0, 4.4), (-2.0, 4.4))
    assert (
        "spread 4.4 reach the backbone; about 0 and 1 wanted: normalised twice, or not at all" in project.check(CHECK)[0].message
    )


def test_pixels_as_they_are(project: Sandbox) -> None:
    seen(project, (121.0, 64.0), (121.0, 64.0))
    assert "not at all" in project.check(CHECK)[0].message
    seen(project, (0.47, 0.25), (0.47, 0.25))
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "is pipeline.json's mean and std applied?" in found.message


def test_pixels_that_nobody_wants_normalised(project: Sandbox) -> None:
    seen(project, (0.47, 0.25), (0.47, 0.25))
    project.edit_json("pipeline.json", lambda p: p.update(mean=[0, 0, 0], std=[1, 1, 1]))
    assert project.check(CHECK) == []


def test_a_model_that_normalises_itself_and_alone(project: Sandbox) -> None:
    seen(project, (0.47, 0.25), (0.02, 1.02))
    assert project.check(CHECK) == []


def test_statistics_of_imagenet_on_white_ground(project: Sandbox) -> None:
    seen(project, (1.8, 1.15), (1.8, 1.15))
    assert project.check(CHECK) == []
    seen(project, (0.1, 2.2), (0.1, 2.2))  # black and white
    assert project.check(CHECK) == []


def test_an_older_proof(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.pop("step"))
    (found,) = project.check(CHECK)
    assert found.status is Status.UNKNOWN
    assert found.fix == "python -m flower_sorter.train --overfit-batch"
