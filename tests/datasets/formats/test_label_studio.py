import json
from pathlib import Path
from typing import Any

from mlscaffold.datasets.brush import pack_brush
from mlscaffold.datasets.formats.label_studio import read, sniff
from mlscaffold.datasets.masks import mask_of
from tests.datasets.formats.samples import label_studio, text
from tests.datasets.pictures import put


def _tasks(root: Path, *tasks: dict[str, Any]) -> Path:
    put(root / "a.png", 1)
    return text(root / "export.json", json.dumps(list(tasks)))


def _task(*results: object, image: str = "/data/local-files/?d=pics/a.png", **more: object) -> dict[str, Any]:
    return {"id": 1, "data": {"image": image}, "annotations": [{"id": 1, "completed_by": 1, "result": list(results), **more}]}


def test_what_the_tasks_say(tmp_path: Path) -> None:
    label_studio(tmp_path)
    reading = read(tmp_path)
    first, second = reading.records
    box, outline = first.shapes
    # A box that is turned about its left upper corner (12, 18) by a quarter, seen from its centre (-6, 33).
    assert (box.box, box.angle, box.person) == ((-21.0, 15.0, 30.0, 36.0), 90.0, "5")
    assert outline.rings == ((0.0, 0.0, 60.0, 0.0, 60.0, 45.0),)
    assert (first.labels, first.attributes, second.name) == (("indoors",), {"shop": "north"}, "b.png")
    assert reading.ignored == {"predictions of a model": 1, "cancelled annotations": 1}


def test_a_brush_is_a_mask(tmp_path: Path) -> None:
    mask = mask_of(120, 90, [100, 50, 120 * 90 - 150])
    value = {"format": "rle", "rle": pack_brush(mask), "brushlabels": ["hat"]}
    region = {"type": "brushlabels", "original_width": 120, "original_height": 90}
    _tasks(tmp_path, _task({**region, "value": value}, {**region, "value": {**value, "rle": value["rle"][:9]}}))
    reading = read(tmp_path)
    assert [shape.mask for shape in reading.records[0].shapes] == [mask]
    assert [(d.where, d.kind, d.message) for d in reading.defects] == [
        ("export.json [0] annotations[0] result[1]", "broken-brush", "ends in the middle")
    ]


def test_people_who_disagree_are_told(tmp_path: Path) -> None:
    def choice(name: str) -> dict[str, Any]:
        return {"type": "choices", "value": {"choices": [name]}}

    task = _task(choice("hat"))
    task["annotations"].append({"completed_by": {"email": "b@example.org"}, "result": [choice("shoe")]})
    _tasks(tmp_path, task)
    reading = read(tmp_path)
    assert reading.records[0].labels == ("hat", "shoe")
    assert [(d.kind, d.message) for d in reading.told] == [("annotators-disagree", "1: hat; b@example.org: shoe")]


def test_the_short_form(tmp_path: Path) -> None:
    box = {
        "x": 10,
        "y": 20,
        "width": 50,
        "height": 50,
        "rotation": 0,
        "rectanglelabels": ["hat"],
        "original_width": 120,
        "original_height": 90,
    }
    path = _tasks(
        tmp_path,
        {
            "image": "/data/upload/1/0a1b2c3d-a.png",
            "id": 1,
            "label": [box],
            "choice": "indoors",
            "annotator": 1,
            "annotation_id": 2,
        },
    )
    assert sniff(path).score > 0.5
    record = read(path).records[0]
    assert (record.labels, record.shapes[0].box) == (("indoors",), (12.0, 18.0, 60.0, 45.0))


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    region = {"type": "rectanglelabels", "original_width": 120, "original_height": 90}
    rows = [
        {**region, "value": {"x": "nan", "y": 1, "width": 1, "height": 1, "rectanglelabels": ["hat"]}},
        {**region, "value": {"x": 1, "y": 1, "width": 1, "height": 1, "rectanglelabels": []}},
        {"type": "ellipselabels", "value": {"x": 1}},
        {"type": "textarea", "value": {"text": ["x"]}},
        7,
    ]
    _tasks(tmp_path, _task(*rows), {"data": {}}, _task(image="s3://bucket/gone.png"), _task(image="/data/upload/../../../a.png"))
    reading = read(tmp_path)
    assert [d.kind for d in reading.defects] == [
        "broken-annotation",
        "broken-rectangle",
        "shape-unknown",
        "no-class",
        "no-path",
        "address",
        "leads-out",
    ]
    assert reading.ignored == {"textarea answers": 1}
    assert (reading.total, len(reading.records)) == (4, 1)


def test_texts_with_labelled_parts(tmp_path: Path) -> None:
    rows = [
        {"type": "labels", "value": {"start": 0, "end": 3, "labels": ["PER"]}},
        {"type": "labels", "value": {"start": 2, "end": 99, "labels": ["X"]}},
    ]
    text(tmp_path / "t.json", json.dumps([{"data": {"text": "Ann sings"}, "annotations": [{"result": rows}]}]))
    reading = read(tmp_path)
    assert [(s.start, s.end, s.label) for s in reading.records[0].spans] == [(0, 3, "PER")]
    assert [d.kind for d in reading.defects] == ["broken-span"]
