import io

import openpyxl

from mlscaffold.reports.judging.xlsx import render
from mlscaffold.workflows.judging import make_form, picture_bytes
from tests.conftest import Sandbox


def test_a_picture_a_row_and_a_list_to_choose_from(project: Sandbox) -> None:
    opened = project.open()
    form = make_form(opened, "spot-check", count=5)
    book = openpyxl.load_workbook(io.BytesIO(render(form, picture=lambda path: picture_bytes(opened, path))))
    sheet = book["Sheet"]

    assert [cell.value for cell in sheet[1]] == ["item", "picture", "label", "decision", "remark", "sheet"]
    assert (sheet.max_row, len(getattr(sheet, "_images"))) == (6, 5)  # noqa: B009
    assert [row[0].value for row in book["Choices"].iter_rows()] == [value for value, _ in form.choices]
    assert "Choices!$A$1" in str(sheet.data_validations.dataValidation[0].formula1)


def test_blind_means_without_the_label(project: Sandbox) -> None:
    form = make_form(project.open(), "human-level", count=5)
    sheet = openpyxl.load_workbook(io.BytesIO(render(form, picture=lambda path: b"")))["Sheet"]

    assert "label" not in [cell.value for cell in sheet[1]]
