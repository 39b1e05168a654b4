# ruff: noqa: ANN401 (worksheets are typed loosely by openpyxl)
"""The form as a workbook, for those who would rather answer in Office: a picture a row, and a list to choose from."""

from __future__ import annotations

import io
from typing import Any

from mlscaffold.evidence.judgements import CAUSE, COLUMNS
from mlscaffold.reports.content import clean
from mlscaffold.reports.judging import Form, Link, Picture
from mlscaffold.reports.xlsx import safe

EDGE = 96
"""Pixels of a picture's side in the workbook."""
WIDTHS = {"item": 6, "picture": 15, "label": 20, "prediction": 20, "decision": 24, "remark": 40, "sheet": 10}


def render(form: Form, *, picture: Picture, link: Link | None = None) -> bytes:
    """The workbook; answers stand in the column `decision`, causes in columns of their own. With `link` it holds no pictures."""
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet"
    header = _header(form)
    assert set(COLUMNS) <= set(header)
    sheet.append([safe(name) for name in header])
    for line, item in enumerate(form.asked.items, start=2):
        told = {
            "item": item.id,
            "label": item.label,
            "prediction": item.prediction,
            "confidence": f"{item.confidence:.0%}",
            "sheet": form.asked.digest,
        }
        sheet.append([safe(clean(told.get(name, ""))) for name in header])
        _show(sheet, line, item.path, picture=picture, link=link)
    letters = {name: get_column_letter(place) for place, name in enumerate(header, start=1)}
    last = len(form.asked.items) + 1
    if form.several:
        ticks = [letter for name, letter in letters.items() if name.startswith(CAUSE)]
        _choose(sheet, '"x"', f"{ticks[0]}2:{ticks[-1]}{last}", "Put an x where the mistake has this cause.")
        sheet[f"{letters['decision']}1"].comment = Comment("A cause that has no column; several with ; between.", "mlscaffold")
    else:
        values = book.create_sheet("Choices")
        for value, words in form.choices:
            values.append([safe(value), safe(clean(words))])
        values.sheet_state = "hidden"
        where = f"{letters['decision']}2:{letters['decision']}{last}"
        _choose(sheet, f"Choices!$A$1:$A${len(form.choices)}", where, "Choose from the list.")
    for name, letter in letters.items():
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 12)
    sheet.column_dimensions[letters["sheet"]].hidden = True
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="center", wrap_text=True)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="bottom", wrap_text=True)
    sheet.freeze_panes = "A2"
    book.properties.creator, book.properties.title = "mlscaffold", clean(f"{form.asked.project}: {form.question}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _header(form: Form) -> list[str]:
    """The columns; where several causes may be ticked each has one, and `decision` takes those that are new."""
    if not form.several:
        return ["item", "picture", *(["label"] if form.shown else []), "decision", "remark", "sheet"]
    causes = [f"{CAUSE}{words}" for _, words in form.choices]
    return ["item", "picture", "label", "prediction", "confidence", *causes, "decision", "remark", "sheet"]


def _show(sheet: Any, line: int, path: str, *, picture: Picture, link: Link | None) -> None:
    """Put a picture into its row, or a link to it."""
    from openpyxl.drawing.image import Image

    if link:
        if address := link(path):
            cell = sheet.cell(line, 2, "open")
            cell.hyperlink, cell.style = address, "Hyperlink"
        return
    sheet.row_dimensions[line].height = EDGE * 0.8
    small = picture(path)
    if small:
        drawn = Image(io.BytesIO(small))
        scale = EDGE / max(drawn.width, drawn.height)
        drawn.width, drawn.height = round(drawn.width * scale), round(drawn.height * scale)
        sheet.add_image(drawn, f"B{line}")


def _choose(sheet: Any, formula: str, cells: str, words: str) -> None:
    """Let cells take only what a list has."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "No such answer", words
    sheet.add_data_validation(rule)
    rule.add(cells)
