from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Sandbox

CHECK, FILE = "preparation.random-test-transform", "pipeline.json"


def steps(project: Sandbox, split: str, *steps: dict[str, Any]) -> None:
    project.edit_json(FILE, lambda p: p["splits"].update({split: list(steps)}))


def test_nothing_random(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_pipeline(empty: Sandbox) -> None:
    (found,) = empty.check(CHECK)
    assert found.check == "missing"
    assert found.fix == "python -m flower_sorter.prepare"


@pytest.mark.parametrize(
    "step",
    [
        {"op": "RandomResizedCrop"}, {"op": "ColorJitter", "random": False}, {"op": "rotate", "degrees": 10},
        {"op": "mirror", "probability": 0.5}, {"op": "shade", "random": True},
    ],
)  # fmt: skip
def test_chance_in_test(project: Sandbox, step: dict[str, Any]) -> None:
    steps(project, "test", {"op": "resize", "size": 16}, step)
    (found,) = project.check(CHECK)
    assert f"test: {step['op']}" in found.message


def test_each_split_is_named(project: Sandbox) -> None:
    for split in ("validation", "test"):
        steps(project, split, {"op": "RandomCrop"}, {"op": "ColorJitter"})
    assert "validation: RandomCrop, ColorJitter; test: RandomCrop, ColorJitter" in project.check(CHECK)[0].message


def test_a_fixed_step_is_none(project: Sandbox) -> None:
    steps(project, "test", {"op": "centre_crop", "size": 16}, {"op": "rotate", "degrees": 90, "random": False})
    assert project.check(CHECK) == []


def test_augmented_pictures_in_test(project: Sandbox) -> None:
    path = "data/processed/test/annotations.csv"
    project.edit_csv(path, lambda rows: [*rows, {**rows[0], "path": "extra.png"}])
    assert "2 pictures outside train share an origin" in project.check(CHECK)[0].message


def test_copies_beside_their_originals_in_test(project: Sandbox) -> None:
    project.replace("data/splits/belt.csv", "belt/daisy/img0274.png", "belt/daisy/img0271_rot15.png")
    assert "1 augmented copy lies beside" in project.check(CHECK)[0].message


def test_copies_in_train_are_fine(project: Sandbox) -> None:
    path = "data/processed/train/annotations.csv"
    project.edit_csv(path, lambda rows: [*rows, {**rows[0], "path": "extra.png"}])
    assert project.check(CHECK) == []


def test_a_split_that_is_not_described(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["splits"].pop("test"))
    assert "does not say what is done to test" in project.check(CHECK)[0].message


def test_a_random_step_on_a_named_test_set(project: Sandbox) -> None:
    steps(project, "test-night", {"op": "RandomResizedCrop"})
    (found,) = project.check(CHECK)
    assert "test-night: RandomResizedCrop" in found.message
