"""Lists as other tools write them (datasets/list_schemes.py), as the reader of lists gives them."""

from pathlib import Path

import pytest

from mlscaffold.datasets import formats
from mlscaffold.datasets.list_schemes import translated
from mlscaffold.datasets.record import Reading
from tests.datasets.formats.samples import text
from tests.datasets.pictures import put


def _table(folder: Path, content: str) -> Reading:
    put(folder / "a.png", 1)
    put(folder / "b.png", 2)
    text(folder / "labels.csv", content)
    choice = formats.choose(folder)
    assert choice.name == "csv-list", choice.reason
    return choice.form.read(folder)


def test_a_list_of_ours_stays_as_it_is() -> None:
    for rows in ([], [(1, ["path", "label"]), (2, ["a.png", "hat"])], [(1, ["a.png", "hat"])]):
        assert translated(rows) == (rows, [])


def test_csv_of_the_via_annotator(tmp_path: Path) -> None:
    head = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
    box = '"{""name"":""rect"",""x"":10,""y"":20,""width"":30,""height"":40}"'
    ring = '"{""name"":""polygon"",""all_points_x"":[1,9,9],""all_points_y"":[1,1,9]}"'
    kind = '"{""type"":""hat""}"'
    rows = [f'a.png,100,"{{}}",2,0,{box},{kind}', f'a.png,100,"{{}}",2,1,{ring},{kind}', 'b.png,100,"{}",0,0,"{}","{}"']
    reading = _table(tmp_path, head + "\n".join(rows) + "\n")
    assert [[(s.label, s.box) for s in r.shapes] for r in reading.records] == [
        [("hat", (10.0, 20.0, 30.0, 40.0)), ("hat", (1.0, 1.0, 8.0, 8.0))],
        [],
    ]
    assert "1 outlines, circles and points of it are taken as the boxes around them" in reading.notes


@pytest.mark.parametrize("row", ["a.png,120,90,hat,1,2,30,40", "a.png,1,2,30,40,hat"])
def test_csv_of_boxes_without_a_header(tmp_path: Path, row: str) -> None:
    assert [(s.label, s.box) for s in _table(tmp_path, row + "\n").records[0].shapes] == [("hat", (1.0, 2.0, 29.0, 38.0))]


def test_csv_of_the_via_annotator_that_is_broken(tmp_path: Path) -> None:
    head = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
    rows = ['a.png,1,"{}",1,0,"{""name"":""rect""}","{""type"":""hat""}"', 'b.png,1,"{}",1,0,{,"{}"', "b.png,1"]
    reading = _table(tmp_path, head + "\n".join(rows) + "\n")
    assert [(d.kind, d.unit) for d in reading.defects] == [
        ("ragged-row", "item"),
        ("broken-box", "object"),
        ("broken-box", "object"),
    ]


def test_csv_of_automl_has_no_header(tmp_path: Path) -> None:
    rows = ["TRAIN,gs://bucket/pictures/a.png,hat,0.1,0.2,,,0.5,0.6,,", "TEST,gs://bucket/pictures/b.png,,,,,,,,,"]
    reading = _table(tmp_path, "\n".join(rows) + "\n")
    assert [(r.name, r.split, [(s.label, s.box) for s in r.shapes]) for r in reading.records] == [
        ("a.png", "train", [("hat", (12.0, 18.0, 48.0, 36.0))]),
        ("b.png", "test", []),
    ]


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ('{""name"":""circle"",""cx"":50,""cy"":40,""r"":10}', (40.0, 30.0, 20.0, 20.0)),
        ('{""name"":""ellipse"",""cx"":50,""cy"":40,""rx"":10,""ry"":5}', (40.0, 35.0, 20.0, 10.0)),
    ],
)
def test_round_regions_of_via_are_the_boxes_around_them(tmp_path: Path, shape: str, box: tuple[float, ...]) -> None:
    head = "#filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
    reading = _table(tmp_path, head + f'a.png,1,"{{}}",1,0,"{shape}","{{""kind"":{{""hat"":true,""shoe"":false}}}}"\n')
    assert [(s.label, s.box) for s in reading.records[0].shapes] == [("hat", box)]
