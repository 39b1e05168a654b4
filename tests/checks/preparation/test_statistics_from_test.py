from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from mlscaffold.model import Status
from tests.conftest import Sandbox

CHECK, FILE = "preparation.statistics-from-test", "pipeline.json"


def statistics(project: Sandbox, splits: Sequence[str]) -> tuple[list[float], list[float]]:
    files = [p for s in splits for p in sorted((project.root / "data/processed" / s).rglob("*.png"))]
    pixels = np.stack([np.asarray(Image.open(p), dtype=np.float64) for p in files]) / 255
    return [round(float(v), 6) for v in pixels.mean(axis=(0, 1, 2))], [round(float(v), 6) for v in pixels.std(axis=(0, 1, 2))]


def record(project: Sandbox, splits: Sequence[str]) -> None:
    mean, std = statistics(project, splits)
    project.edit_json(FILE, lambda p: p.update(mean=mean, std=std))


def test_of_train(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_pipeline(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_of_all_splits(project: Sandbox) -> None:
    record(project, ("train", "validation", "eyeball", "test"))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "is that of train with validation and eyeball and test; train alone gives" in found.message


def test_of_train_and_test(project: Sandbox) -> None:
    record(project, ("train", "test"))
    assert "is that of train with test;" in project.check(CHECK)[0].message


def test_what_the_file_says_is_enough_without_pictures(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(statistics_n=420))
    assert "of 420 pictures; train has 180, all splits 420" in project.check(CHECK)[0].message
    project.edit_json(FILE, lambda p: p.update(statistics_of="all", statistics_n=180))
    assert "mean and std are of all" in project.check(CHECK)[0].message


def test_pictures_elsewhere(project: Sandbox) -> None:
    project.remove("data/processed/train/belt")
    assert [f.status for f in project.check(CHECK)] == [Status.UNKNOWN]


def test_far_from_any(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(mean=[0.1, 0.1, 0.1]))
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]


def test_of_the_pretrained_weights(project: Sandbox) -> None:
    project.edit_json(
        FILE,
        lambda p: p.update(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225], statistics_of="imagenet", statistics_n=1281167),
    )
    assert project.check(CHECK) == []


def test_a_range_of_255(project: Sandbox) -> None:
    project.edit_json(
        FILE, lambda p: p.update(range=[0, 255], mean=[v * 255 for v in p["mean"]], std=[v * 255 for v in p["std"]])
    )
    assert project.check(CHECK) == []
    project.edit_json(FILE, lambda p: p.update(colour="L"))
    assert "mean has 3 numbers; L has 1 channels" in project.check(CHECK)[0].message


def test_of_a_named_test_set(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(statistics_of="train,test-night"))
    (found,) = project.check(CHECK)
    assert "mean and std are of train,test-night; train alone is wanted" in found.message
