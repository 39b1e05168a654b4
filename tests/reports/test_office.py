from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx as word
import openpyxl
import pytest

from mlscaffold.model import Report
from mlscaffold.reports import docx, xlsx
from mlscaffold.reports.content import ChangeRow, Content, ReopenedRow, WaiverRow
from tests.reports import sample

EMPTY = Content(Report("new", "image-classification", "", False, 1, "", (), ()), "today")


def full() -> Content:
    changed = ChangeRow(
        ("accuracy on test: at least 0.92, now at least 0.9",), "the auction accepts it", "Ada Byron", "2026-11-09", True
    )
    reopened = ReopenedRow("collection", 1, "four classes on the belt, not three", "Ada Byron", "2026-11-10")
    return replace(sample.content(), changes=(changed,), reopened=(reopened,), compared="On the same 217 test pictures: better.")


def test_the_document_says_where_it_stands_what_counts_and_who_decided() -> None:
    document = word.Document(io.BytesIO(docx.render(full())))
    text = "\n".join(p.text for p in document.paragraphs)
    cells = "\n".join(c.text for t in document.tables for row in t.rows for c in row.cells)
    assert "Not in order" in text and "accuracy is 0.870 without that, not 0.890" in text and "mlscaffold data split" in text
    assert "<script>" in text and "\x1b" not in text
    for words in (
        "Ada Byron, analyst, 2026-11-01",
        "too rare to find more",
        "the auction accepts it",
        "four classes on the belt",
        "0.872",
    ):
        assert words in cells
    assert len(document.inline_shapes) == 5


def test_a_document_of_a_project_that_has_nothing_yet() -> None:
    assert "Nothing stands in the way" in "\n".join(p.text for p in word.Document(io.BytesIO(docx.render(EMPTY))).paragraphs)


def test_the_workbook_is_the_process_in_six_sheets_and_the_targets() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(full())))
    assert book.sheetnames == ["Stages", "Checklist", "Owners", "Dates", "Findings", "Waivers", "Targets"]
    stages = list(book["Stages"].values)
    assert len(stages) == 11 and stages[1][:5] == (1, "Problem", "signed", 4, 4)
    assert [row[2] for row in list(book["Findings"].values)[1:]] == ["fail", "warn", "waived", "todo"]
    assert book["Targets"]["C2"].value == pytest.approx(0.872)
    assert book["Waivers"]["D2"].number_format == "yyyy-mm-dd"
    assert any("after a test result" in str(row[0]) for row in book["Dates"].values)
    assert openpyxl.load_workbook(io.BytesIO(xlsx.render(EMPTY))).sheetnames[0] == "Stages"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_what_comes_from_a_project_never_becomes_a_formula(start: str) -> None:
    evil = f'{start}HYPERLINK("http://x.example","look")'
    data = xlsx.render(replace(sample.content(), waivers=(WaiverRow(evil, evil, evil, evil),)))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Waivers"]
    for cell in sheet[2]:
        assert cell.data_type == "s" and str(cell.value).startswith("'")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
