from pathlib import Path

from mlscaffold.datasets.formats.imagefolder import read
from tests.datasets.formats.samples import imagefolder, text
from tests.datasets.pictures import put


def test_what_the_rows_say(tmp_path: Path) -> None:
    imagefolder(tmp_path)
    first, second = read(tmp_path).records
    assert (first.label, first.split, first.attributes, first.shapes[0].box) == (
        "indoors",
        "train",
        {"shop": "north"},
        (10.0, 20.0, 30.0, 40.0),
    )
    assert (second.label, second.split) == ("outdoors", "validation")


def test_names_are_meant_from_the_metadata_file(tmp_path: Path) -> None:
    put(tmp_path / "train/a.png", 1)
    put(tmp_path / "train/b.png", 2)
    rows = ["train/a.png,hat", "a.png,hat", "../x.png,hat", "/etc/x.png,hat", "train/a.png,shoe", "train/b.png"]
    text(tmp_path / "metadata.csv", "file_name,label\n" + "\n".join(rows))
    reading = read(tmp_path)
    assert [(d.where, d.kind) for d in sorted(reading.refused, key=lambda d: d.where)] == [
        ("metadata.csv:3", "missing-file"), ("metadata.csv:4", "leads-out"), ("metadata.csv:5", "leads-out"), ("metadata.csv:6", "named-twice"),
        ("metadata.csv:7", "ragged-row"),
    ]  # fmt: skip
    assert reading.notes[0].startswith("1 pictures stand in no metadata file")
    assert reading.total == 6


def test_lines_and_boxes_that_cannot_be_used(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    put(tmp_path / "b.png", 2)
    lines = [
        '{"file_name": "a.png", "objects": {"bbox": [[1, 2, 3], [1, 1, 2, 2], [3, 3, 2, 2]], "categories": ["x", "hat"]}}',
        "[1]",
        "{",
    ]
    text(tmp_path / "metadata.jsonl", "\n".join([*lines, '{"file_name": "b.png", "objects": 7}']))
    reading = read(tmp_path)
    assert [(d.where, d.kind, d.unit) for d in reading.defects] == [
        ("metadata.jsonl:1 bbox[0]", "broken-box", "object"), ("metadata.jsonl:1 bbox[2]", "no-class", "object"),
        ("metadata.jsonl:2", "no-object", "item"), ("metadata.jsonl:3", "broken-json", "item"), ("metadata.jsonl:4", "broken-objects", ""),
    ]  # fmt: skip
    assert [len(r.shapes) for r in reading.records] == [1, 0]
