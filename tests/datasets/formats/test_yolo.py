from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.datasets.formats.yolo import read
from tests.datasets.formats.samples import text, yolo
from tests.datasets.pictures import put, scene


def test_what_the_files_say(tmp_path: Path) -> None:
    yolo(tmp_path)
    reading = read(tmp_path)
    box, outline = reading.records[0].shapes
    assert (box.label, box.box, outline.label) == ("hat", (45.0, 36.0, 30.0, 18.0), "shoe")
    assert outline.rings == ((12.0, 9.0, 48.0, 9.0, 48.0, 36.0),)
    assert [(r.name, r.split, len(r.shapes)) for r in reading.records] == [("a.png", "train", 2), ("b.png", "validation", 0)]
    assert reading.classes == ("hat", "shoe")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("2 0.5 0.5 0.2 0.2", "class-index-out-of-range"),
        ("0.5 0.5 0.5 0.2 0.2", "class-index-out-of-range"),
        ("0 0.5 0.5 0.2 0.2 0.98", "score-column"),
        ("0 60 45 20 20", "pixel-units"),
        ("0 0.5 0.5 0.2", "broken-line"),
        ("0 0.1 0.1 0.2 0.2 0.3 0.3 0.4", "broken-line"),
        ("0 0.5 0.5 nan 0.2", "broken-number"),
        ("hat 0.5 0.5 0.2 0.2", "broken-number"),
        ("0 0.5 0.5 -0.2 0.2", "inverted-box"),
        ("0 0.5 0.5 0 0.2", "empty-box"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_alone(tmp_path: Path, line: str, kind: str) -> None:
    yolo(tmp_path)
    text(tmp_path / "labels/val/b.txt", f"0.0 0.5 0.5 0.2 0.2\n{line}\n")
    reading = read(tmp_path)
    assert [(d.where, d.kind, d.unit) for d in reading.defects] == [("labels/val/b.txt:2", kind, "object")]
    assert (reading.objects, reading.refused_objects) == (3, 1)


def test_no_label_file_and_an_empty_one_are_not_the_same(tmp_path: Path) -> None:
    yolo(tmp_path)
    put(tmp_path / "images/train/c.png", 3)
    text(tmp_path / "labels/train/gone.txt", "0 0.5 0.5 0.2 0.2\n")
    reading = read(tmp_path)
    assert [(d.where, d.kind) for d in reading.refused] == [("labels/train/gone.txt", "missing-file")]
    assert reading.notes[0].startswith("1 pictures have no label file (label-missing)")
    assert (len(reading.records), reading.total) == (3, 4)


@pytest.mark.parametrize(
    ("yaml", "where", "kind"),
    [
        ("names: [hat\n", "data.yaml:2", "broken-yaml"),
        ("names: &a [hat]\ntrain: *a\n", "data.yaml:2", "yaml-alias"),
        ("names: !!python/object/apply:os.system ['true']\n", "data.yaml:1", "broken-yaml"),
        ("names: hat\n", "data.yaml", "broken-class"),
    ],
)
def test_a_yaml_that_cannot_be_read_is_named(tmp_path: Path, yaml: str, where: str, kind: str) -> None:
    yolo(tmp_path)
    text(tmp_path / "data.yaml", yaml)
    assert (where, kind) in [(d.where, d.kind) for d in read(tmp_path).refused]


def test_gaps_doubles_and_counts_of_names_are_told(tmp_path: Path) -> None:
    yolo(tmp_path)
    text(tmp_path / "data.yaml", "nc: 3\nnc: 5\nnames: {0: hat, 1: hat, 7: shoe}\n")
    assert sorted(d.kind for d in read(tmp_path).told) == ["class-count", "class-gap", "duplicate-key", "repeated-name"]


def test_fractions_are_of_the_upright_picture(tmp_path: Path) -> None:
    yolo(tmp_path)
    exif = Image.Exif()
    exif[0x0112] = 6
    scene(1).save(tmp_path / "images/train/a.png", exif=exif)
    reading = read(tmp_path)
    assert reading.records[0].size == (90, 120)
    assert [d.kind for d in reading.told] == ["upright-size"]
