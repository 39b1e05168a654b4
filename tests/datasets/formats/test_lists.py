"""Lists in Excel, JSON and Parquet; what their columns mean is tested with CSV."""

import json
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from mlscaffold.datasets.formats import choose, excel_list, json_list, parquet_list
from mlscaffold.errors import ScaffoldError
from tests.datasets.formats.samples import made, text
from tests.datasets.pictures import put


def test_excel_has_no_whole_numbers_but_we_do(tmp_path: Path) -> None:
    folder = made(tmp_path, "excel-list")
    assert [(r.name, r.label, r.group, r.origin) for r in excel_list.read(folder).records] == [
        ("a.png", "hat", "17", "labels.xlsx:2"),
        ("b.png", "shoe", "18", "labels.xlsx:3"),
    ]


def test_rows_of_a_workbook_that_cannot_be_used(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["path", "label", None],
        ["a.png", "hat"],
        ["../a.png", "x"],
        ["gone.png", "x"],
        ["a.png", "hat", "more"],
        [None, None],
        ["a.png", "shoe"],
    ):
        book.active.append(row)
    book.create_sheet("other").append(["about"])
    book.save(tmp_path / "l.xlsx")
    reading = excel_list.read(tmp_path / "l.xlsx")
    assert [(d.where, d.kind) for d in reading.defects] == [
        ("l.xlsx:3", "leads-out"), ("l.xlsx:4", "missing-file"), ("l.xlsx:5", "ragged-row"), ("l.xlsx:7", "two-labels"),
    ]  # fmt: skip
    assert reading.notes == ("l.xlsx: sheet 1 of 2 is read, 1 more is not",)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"path,label\n"])
def test_what_is_no_workbook_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "l.xlsx").write_bytes(content)
    assert [d.kind for d in excel_list.read(tmp_path / "l.xlsx").defects] == ["broken-table"]
    assert excel_list.sniff(tmp_path / "l.xlsx").score == 0


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_list, "LARGEST", 1000)
    with zipfile.ZipFile(tmp_path / "l.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 5000)
    assert [d.kind for d in excel_list.read(tmp_path / "l.xlsx").defects] == ["too-large"]


def test_json_by_list_and_by_lines(tmp_path: Path) -> None:
    folder = made(tmp_path, "json-list")
    assert [(r.label, r.attributes) for r in json_list.read(folder).records] == [("hat", {}), ("shoe", {"night": "true"})]
    lines = ['{"path": "a.png", "label": "hat"}', "{", "7", "", '{"path": "b.png", "label": "x", "label": "y"}']
    path = text(folder / "l.jsonl", "\n".join(lines))
    reading = json_list.read(path)
    assert [(d.where, d.kind) for d in reading.defects] == [
        ("l.jsonl:2", "broken-json"), ("l.jsonl:5", "duplicate-key"), ("l.jsonl:3", "no-object"),
    ]  # fmt: skip
    assert [r.label for r in reading.records] == ["hat", "y"]
    assert choose(path).name == "json-list"


def test_a_json_file_of_something_else_is_no_list(tmp_path: Path) -> None:
    for value in ({"a": 1}, [[1]], [{"path": ["a.png"], "label": {}}], "x"):
        assert json_list.sniff(text(tmp_path / "l.json", json.dumps(value))).score == 0


def test_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    folder = made(tmp_path, "parquet-list")
    assert [(r.name, r.label, r.origin) for r in parquet_list.read(folder).records] == [
        ("a.png", "hat", "labels.parquet:1"),
        ("b.png", "shoe", "labels.parquet:2"),
    ]
    (folder / "labels.parquet").write_bytes(b"PAR1 and nothing more")
    assert [d.kind for d in parquet_list.read(folder).defects] == ["broken-table"]


def test_parquet_without_pyarrow_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "l.parquet").write_bytes(b"PAR1")
    assert choose(tmp_path).name == "parquet-list"
    with pytest.raises(ScaffoldError, match="needs pyarrow") as caught:
        parquet_list.read(tmp_path)
    assert caught.value.hint == "pip install 'mlscaffold[parquet]'"


def test_a_list_that_is_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    folder = made(tmp_path, "json-list")
    text(tmp_path / "secret.csv", "path,label\na.png,secret\n")
    (folder / "other.csv").symlink_to(tmp_path / "secret.csv")
    assert choose(folder).name == "json-list"
    assert choose(folder).others == {}


def test_the_sheet_that_is_a_list_is_read_and_days_stay_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["About our data"])
    sheet = book.create_sheet("data")
    sheet.append(["filename", "label", "taken"])
    for i in range(2):
        put(tmp_path / f"{i}.png", i)
        sheet.append([f"{i}.png", "hat", date(2026, 1, 1 + i)])
    book.save(tmp_path / "l.xlsx")
    assert excel_list.sniff(tmp_path).score == 0.95
    assert [(r.label, r.attributes) for r in excel_list.read(tmp_path).records] == [
        ("hat", {"taken": "2026-01-01"}), ("hat", {"taken": "2026-01-02"}),
    ]  # fmt: skip
