from pathlib import Path

import pytest

from mlscaffold.datasets.formats.voc import read
from tests.datasets.formats.samples import text, voc
from tests.datasets.pictures import put


def _set(root: Path, *objects: str, name: str = "a") -> Path:
    put(root / f"JPEGImages/{name}.png", 1)
    size = "<size><width>120</width><height>90</height></size>"
    text(
        root / f"Annotations/{name}.xml",
        f"<annotation>\n<filename>{name}.png</filename>\n{size}\n" + "\n".join(objects) + "\n</annotation>",
    )
    return root


def _object(*sides: object, name: str = "hat") -> str:
    inner = "".join(f"<{key}>{side}</{key}>" for key, side in zip(("xmin", "ymin", "xmax", "ymax"), sides, strict=True))
    return f"<object><name>{name}</name><bndbox>{inner}</bndbox></object>"


def test_what_a_file_says(tmp_path: Path) -> None:
    voc(tmp_path)
    reading = read(tmp_path)
    first, second = reading.records
    shape = first.shapes[0]
    assert (first.split, second.split, shape.label, shape.box) == ("train", "validation", "hat", (10.0, 20.0, 110.0, 40.0))
    assert (shape.difficult, shape.truncated, shape.occluded, shape.attributes) == (True, True, False, {"pose": "Left"})


@pytest.mark.parametrize(
    ("sides", "box", "why"),
    [
        ((0, 5, 60, 50), (0, 5, 60, 45), "boxes count from 0: a box begins at 0"),
        ((1, 5, 60, 50), (1, 5, 59, 45), "boxes count from 0: no box reaches the last pixel"),
        ((1, 5, 120, 50), (0, 4, 120, 46), "boxes count from 1: boxes reach the last pixel and none begins at 0"),
        ((1.5, 5, 120, 50), (0.5, 4, 119.5, 46), "boxes count from 1: boxes reach the last pixel and none begins at 0"),
    ],
)
def test_where_boxes_count_from_is_decided_and_told(
    tmp_path: Path, sides: tuple[float, ...], box: tuple[float, ...], why: str
) -> None:
    reading = read(_set(tmp_path, _object(*sides)))
    assert reading.records[0].shapes[0].box == box
    assert reading.notes == (why,)


def test_objects_that_cannot_be_used_are_named_by_line(tmp_path: Path) -> None:
    rows = [_object(1, 1, "x", 4), "<object><name>hat</name></object>", _object(9, 1, 3, 4), _object(2, 2, 120, 90, name="")]
    reading = read(_set(tmp_path, *rows, _object(1, 1, 120, 90)))
    assert [(d.where, d.kind) for d in reading.defects] == [
        ("Annotations/a.xml:4", "broken-box"),
        ("Annotations/a.xml:5", "no-box"),
        ("Annotations/a.xml:6", "inverted-box"),
        ("Annotations/a.xml:7", "no-class"),
    ]
    assert (reading.objects, reading.refused_objects, len(reading.records)) == (1, 4, 1)


def test_files_that_are_broken_hostile_or_alone(tmp_path: Path) -> None:
    _set(tmp_path, _object(1, 1, 120, 90))
    text(tmp_path / "Annotations/b.xml", "<annotation>\n<filename>b.png</filename>\n<object><name>ha")
    text(
        tmp_path / "Annotations/c.xml",
        '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>\n<annotation><filename>&y;</filename></annotation>',
    )
    text(tmp_path / "Annotations/d.xml", "<annotation><filename>gone.png</filename>" + _object(1, 1, 2, 2) + "</annotation>")
    text(tmp_path / "Annotations/e.xml", "")
    text(tmp_path / "Annotations/f.xml", "<html></html>")
    reading = read(tmp_path)
    assert [(d.where, d.kind) for d in reading.refused] == [
        ("Annotations/b.xml:3", "broken-xml"), ("Annotations/c.xml:1", "xml-entities"), ("Annotations/e.xml", "empty-file"),
        ("Annotations/f.xml:1", "no-voc"), ("Annotations/d.xml", "missing-file"),
    ]  # fmt: skip
    assert (reading.total, reading.refused_objects) == (6, 1)


def test_a_picture_of_two_files_is_read_once(tmp_path: Path) -> None:
    _set(tmp_path, _object(1, 1, 120, 90))
    text(tmp_path / "Annotations/z.xml", "<annotation><filename>C:\\old\\a.png</filename></annotation>")
    assert [(d.where, d.kind) for d in read(tmp_path).refused] == [("Annotations/z.xml", "named-twice")]
    text(tmp_path / "Annotations/z.xml", "<annotation><filename>a.png</filename></annotation>")
    assert [(d.where, d.kind) for d in read(tmp_path).refused] == [("Annotations/z.xml", "named-twice")]


def test_a_name_in_two_lists_is_told(tmp_path: Path) -> None:
    voc(tmp_path)
    text(tmp_path / "ImageSets/Main/test.txt", "a\n")
    assert [(d.where, d.kind) for d in read(tmp_path).told] == [("ImageSets/Main/train.txt:1", "two-splits")]


def test_the_splits_of_a_whole_kit_are_read(tmp_path: Path) -> None:
    _set(tmp_path / "VOCdevkit/VOC2012", _object(1, 1, 120, 90))
    text(tmp_path / "VOCdevkit/VOC2012/ImageSets/Main/train.txt", "a\n")
    text(tmp_path / "VOCdevkit/VOC2012/ImageSets/Main/trainval.txt", "a\n")
    assert [r.split for r in read(tmp_path).records if r.path.stem == "a"] == ["train"]
