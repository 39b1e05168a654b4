"""The form as a workbook, for those who would rather answer in Office: a picture a row, and a list to choose from."""

from __future__ import annotations

import io

from mlscaffold.evidence.judgements import COLUMNS
from mlscaffold.reports.content import clean
from mlscaffold.reports.judging import Form, Picture
from mlscaffold.reports.xlsx import safe

EDGE = 96
"""Pixels of a picture's side in the workbook."""
WIDTHS = {"item": 6, "picture": 15, "label": 20, "decision": 24, "remark": 40, "sheet": 10}


def render(form: Form, *, picture: Picture) -> bytes:
    """The workbook; answers stand in the column `decision`."""
    import openpyxl
    from openpyxl.drawing.image import Image
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet"
    header = ["item", "picture", *(["label"] if form.shown else []), "decision", "remark", "sheet"]
    assert set(COLUMNS) <= set(header)
    sheet.append(header)
    values = book.create_sheet("Choices")
    for value, words in form.choices:
        values.append([safe(value), safe(clean(words))])
    values.sheet_state = "hidden"
    for line, item in enumerate(form.asked.items, start=2):
        sheet.append([item.id, "", *([safe(clean(item.label))] if form.shown else []), "", "", form.asked.digest])
        sheet.row_dimensions[line].height = EDGE * 0.8
        small = picture(item.path)
        if small:
            drawn = Image(io.BytesIO(small))
            scale = EDGE / max(drawn.width, drawn.height)
            drawn.width, drawn.height = round(drawn.width * scale), round(drawn.height * scale)
            sheet.add_image(drawn, f"B{line}")
    rule = DataValidation(type="list", formula1=f"Choices!$A$1:$A${len(form.choices)}", allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "No such answer", "Choose from the list."
    sheet.add_data_validation(rule)
    letters = dict(zip(header, "ABCDEF", strict=False))
    rule.add(f"{letters['decision']}2:{letters['decision']}{len(form.asked.items) + 1}")
    for name, letter in letters.items():
        sheet.column_dimensions[letter].width = WIDTHS[name]
    sheet.column_dimensions[letters["sheet"]].hidden = True
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="center", wrap_text=True)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    book.properties.creator, book.properties.title = "mlscaffold", clean(f"{form.asked.project}: {form.question}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
