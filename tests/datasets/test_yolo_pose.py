from pathlib import Path

import pytest
import yaml

from mlscaffold.datasets import formats
from mlscaffold.datasets.exporting import copy_pictures, placed
from mlscaffold.datasets.record import KeyPoints, Reading, Record, Shape, Skeleton
from tests.datasets.formats.samples import text
from tests.datasets.pictures import put

NAMES = "names: {0: person, 1: dog}\n"


def _read(folder: Path, declared: str, *lines: str) -> Reading:
    put(folder / "images/a.png", 1)
    text(folder / "labels/a.txt", "".join(f"{line}\n" for line in lines))
    text(folder / "data.yaml", NAMES + declared)
    return formats.named("yolo").read(folder)


def test_key_points_stand_behind_the_box(tmp_path: Path) -> None:
    told = "kpt_shape: [2, 3]\nkpt_names: {0: [nose, tail]}\n"
    reading = _read(
        tmp_path, told, "0 0.5 0.5 0.5 0.5 0.25 0.5 2 0 0 0", "1 0.5 0.5 0.5 0.5 0.25 0.5 1 0.5 0.5 2", "0 0.5 0.5 0.1 0.1"
    )
    first, second, third = (shape.keypoints for shape in reading.records[0].shapes)
    assert first == KeyPoints(Skeleton(("nose", "tail")), ((30.0, 45.0, 2), (0.0, 0.0, 0)))
    assert second == KeyPoints(Skeleton(("1", "2")), ((30.0, 45.0, 1), (60.0, 45.0, 2)))
    assert (third, reading.defects) == (None, ())


def test_without_visibility_a_point_at_the_corner_is_none(tmp_path: Path) -> None:
    reading = _read(tmp_path, "kpt_shape: [2, 2]\n", "0 0.5 0.5 0.5 0.5 0.25 0.5 0 0")
    assert reading.records[0].shapes[0].keypoints == KeyPoints(Skeleton(("1", "2")), ((30.0, 45.0, 2), (0.0, 0.0, 0)))
    assert "no names of key points: they are called by their number" in reading.notes


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("0 0.5 0.5 0.5 0.5 0.25 0.5 2", "broken-line"),
        ("0 0.5 0.5 0.5 0.5 0.25 0.5 2 30 40 2", "pixel-units"),
        ("0 0.5 0.5 0.5 0.5 0.25 0.5 0.9 0.1 0.1 2", "broken-keypoints"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_alone(tmp_path: Path, line: str, kind: str) -> None:
    reading = _read(tmp_path, "kpt_shape: [2, 3]\n", "0 0.5 0.5 0.1 0.1", line)
    assert [(d.where, d.kind, d.unit) for d in reading.defects] == [("labels/a.txt:2", kind, "object")]


@pytest.mark.parametrize("shape", ["[2]", "[0, 3]", "[2, 4]", "x", "[1e9, 3]", "[2.5, 3]"])
def test_a_shape_that_is_none_is_told(tmp_path: Path, shape: str) -> None:
    reading = _read(tmp_path, f"kpt_shape: {shape}\n", "0 0.5 0.5 0.1 0.1")
    assert [(d.kind, d.field) for d in reading.defects] == [("broken-keypoints", "kpt_shape")]


def test_what_is_written_for_trainers(tmp_path: Path) -> None:
    named = KeyPoints(Skeleton(("nose", "left eye", "right eye")), ((30.0, 45.0, 2), (12.0, 9.0, 1), (0.0, 0.0, 0)))
    shapes = (Shape("person", (30.0, 22.5, 60.0, 45.0), keypoints=named), Shape("dog", rings=((0.0, 0.0, 12.0, 0.0, 12.0, 9.0),)))
    records = [Record(put(tmp_path / "a.png", 1), "a.png", split="train", size=(120, 90), shapes=shapes)]
    form = formats.named("yolo")
    kept, lost = formats.fit(records, form)
    items = placed(kept, form.place)
    copy_pictures(items, tmp_path / "out")
    form.write(items, tmp_path / "out", [])
    declared = yaml.safe_load((tmp_path / "out/data.yaml").read_text())
    assert declared["kpt_shape"] == [3, 3]
    assert declared["flip_idx"] == [0, 2, 1]
    assert declared["kpt_names"] == {1: ["nose", "left eye", "right eye"]}
    assert (tmp_path / "out/labels/train/a.txt").read_text().splitlines() == [
        "1 0.5 0.5 0.5 0.5 0.25 0.5 2 0.1 0.1 1 0 0 0",
        "0 0.05 0.05 0.1 0.1 0 0 0 0 0 0 0 0 0",
    ]
    assert lost == {"outlines, now boxes": 1}


def test_key_points_on_one_line_without_a_box_come_back(tmp_path: Path) -> None:
    named = KeyPoints(Skeleton(("nose", "tail")), ((30.0, 45.0, 2), (60.0, 45.0, 1)))
    shapes = (
        Shape("person", keypoints=named),
        Shape("person", keypoints=KeyPoints(named.skeleton, ((9.0, 9.0, 2), (12.0, 27.0, 2)))),
    )
    records = [Record(put(tmp_path / "a.png", 1), "a.png", size=(120, 90), shapes=shapes)]
    form = formats.named("yolo")
    kept, _ = formats.fit(records, form)
    items = placed(kept, form.place)
    copy_pictures(items, tmp_path / "out")
    form.write(items, tmp_path / "out", [])
    reading = form.read(tmp_path / "out")
    first = reading.records[0].shapes[0]
    assert (first.box, first.keypoints) == (None, named)
    assert (len(reading.records[0].shapes), reading.defects) == (2, ())
