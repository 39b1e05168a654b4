"""Every format: its small set is recognised, read in full, and written and read again without a difference."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from mlscaffold.datasets import formats
from mlscaffold.datasets.exporting import copy_pictures, placed
from mlscaffold.datasets.holding import KINDS
from mlscaffold.datasets.record import Record, Span
from mlscaffold.datasets.sameness import first_difference
from mlscaffold.errors import ScaffoldError, UsageError
from tests.datasets.formats.samples import SAMPLES, made, text
from tests.datasets.pictures import put

NAMES = sorted(SAMPLES)
# records, objects
SIZES = {
    "class-folders": (2, 0), "csv-list": (2, 1), "excel-list": (2, 0), "json-list": (2, 0), "parquet-list": (2, 0), "coco": (2, 2),
    "voc": (2, 1), "yolo": (2, 2), "cvat": (2, 4), "label-studio": (2, 2), "labelbox": (2, 2), "doccano": (3, 2),
    "index-masks": (2, 2), "object-masks": (2, 3), "imagefolder": (2, 1), "roboflow": (3, 2),
}  # fmt: skip


def test_every_format_has_a_sample() -> None:
    assert set(SIZES) == set(formats.formats())


@pytest.mark.parametrize("name", NAMES)
def test_a_set_is_recognised_and_nothing_is_refused(tmp_path: Path, name: str) -> None:
    folder = made(tmp_path, name)
    choice = formats.choose(folder)
    assert choice.name == name, choice.reason
    reading = choice.form.read(folder)
    assert (len(reading.records), reading.objects) == SIZES[name]
    assert (reading.refused, reading.refused_objects) == ((), 0)
    assert reading.total == len(reading.records)
    assert KINDS.keys() >= choice.form.HOLDS


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """The records of all sets together, and some that are hard to write: signs, equal names, no objects."""
    root = tmp_path_factory.mktemp("sets")
    found = [record for name in NAMES for record in formats.formats()[name].read(made(root, name)).records]
    odd = put(root / "odd/ü & 数.png", 77)
    again = put(root / "odd/other/a.png", 78)
    found.append(Record(odd, odd.name, ("a & <b>",), group='p"1', attributes={"note": "1 < 2 & 'x'"}, split="test"))
    found.append(Record(again, "a.png", ("hat",), split="night"))
    found.append(Record(again, "plain.png"))
    found.append(Record(root / "t.jsonl", "t.jsonl", ("x",), text="ok 😀 then", spans=(Span(3, 4, "emoji"),), split="train"))
    return found


def _written(records: list[Record], name: str, folder: Path) -> tuple[Counter[str], str]:
    """What was lost on the way into a format, and what differs when it is read again."""
    form = formats.formats()[name]
    kept, lost = formats.fit(records, form)
    items = placed(kept, form.place)
    copy_pictures(items, folder)
    form.write(items, folder, [])
    return lost, first_difference(items, form.read(folder), folder)


@pytest.mark.parametrize("name", NAMES)
def test_what_fits_comes_back(tmp_path: Path, name: str, everything: list[Record]) -> None:
    lost, difference = _written(everything, name, tmp_path / "out")
    assert difference == ""
    assert all(count > 0 for count in lost.values())
    assert formats.choose(tmp_path / "out").name == name


def _own(folder: Path, name: str) -> list[Record]:
    return list(formats.formats()[name].read(made(folder, name)).records)


@pytest.mark.parametrize("name", NAMES)
def test_a_format_holds_what_it_gives(tmp_path: Path, name: str) -> None:
    lost, difference = _written(_own(tmp_path, name), name, tmp_path / "out")
    assert (dict(lost), difference) == ({}, "")


LOSSES = [
    ("coco", "yolo", {"attributes of pictures": 2, "crowd flags": 1, "masks, now boxes": 1,
                      "objects of several pieces, now one object a piece": 1}),
    ("coco", "voc", {"attributes of pictures": 2, "crowd flags": 1, "masks, now boxes": 1, "outlines, now boxes": 1}),
    ("coco", "index-masks", {"attributes of pictures": 2, "crowd flags": 1, "outlines, now pixels": 1,
                             "objects that hide a part of another": 1}),
    ("cvat", "coco", {"labels of whole pictures or texts": 1, "angles of boxes, now outlines": 1, "points": 1}),
    ("cvat", "yolo", {"labels of whole pictures or texts": 1, "angles of boxes, now outlines": 1, "points": 1, "occluded flags": 1,
                      "masks, now boxes": 1, "attributes of objects": 1,
                      "objects of several pieces, now one object a piece": 1}),
    ("cvat", "voc", {"labels of whole pictures or texts": 1, "angles of boxes, now upright boxes": 1, "points": 1, "masks, now boxes": 1,
                     "outlines, now boxes": 1}),
    ("labelbox", "cvat", {"names of annotators": 2}),
    ("doccano", "csv-list", {"labelled parts of texts": 2}),
    ("voc", "doccano", {"pictures": 2}),
    ("roboflow", "coco", {"groups": 3}),
    ("imagefolder", "class-folders", {"boxes": 1, "attributes of pictures": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "wanted"), LOSSES, ids=[f"{a} to {b}" for a, b, _ in LOSSES])
def test_what_cannot_be_held_is_counted(tmp_path: Path, source: str, target: str, wanted: dict[str, int]) -> None:
    _, lost = formats.fit(_own(tmp_path, source), formats.formats()[target])
    assert dict(lost) == wanted


def test_a_difference_is_found(tmp_path: Path) -> None:
    form = formats.formats()["coco"]
    items = placed(formats.fit(_own(tmp_path, "coco"), form)[0], form.place)
    copy_pictures(items, tmp_path / "out")
    form.write(items, tmp_path / "out", [])
    back = form.read(tmp_path / "out")
    first, second = back.records
    moved = replace(first.shapes[0], box=(10.5, 20.0, 30.0, 40.0))
    cases = [
        (replace(back, records=(first,)), "1 of 2 records"),
        (replace(back, records=(replace(first, shapes=first.shapes[:1]), second)), "1 of 2 objects"),
        (replace(back, records=(replace(first, shapes=(moved, first.shapes[1])), second)), "no object as hat"),
        (replace(back, records=(replace(first, split="train"), second)), "split train; validation was meant"),
        (replace(back, records=(replace(first, attributes={}), second)), "attributes {'license': '4'}"),
    ]
    for reading, words in cases:
        assert words in first_difference(items, reading, tmp_path / "out")


def test_two_formats_that_fit_equally_are_asked_about(tmp_path: Path) -> None:
    for name in ("coco", "voc"):
        SAMPLES[name](tmp_path)
    with pytest.raises(ScaffoldError, match="may be in 2 formats: coco, voc") as caught:
        formats.choose(tmp_path)
    assert caught.value.hint == "Say which: --from coco"
    assert formats.choose(tmp_path, "voc").name == "voc"


def test_a_second_guess_is_told(tmp_path: Path) -> None:
    put(tmp_path / "hat/a.png", 1)
    put(tmp_path / "shoe/b.png", 2)
    text(tmp_path / "labels.csv", "path,label\nhat/a.png,hat\n")
    choice = formats.choose(tmp_path)
    assert (choice.name, choice.others) == ("csv-list", {"class-folders": "2 folders with pictures"})


def test_what_is_in_no_format_says_what_is_there_and_what_the_nearest_missed(tmp_path: Path) -> None:
    text(tmp_path / "readme.md", "nothing here")
    text(tmp_path / "rows.csv", "one,two\n1,2\n")
    with pytest.raises(ScaffoldError, match="no format") as caught:
        formats.choose(tmp_path)
    assert caught.value.context == (
        "It holds 1 .md, 1 .csv; csv-list: rows.csv is a table with no column of paths among: one, two."
    )
    text(tmp_path / "set.zip", "x")
    with pytest.raises(ScaffoldError) as caught:
        formats.choose(tmp_path)
    assert caught.value.hint == f"Name the archive: {tmp_path / 'set.zip'}"
    (tmp_path / "empty").mkdir()
    with pytest.raises(ScaffoldError) as caught:
        formats.choose(tmp_path / "empty")
    assert caught.value.context == "It holds no file."
    with pytest.raises(UsageError, match='no format "cocoa"'):
        formats.choose(tmp_path, "cocoa")
