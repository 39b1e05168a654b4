"""Index masks and one mask an object."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mlscaffold.datasets.formats import choose, index_masks, object_masks
from tests.datasets.formats.samples import made, text
from tests.datasets.pictures import put, scene


def _mask(path: Path, *areas: tuple[int, int, int, int, int], size: tuple[int, int] = (120, 90)) -> Path:
    """A grey mask with areas of (value, left, top, width, height)."""
    values = np.zeros((size[1], size[0]), dtype=np.uint8)
    for value, left, top, width, height in areas:
        values[top : top + height, left : left + width] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)
    return path


def test_indices_are_read_as_they_are_stored(tmp_path: Path) -> None:
    folder = made(tmp_path, "index-masks")
    first, second = index_masks.read(folder).records
    assert [(s.label, s.box) for s in first.shapes] == [("hat", (10.0, 20.0, 30.0, 40.0)), ("shoe", (0.0, 0.0, 5.0, 5.0))]
    assert second.shapes == ()


def test_masks_that_cannot_be_right_are_named(tmp_path: Path) -> None:
    folder = made(tmp_path, "index-masks")
    for name in "cdefg":
        put(folder / f"images/{name}.png", ord(name))
    _mask(folder / "masks/c.png", (9, 0, 0, 4, 4))
    _mask(folder / "masks/d.png", (1, 0, 0, 4, 4), size=(60, 45))
    scene(5).save(folder / "masks/e.png")
    scene(6).convert("L").save(folder / "masks/f.jpg")
    _mask(folder / "masks/lone.png")
    found = {d.where: d for d in index_masks.read(folder).defects}
    assert {where: d.kind for where, d in found.items()} == {
        "masks/c.png": "undeclared-index", "masks/d.png": "mask-size", "masks/e.png": "broken-mask", "masks/f.jpg": "broken-mask",
        "images/g.png": "missing-mask", "masks/lone.png": "missing-file",
    }  # fmt: skip
    assert found["masks/c.png"].message == "holds index 9 on 16 pixels; 3 classes are listed"
    assert "JPEG" in found["masks/f.jpg"].message
    reading = index_masks.read(folder)
    assert (reading.total, len(reading.records), reading.refused_objects) == (8, 3, 1)


def test_interpolated_masks_are_told_from_indices(tmp_path: Path) -> None:
    put(tmp_path / "images/a.png", 1)
    grey = np.arange(120 * 90, dtype=np.int64).reshape(90, 120) % 200
    (tmp_path / "masks").mkdir()
    Image.fromarray(grey.astype(np.uint8)).save(tmp_path / "masks/a.png")
    assert [d.kind for d in index_masks.read(tmp_path).defects] == ["interpolated-mask"]


def test_roboflow_puts_masks_beside_pictures(tmp_path: Path) -> None:
    put(tmp_path / "train/x_jpg.rf.aa.jpg", 1)
    _mask(tmp_path / "train/x_jpg.rf.aa_mask.png", (1, 0, 0, 9, 9), (2, 20, 20, 9, 9))
    text(tmp_path / "train/_classes.csv", "Pixel Value, Class\n0, background\n1, hat\n2, shoe")
    choice = choose(tmp_path)
    reading = choice.form.read(tmp_path)
    assert (choice.name, reading.records[0].split, [s.label for s in reading.records[0].shapes]) == (
        "index-masks",
        "train",
        ["hat", "shoe"],
    )


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["images/a.png", "masks/a_hat_1.png", "masks/a_hat_2.png"], ["hat", "hat"]),
        (["images/a.png", "masks/hat/a_1.png", "masks/shoe/a_1.png"], ["hat", "shoe"]),
        (["images/a.png", "images/ab.png", "masks/a-1.png", "masks/ab.png"], ["object"]),
        (["x7/images/x7.png", "x7/masks/0f.png", "x7/masks/1f.png", "x8/images/x8.png", "x8/masks/2f.png"], ["object", "object"]),
    ],
)
def test_a_mask_finds_its_picture_and_its_class(tmp_path: Path, names: list[str], labels: list[str]) -> None:
    for place, name in enumerate(names):
        if "masks" in name:
            _mask(tmp_path / name, (255, place, place, 9, 9))
        else:
            put(tmp_path / name, place)
    choice = choose(tmp_path)
    assert choice.name == "object-masks"
    assert [s.label for s in choice.form.read(tmp_path).records[0].shapes] == labels


def test_empty_and_broken_masks_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "images/a.png", 1)
    _mask(tmp_path / "masks/a_1.png", (255, 1, 1, 5, 5))
    _mask(tmp_path / "masks/a_2.png")
    (tmp_path / "masks/a_3.png").write_bytes(b"\x89PNG no")
    _mask(tmp_path / "masks/a_4.png", (255, 1, 1, 5, 5), size=(60, 45))
    alpha = np.zeros((90, 120, 4), dtype=np.uint8)
    alpha[3:6, 3:6, 3] = 255
    Image.fromarray(alpha).save(tmp_path / "masks/a_5.png")
    reading = object_masks.read(tmp_path)
    assert [(d.where, d.kind) for d in reading.defects] == [
        ("masks/a_2.png", "empty-mask"), ("masks/a_3.png", "broken-mask"), ("masks/a_4.png", "mask-size"),
    ]  # fmt: skip
    assert [s.box for s in reading.records[0].shapes] == [(1.0, 1.0, 5.0, 5.0), (3.0, 3.0, 3.0, 3.0)]


def test_masks_of_one_bit_are_one_an_object(tmp_path: Path) -> None:
    put(tmp_path / "images/a.png", 1)
    target = tmp_path / "masks/hat/a_0.png"
    target.parent.mkdir(parents=True)
    Image.new("1", (120, 90), 1).save(target)
    choice = choose(tmp_path)
    assert (choice.name, [s.label for s in choice.form.read(tmp_path).records[0].shapes]) == ("object-masks", ["hat"])


@pytest.mark.parametrize(("one", "other"), [("masks", "no masks"), ("mask", "no_mask")])
@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_a_class_may_be_called_mask(tmp_path: Path, one: str, other: str, ending: str) -> None:
    for i, name in enumerate([one, one, other, other]):
        put(tmp_path / name / f"{i % 2}.{ending}", i)
    choice = choose(tmp_path)
    assert (choice.name, {r.label for r in choice.form.read(tmp_path).records}) == ("class-folders", {one, other})


def test_masks_that_cannot_be_read_are_refused_all_the_same(tmp_path: Path) -> None:
    put(tmp_path / "images/a.png", 1)
    put(tmp_path / "masks/a.jpg", 2)
    choice = choose(tmp_path)
    assert choice.name == "index-masks"
    assert "blurs indices" in choice.reason
