import json
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.datasets.formats.coco import read, sniff
from tests.datasets.formats.samples import coco, text
from tests.datasets.pictures import put


def _changed(root: Path, **parts: object) -> Path:
    """The sample with some of its parts replaced."""
    coco(root)
    file = root / "annotations/instances_val2017.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | parts))
    return root


BOX = {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 40]}


def test_what_a_file_says(tmp_path: Path) -> None:
    coco(tmp_path)
    assert sniff(tmp_path).reason == "annotations/instances_val2017.json has images, annotations and categories"
    first, second = read(tmp_path).records
    assert (first.name, first.split, first.size, first.attributes) == ("a.png", "validation", (120, 90), {"license": "4"})
    hat, shoe = first.shapes
    assert (hat.label, hat.box, len(hat.rings)) == ("hat", (10.0, 20.0, 30.0, 40.0), 2)
    assert shoe.crowd and shoe.mask is not None
    assert shoe.mask.counts == (920, 30, 60, 30, 9760)
    assert (second.name, second.shapes) == ("b.png", ())


def test_a_file_alone_is_read_too(tmp_path: Path) -> None:
    coco(tmp_path)
    assert len(read(tmp_path / "annotations/instances_val2017.json").records) == 2


@pytest.mark.parametrize(
    ("row", "kind", "words"),
    [
        ({"image_id": 8}, "dangling-image-id", "image_id 8 belongs to no image"),
        ({"category_id": 4}, "dangling-category-id", "category_id 4 is no category"),
        ({"bbox": [10, 20, 30]}, "broken-box", "four finite numbers are wanted"),
        ({"bbox": [10, 20, float("nan"), 4]}, "broken-box", "four finite numbers are wanted"),
        ({"bbox": [10, 20, -3, 4]}, "inverted-box", "box 10, 20, -3, 4 ends before it begins"),
        ({"bbox": [10, 20, 0, 4]}, "empty-box", "has no area"),
        ({"bbox": [500, 20, 5, 4]}, "box-elsewhere", "outside of the picture of 120 × 90"),
        ({"bbox": None}, "no-box", "neither box nor outline"),
    ],
)
def test_an_object_that_cannot_be_used_is_refused_alone(tmp_path: Path, row: dict[str, Any], kind: str, words: str) -> None:
    reading = read(_changed(tmp_path, annotations=[BOX, {**BOX, "id": 2, "bbox": [1, 2, 3, 4], **row}]))
    assert (len(reading.records), reading.objects, reading.refused_objects) == (2, 1, 1)
    assert [(d.where, d.kind, d.unit) for d in reading.defects] == [
        ("annotations/instances_val2017.json annotations[1]", kind, "object")
    ]
    assert words in reading.defects[0].message


def test_what_is_odd_is_kept_and_told(tmp_path: Path) -> None:
    rows = [
        {**BOX, "id": 0},
        {**BOX, "id": 0, "bbox": [100, 20, 50, 40]},
        {**BOX, "id": 5},
        {**BOX, "image_id": "7", "bbox": [1, 1, 2, 2]},
    ]
    reading = read(_changed(tmp_path, annotations=rows))
    assert reading.objects == 4
    assert sorted(d.kind for d in reading.told) == [
        "box-outside",
        "coco-id-zero",
        "coco-id-zero",
        "doubled-object",
        "repeated-id",
    ]


def test_a_box_comes_from_the_outline_where_there_is_none(tmp_path: Path) -> None:
    row = {"id": 1, "image_id": 7, "category_id": 3, "segmentation": [[10, 20, 40, 20, 40, 60], [1, 2]]}
    reading = read(_changed(tmp_path, annotations=[row]))
    assert reading.records[0].shapes[0].box == (10.0, 20.0, 30.0, 40.0)
    assert [d.kind for d in reading.told] == ["broken-outline"]


def test_category_ids_that_are_one_off_are_named_so(tmp_path: Path) -> None:
    names = [{"id": 1, "name": "hat"}, {"id": 2, "name": "shoe"}]
    rows = [{**BOX, "category_id": 0}, {**BOX, "id": 2, "category_id": 1}]
    reading = read(_changed(tmp_path, annotations=rows, categories=names))
    assert any("off by one: all of them +1 are categories" in note for note in reading.notes)


def test_images_that_are_absent_doubled_or_elsewhere(tmp_path: Path) -> None:
    put(tmp_path / "images/c.png", 3)
    images = [
        {"id": 7, "file_name": "gone.png", "width": 120, "height": 90},
        {"id": 9, "file_name": "b.png", "width": 90, "height": 120},
        {"id": 9, "file_name": "b.png"},
        {"id": 10, "file_name": "../../b.png"},
        {"file_name": "b.png"},
        {"id": 11, "file_name": "images/b.png"},
    ]
    reading = read(_changed(tmp_path, images=images))
    where = "annotations/instances_val2017.json images"
    assert [(d.where, d.kind) for d in reading.refused] == [
        (f"{where}[0]", "missing-file"), (f"{where}[2]", "repeated-id"), (f"{where}[3]", "leads-out"), (f"{where}[4]", "broken-image"),
        (f"{where}[5]", "named-twice"),
    ]  # fmt: skip
    assert (reading.total, reading.refused_objects) == (6, 2)
    assert [d.message for d in reading.told] == ["says 90 × 120; the picture has 120 × 90"]
    assert reading.ignored == {"pictures that no annotation names": 2}


def test_doubled_keys_and_broken_files_are_named(tmp_path: Path) -> None:
    coco(tmp_path)
    text(tmp_path / "annotations/more.json", '{"images": [], "categories": [],\n"annotations": [{"id": 1, "id": 2}]}')
    text(tmp_path / "annotations/other.json", '{"images": [], "categories": [],\n"annotations": [}')
    found = {d.where: d for d in read(tmp_path).defects}
    assert found["annotations/more.json"].message == 'key "id" stands twice in one object (id 2); the last one counts'
    assert found["annotations/other.json:2"].kind == "broken-json"


def test_a_large_file_is_recognised_though_its_keys_lie_far_apart(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    images = [{"id": n, "file_name": f"{n:012}.png", "width": 1, "height": 1, "coco_url": "x" * 50} for n in range(1000)]
    rows = [{**BOX, "id": n} for n in range(1, 3000)]
    names = [{"id": n, "name": f"class {n}", "supercategory": "y" * 200} for n in range(1, 400)]
    text(
        tmp_path / "instances.json",
        json.dumps({"info": {}, "images": images, "annotations": rows, "categories": names, "z": "q" * 70_000}),
    )
    assert sniff(tmp_path).score == 0.9
    assert sniff(text(tmp_path / "other.json", json.dumps({"rows": images, "images": 1}))).score == 0


def test_files_that_describe_the_same_pictures_are_joined(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    put(tmp_path / "b.png", 2)
    images = [{"id": n, "file_name": name, "width": 120, "height": 90} for n, name in enumerate(["a.png", "b.png"], 1)]
    box = {
        "id": 5,
        "image_id": 1,
        "category_id": 1,
        "bbox": [1, 2, 30, 40],
        "segmentation": [[1, 2, 31, 2, 31, 42]],
        "iscrowd": 0,
    }
    dog = {"id": 6, "image_id": 2, "category_id": 2, "bbox": [1, 2, 30, 40]}
    points = {**box, "keypoints": [5, 5, 2, 9, 9, 1], "num_keypoints": 2}
    people = {"id": 1, "name": "person"}
    for name, rows, kinds in (
        ("instances_val2017", [box, dog], [people, {"id": 2, "name": "dog"}]),
        ("person_keypoints_val2017", [points, {**points, "id": 7, "image_id": 2}], [{**people, "keypoints": ["nose", "eye"]}]),
    ):
        text(tmp_path / f"annotations/{name}.json", json.dumps({"images": images, "annotations": rows, "categories": kinds}))
    reading = read(tmp_path)
    assert [[(s.label, len(s.rings), s.keypoints is not None) for s in r.shapes] for r in reading.records] == [
        [("person", 1, True)], [("dog", 0, False), ("person", 1, True)],
    ]  # fmt: skip
    assert (reading.total, reading.defects) == (2, ())
    assert reading.notes == (
        "2 pictures stand in several of instances_val2017.json, person_keypoints_val2017.json: their objects are joined, 1 are the same",
    )


def test_a_picture_in_the_files_of_two_splits_is_told(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    images = [{"id": 1, "file_name": "a.png", "width": 120, "height": 90}]
    for split in ("train", "val"):
        text(
            tmp_path / f"{split}.json", json.dumps({"images": images, "annotations": [], "categories": [{"id": 1, "name": "x"}]})
        )
    reading = read(tmp_path)
    assert [(r.split, d.kind) for r, d in zip(reading.records, reading.told, strict=True)] == [("train", "two-splits")]


def test_a_category_without_a_place_is_the_label_of_the_picture(tmp_path: Path) -> None:
    put(tmp_path / "train_val2019/Plants/1/a.png", 1)
    put(tmp_path / "train_val2019/Plants/2/b.png", 2)
    images = [{"id": n, "file_name": f"train_val2019/Plants/{n}/{name}.png"} for n, name in ((1, "a"), (2, "b"))]
    rows = [{"id": n, "image_id": n, "category_id": n} for n in (1, 2)]
    kinds = [{"id": n, "name": f"species {n}"} for n in (1, 2)]
    text(tmp_path / "train2019.json", json.dumps({"images": images, "annotations": rows, "categories": kinds}))
    reading = read(tmp_path)
    assert ([r.labels for r in reading.records], reading.defects) == ([("species 1",), ("species 2",)], ())
