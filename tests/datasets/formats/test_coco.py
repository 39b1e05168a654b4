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
