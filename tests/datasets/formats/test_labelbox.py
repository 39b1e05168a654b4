import json
from pathlib import Path
from typing import Any

from mlscaffold.datasets.formats.labelbox import read
from tests.datasets.formats.samples import labelbox, text
from tests.datasets.pictures import put


def _row(name: str, *objects: object, questions: list[Any] | None = None, **more: object) -> str:
    label = {"annotations": {"objects": list(objects), "classifications": questions or []}, **more}
    return json.dumps({"data_row": {"external_id": name}, "projects": {"p": {"labels": [label]}}})


def test_what_the_lines_say(tmp_path: Path) -> None:
    labelbox(tmp_path)
    first, second = read(tmp_path).records
    box, outline = first.shapes
    assert (first.labels, first.split, first.size) == (("indoors",), "train", (120, 90))
    assert (box.box, box.attributes, box.person) == ((10.0, 20.0, 30.0, 40.0), {"colour": "red"}, "ann@example.org")
    assert (outline.rings, second.name, second.shapes) == (((1.0, 1.0, 9.0, 1.0, 9.0, 9.0),), "b.png", ())


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    rows = [
        {"name": "hat", "annotation_kind": "ImageSegmentationMask", "mask": {"url": "https://api.example.org/mask"}},
        {"name": "hat", "annotation_kind": "ImageLine", "line": []},
        {"name": "hat", "bounding_box": {"left": 1, "top": 2, "height": None, "width": 3}},
        {"name": "hat", "polygon": [{"x": 1, "y": 2}]},
    ]
    lines = [
        _row("a.png", *rows),
        "{",
        '{"projects": {}}',
        _row("gone.png", rows[0]),
        _row("a.png", performance_details={"skipped": True}),
    ]
    text(tmp_path / "e.ndjson", "\n".join(lines))
    reading = read(tmp_path)
    assert [(d.where.split()[0], d.kind) for d in reading.defects] == [
        ("e.ndjson:2", "broken-json"), ("e.ndjson:3", "no-data-row"), ("e.ndjson:1", "mask-address"), ("e.ndjson:1", "shape-unknown"),
        ("e.ndjson:1", "broken-box"), ("e.ndjson:1", "broken-outline"), ("e.ndjson:4", "missing-file"), ("e.ndjson:4", "of-refused-picture"),
        ("e.ndjson:5", "named-twice"),
    ]  # fmt: skip
    assert reading.ignored == {"skipped labels": 1}
    assert (reading.total, len(reading.records), reading.refused_objects) == (5, 1, 5)


def test_several_questions_are_attributes_unless_one_is_the_label(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    questions = [
        {"name": "colour", "radio_answer": {"name": "red"}},
        {"name": "kinds", "checklist_answers": [{"name": "a"}, {"name": "b"}]},
    ]
    path = text(tmp_path / "e.ndjson", _row("a.png", questions=questions))
    reading = read(path)
    assert (reading.records[0].labels, reading.records[0].attributes) == ((), {"colour": "red", "kinds": "a; b"})
    assert reading.notes == ("several questions, none called label: their answers are attributes (colour, kinds)",)
    text(path, _row("a.png", questions=[*questions, {"name": "label", "text_answer": {"content": "hat"}}]))
    assert read(path).records[0].labels == ("hat",)
