import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.datasets import formats
from mlscaffold.datasets.keypoints import key_points, mirrored, one_each, skeleton_of
from mlscaffold.datasets.record import KeyPoints, Reading, Record, Shape, Skeleton
from tests.datasets.formats.samples import text
from tests.datasets.pictures import put

SKELETON = Skeleton(("nose", "left eye", "right eye"), ((0, 1), (0, 2)))
POINTS = [10, 20, 2, 30, 40, 1, 0, 0, 0]


def _coco(folder: Path, *rows: dict[str, Any], **category: object) -> Reading:
    put(folder / "images/a.png", 1)
    person = {"id": 1, "name": "person", "keypoints": list(SKELETON.names), "skeleton": [[1, 2], [1, 3]], **category}
    base = {"image_id": 1, "category_id": 1, "bbox": [5, 5, 50, 60]}
    value = {
        "images": [{"id": 1, "file_name": "a.png", "width": 120, "height": 90}],
        "annotations": [{"id": n, **base, **row} for n, row in enumerate(rows, 1)],
        "categories": [person],
    }
    text(folder / "annotations/instances.json", json.dumps(value))
    return formats.named("coco").read(folder)


def test_coco_has_names_places_and_what_is_hidden(tmp_path: Path) -> None:
    reading = _coco(tmp_path, {"keypoints": POINTS, "num_keypoints": 2}, {"keypoints": [0] * 9, "num_keypoints": 0})
    first, second = reading.records[0].shapes
    assert first.keypoints == KeyPoints(SKELETON, ((10.0, 20.0, 2), (30.0, 40.0, 1), (0.0, 0.0, 0)))
    assert (first.box, second.keypoints, reading.defects) == ((5.0, 5.0, 50.0, 60.0), None, ())


@pytest.mark.parametrize(
    ("row", "kind", "words"),
    [
        ({"keypoints": POINTS[:8]}, "broken-keypoints", "no list of x, y and visibility"),
        ({"keypoints": POINTS[:6]}, "broken-keypoints", "6 numbers; 3 key points need 9"),
        ({"keypoints": [*POINTS[:8], 0.7]}, "broken-keypoints", "a visibility of 0.7"),
        ({"keypoints": [*POINTS[:8], float("nan")]}, "broken-keypoints", "no list of x, y and visibility"),
        ({"keypoints": POINTS, "num_keypoints": 3}, "keypoint-count", "num_keypoints is 3; 2 are marked"),
        ({"keypoints": [500, *POINTS[1:]]}, "point-outside", "key point at 500, 20 leaves the picture"),
    ],
)
def test_what_is_wrong_with_key_points_is_told_and_the_box_stays(
    tmp_path: Path, row: dict[str, Any], kind: str, words: str
) -> None:
    reading = _coco(tmp_path, row)
    (told,) = reading.defects
    assert (told.kind, told.unit, told.where.endswith("annotations[0]")) == (kind, "", True)
    assert words in told.message
    assert reading.records[0].shapes[0].box == (5.0, 5.0, 50.0, 60.0)


def test_a_skeleton_that_joins_nothing_is_told(tmp_path: Path) -> None:
    reading = _coco(tmp_path, {"keypoints": POINTS}, skeleton=[[1, 2], [0, 9], "x"])
    assert [(d.kind, d.message[:7]) for d in reading.defects] == [("broken-skeleton", "2 pairs")]
    keypoints = reading.records[0].shapes[0].keypoints
    assert keypoints is not None
    assert keypoints.skeleton.bones == ((0, 1),)
    assert skeleton_of(["a", "a"], None) == (Skeleton(("a", "a 2")), 0)
    assert skeleton_of(None, [[1, 2]]) == (None, 0)


def test_points_without_names_are_numbered_and_an_empty_box_beside_them_is_none(tmp_path: Path) -> None:
    reading = _coco(tmp_path, {"keypoints": [*POINTS[:6], 50, 50, 2], "bbox": [0, 0, 0, 0]}, keypoints=None)
    (shape,) = reading.records[0].shapes
    assert shape.keypoints is not None
    assert (shape.keypoints.skeleton.names, shape.box) == (("1", "2", "3"), (10.0, 20.0, 40.0, 30.0))


def test_a_class_has_one_skeleton(tmp_path: Path) -> None:
    one = key_points([1, 1, 2, 3, 3, 2, 4, 4, 2], SKELETON)
    other = key_points([1, 1, 2], Skeleton(("tip",)))
    records = [
        Record(tmp_path, "a", shapes=(Shape("x", keypoints=one), Shape("x", keypoints=other), Shape("y", keypoints=other)))
    ]
    lost: Counter[str] = Counter()
    (kept,) = one_each(records, lost)
    assert [shape.keypoints for shape in kept.shapes] == [one, other]
    assert lost == {"key points of a second skeleton of their class": 1}


def test_the_other_side_of_a_mirrored_picture() -> None:
    assert mirrored(["nose", "left eye", "right eye", "left"]) == [0, 2, 1, 3]
    assert mirrored(["a", "b"]) == [0, 1]


def test_what_cannot_hold_them_says_how_many(tmp_path: Path) -> None:
    records = _coco(tmp_path, {"keypoints": POINTS, "num_keypoints": 2}).records
    _, lost = formats.fit(records, formats.named("voc"))
    assert dict(lost) == {"key points": 2}
    _, lost = formats.fit(records, formats.named("yolo"))
    assert dict(lost) == {"lines between key points": 2}
    _, lost = formats.fit(records, formats.named("cvat"))
    assert dict(lost) == {"boxes that differ from their key points by more than a pixel": 1}
