"""What files in the wild do, beyond what the tests of each format have: quirk by quirk."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mlscaffold.datasets import formats
from mlscaffold.datasets.masks import drawn, pack, pixels
from mlscaffold.datasets.record import Reading
from tests.datasets.formats.samples import text
from tests.datasets.pictures import put


def _read(folder: Path, name: str = "") -> Reading:
    """A set by the format that is recognised, which must be the named one."""
    choice = formats.choose(folder)
    assert not name or choice.name == name, choice
    return choice.form.read(folder)


def _told(reading: Reading) -> list[tuple[str, str]]:
    return [(d.kind, d.unit) for d in reading.defects]


def _coco(folder: Path, annotations: list[dict[str, Any]], images: list[dict[str, Any]] | None = None) -> Reading:
    images = images or [{"id": 1, "file_name": "a.png", "width": 120, "height": 90}]
    value = {"images": images, "annotations": annotations, "categories": [{"id": 5, "name": "hat"}]}
    text(folder / "instances.json", json.dumps(value))
    return _read(folder, "coco")


def test_coco_ids_may_be_texts(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    reading = _coco(tmp_path, [{"id": "x7", "image_id": "1", "category_id": "5", "bbox": [1, 2, 3, 4]}])
    assert ([s.label for s in reading.records[0].shapes], reading.defects) == (["hat"], ())


def test_coco_id_zero_is_told_and_read(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    reading = _coco(tmp_path, [{"id": 0, "image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4]}])
    assert (reading.objects, _told(reading)) == (1, [("coco-id-zero", "")])


def test_coco_runs_as_text_and_as_numbers_are_the_same(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    mask = drawn(((10, 10, 50, 10, 50, 60),), (120, 90))
    rows = [
        {"id": n, "image_id": 1, "category_id": 5, "segmentation": {"size": [90, 120], "counts": counts}}
        for n, counts in ((1, list(mask.counts)), (2, pack(mask.counts)))
    ]
    first, second = _coco(tmp_path, rows).records[0].shapes
    assert first.mask == second.mask == mask
    assert first.box == second.box == (10.0, 10.0, 40.0, 49.0)


def test_coco_names_that_stand_in_two_folders_are_not_guessed(tmp_path: Path) -> None:
    put(tmp_path / "x/a.png", 1)
    put(tmp_path / "y/a.png", 2)
    assert _told(_coco(tmp_path, [])) == [("ambiguous-file", "item")]


def test_coco_panoptic_and_captions_are_named(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    segments = [{"id": 3, "category_id": 5}, {"id": 4, "category_id": 5}]
    reading = _coco(
        tmp_path, [{"image_id": 1, "file_name": "a_map.png", "segments_info": segments}, {"id": 1, "image_id": 1, "caption": "x"}]
    )
    assert (_told(reading), reading.refused_objects, reading.ignored["captions"]) == ([("panoptic-map", "object")], 2, 1)
    assert reading.defects[0].message.startswith("is a panoptic map of 2 segments in a_map.png: export instances")
    captions = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"id": 1, "image_id": 1, "caption": "x"}]}
    text(tmp_path / "captions.json", json.dumps(captions))
    notes = _read(tmp_path, "coco").notes
    assert notes == ("captions.json holds images and annotations without categories (captions): not read",)


@pytest.mark.parametrize(("size", "kinds"), [((0, 0), []), ((90, 120), ["size-differs"])])
def test_voc_sizes_that_are_zero_or_swapped(tmp_path: Path, size: tuple[int, int], kinds: list[str]) -> None:
    put(tmp_path / "JPEGImages/a.png", 1)
    box = "<object><name>hat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>120</xmax><ymax>90</ymax></bndbox></object>"
    told = f"<size><width>{size[0]}</width><height>{size[1]}</height></size>"
    text(tmp_path / "Annotations/a.xml", f"<annotation><filename>a.png</filename>{told}{box}</annotation>")
    reading = _read(tmp_path, "voc")
    assert [d.kind for d in reading.defects] == kinds
    assert (reading.records[0].size, reading.records[0].shapes[0].box) == ((120, 90), (0.0, 0.0, 120.0, 90.0))


def test_voc_lists_of_bare_names_do_not_reach_into_other_folders(tmp_path: Path) -> None:
    for name in ("a", "day/a", "day/b"):
        put(tmp_path / f"JPEGImages/{name}.png", len(name))
        text(tmp_path / f"Annotations/{name}.xml", f"<annotation><filename>{name}.png</filename></annotation>")
    text(tmp_path / "ImageSets/Main/val.txt", "a\nb\n")
    assert {r.name: r.split for r in _read(tmp_path, "voc").records} == {
        "a.png": "validation",
        "day/a.png": "",
        "day/b.png": "validation",
    }


def _yolo(folder: Path, line: str, more: str = "") -> Reading:
    put(folder / "images/a.png", 1)
    text(folder / "labels/a.txt", line)
    text(folder / "labels/classes.txt", "hat\nshoe\n")
    text(folder / "data.yaml", f"names: {{0: hat, 3: shoe}}\n{more}")
    return _read(folder, "yolo")


def test_yolo_names_with_gaps_and_a_list_of_classes_among_the_labels(tmp_path: Path) -> None:
    reading = _yolo(tmp_path, "3 0.5 0.5 0.5 0.5   \r\n1 0.5 0.5 0.1 0.1\r\n")
    assert ([s.label for s in reading.records[0].shapes], reading.total) == (["shoe"], 1)
    assert _told(reading) == [("class-gap", ""), ("class-index-out-of-range", "object")]


def test_yolo_four_corners_may_be_two_things(tmp_path: Path) -> None:
    reading = _yolo(tmp_path, "0 0.1 0.1 0.4 0.1 0.4 0.4 0.1 0.4\n")
    assert len(reading.records[0].shapes[0].rings[0]) == 8
    assert ("four-corners", "") in _told(reading)


def test_yolo_boxes_may_leave_the_picture_by_a_pixel(tmp_path: Path) -> None:
    assert "box-outside" not in dict(_told(_yolo(tmp_path, "0 0.504 0.5 1 1\n")))
    assert "box-outside" in dict(_told(_yolo(tmp_path, "0 0.6 0.5 1 1\n")))


def _table(folder: Path, content: str) -> Reading:
    put(folder / "a.png", 1)
    put(folder / "b.png", 2)
    text(folder / "labels.csv", content)
    return _read(folder, "csv-list")


def test_csv_with_an_index_column_and_words_that_pandas_takes_for_nothing(tmp_path: Path) -> None:
    reading = _table(tmp_path, ",path,label\n0,a.png,None\n1,b.png,null\n")
    assert [(r.label, r.attributes) for r in reading.records] == [("None", {}), ("null", {})]


def test_cvat_project_exports_declare_their_labels_elsewhere(tmp_path: Path) -> None:
    put(tmp_path / "images/shop/a.png", 1)
    meta = "<meta><project><name>x</name><labels><label><name>hat</name></label></labels></project></meta>"
    text(
        tmp_path / "annotations.xml",
        f'<annotations>{meta}<image id="0" name="shop/a.png" width="120" height="90"></image></annotations>',
    )
    reading = _read(tmp_path, "cvat")
    assert (reading.classes, reading.records[0].name) == (("hat",), "shop/a.png")


def _tasks(folder: Path, *tasks: dict[str, Any]) -> Reading:
    text(folder / "project.json", json.dumps(tasks))
    return _read(folder, "label-studio")


def test_label_studio_turns_a_box_about_its_corner(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1, (100, 100))
    value = {"x": 50, "y": 50, "width": 20, "height": 10, "rotation": 90, "rectanglelabels": ["hat"]}
    row = {"type": "rectanglelabels", "original_width": 100, "original_height": 100, "value": value}
    reading = _tasks(tmp_path, {"data": {"image": "/data/local-files/?d=set%2Fa.png"}, "annotations": [{"result": [row]}]})
    from mlscaffold.datasets.geometry import hull

    assert [round(v, 3) for v in hull(reading.records[0].shapes[0]) or ()] == [40.0, 50.0, 10.0, 20.0]


def test_label_studio_keeps_what_every_person_drew_and_a_prefix_that_is_the_name(tmp_path: Path) -> None:
    put(tmp_path / "0a1b2c3d-a.png", 1)
    put(tmp_path / "a.png", 2)
    value = {"x": 0, "y": 0, "width": 20, "height": 10, "rectanglelabels": ["hat"]}
    row = {"type": "rectanglelabels", "original_width": 120, "original_height": 90, "value": value}
    people = [{"completed_by": {"email": who}, "result": [row]} for who in ("ann@x.org", "tim@x.org")]
    reading = _tasks(tmp_path, {"data": {"image": "/data/upload/1/0a1b2c3d-a.png"}, "annotations": people})
    assert reading.records[0].path.name == "0a1b2c3d-a.png"
    assert [s.person for s in reading.records[0].shapes] == ["ann@x.org", "tim@x.org"]


def test_labelbox_of_before_is_told_from_todays(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    text(tmp_path / "export.json", json.dumps([{"ID": "c", "External ID": "a.png", "Label": {"objects": []}}]))
    reading = formats.named("labelbox").read(tmp_path / "export.json")
    assert (reading.total, [d.kind for d in reading.refused]) == (1, ["old-export"])


def test_doccano_offsets_of_javascript_are_told(tmp_path: Path) -> None:
    row = {"text": "😀😀 Ann lives in Bern", "label": [[5, 8, "PER"], [18, 22, "LOC"]]}
    text(tmp_path / "all.jsonl", json.dumps(row) + "\n")
    reading = _read(tmp_path, "doccano")
    assert "2 signs in it count twice for JavaScript" in reading.defects[0].message


def test_index_masks_of_colours_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "images/a.png", 1)
    put(tmp_path / "images/b.png", 2)
    (tmp_path / "masks").mkdir()
    values = np.zeros((90, 120), dtype=np.uint8)
    values[5:20, 5:20] = 1
    values[30:40, 5:20] = 2
    Image.fromarray(values).save(tmp_path / "masks/b.png")
    Image.fromarray(np.stack([values * 80, values, values], axis=-1)).save(tmp_path / "masks/a.png")
    reading = formats.named("index-masks").read(tmp_path)
    assert [(d.where, d.kind) for d in reading.defects] == [("masks/a.png", "broken-mask")]
    shape = reading.records[0].shapes[0]
    assert shape.mask is not None
    assert int(pixels(shape.mask).sum()) == 225


def _jsonl(folder: Path) -> None:
    text(folder / "train/metadata.jsonl", '{"image_file_name": "a.png", "label": "hat"}\n')


def _parquet(folder: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"file_name": ["a.png"], "label": ["hat"]}), folder / "train/metadata.parquet")


@pytest.mark.parametrize("write", [_jsonl, *([_parquet] if find_spec("pyarrow") else [])])
def test_imagefolder_metadata_of_other_kinds(tmp_path: Path, write: Callable[[Path], None]) -> None:
    put(tmp_path / "train/a.png", 1)
    write(tmp_path)
    reading = _read(tmp_path, "imagefolder")
    assert [(r.name, r.label, r.split) for r in reading.records] == [("a.png", "hat", "train")]


def test_folders_of_systems_are_no_classes(tmp_path: Path) -> None:
    for name in ("10/a.png", "2/b.png", "__MACOSX/10/._a.png", ".ipynb_checkpoints/c.png"):
        put(tmp_path / name, len(name))
    reading = _read(tmp_path, "class-folders")
    assert ({r.label for r in reading.records}, reading.ignored) == ({"10", "2"}, {"hidden or system": 2})
