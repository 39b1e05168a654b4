# ruff: noqa: ANN401 (cells are typed loosely by openpyxl)
"""The process as a spreadsheet: stages, checklist, owners, dates, findings, waivers, for those who read in Office."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

from mlscaffold.model import State
from mlscaffold.reports.content import Content, ahead, clean, counting, day, effect, places, proved, signed_by

LARGEST = 32_000
"""Characters of a cell: Excel stops at 32 767."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DATE = "yyyy-mm-dd"
FILLS = {
    "fail": "F6DEDD",
    "error": "F6DEDD",
    "stale": "F7EBCF",
    "warn": "F7EBCF",
    "signed": "DDEEE5",
    "pass": "DDEEE5",
    "open": "DBE8F1",
    "todo": "DBE8F1",
}
Cell = str | int | float | datetime.date | None


def render(content: Content) -> bytes:
    """The workbook; text from the project can never become a formula."""
    import openpyxl

    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]  # the empty one that a new workbook has
    _add(
        book,
        "Stages",
        ("No.", "Stage", "State", "Proved", "Owed", "Why", "Next"),
        _stages(content),
        widths=(6, 18, 11, 9, 9, 50, 46),
    )
    _add(book, "Checklist", ("Stage", "Question", "Answer", "By", "On"), _checklist(content), widths=(16, 66, 10, 34, 12))
    _add(book, "Owners", ("Stage", "Signed by one of", "Signed by", "As", "Round"), _owners(content), widths=(16, 60, 22, 44, 8))
    _add(book, "Dates", ("What", "When", "Who", "Note"), _dates(content), widths=(34, 12, 24, 66))
    header = ("Stage", "Check", "State", "Counts", "Finding", "Where", "Effect", "Fix")
    _add(book, "Findings", header, _findings(content), widths=(14, 32, 9, 8, 64, 38, 38, 38))
    _add(book, "Waivers", ("Check", "Reason", "Owner", "Until"), _waivers(content), widths=(36, 60, 22, 12))
    if content.acceptance:
        wanted = ("Threshold", "Wanted", "Measured", "From", "To", "Met")
        _add(book, "Targets", wanted, _targets(content), widths=(40, 18, 11, 9, 9, 14))
    book.properties.creator, book.properties.title = "mlscaffold", clean(content.report.name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def safe(text: str) -> str:
    """Text that a spreadsheet shows as text: what could begin a formula gets an apostrophe before it."""
    shown = clean(text)[:LARGEST]
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _stages(content: Content) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for status in content.report.stages:
        done, owed = proved(status)
        why = "; ".join(status.culprits or status.stale_because) if status.state is State.STALE else status.reason
        ahead_of = status.state in (State.SIGNED, State.SKIPPED, State.WAITING)
        step = "" if ahead_of else "mlscaffold stage next" if done == owed else status.stage.next_command
        rows.append((status.stage.number, status.stage.title, status.state.value, done, owed, why, step))
    return rows


def _checklist(content: Content) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for status in content.report.stages:
        signoff = status.signoff
        for question in status.stage.checklist:
            answer = signoff.checklist.get(question.id, "") if signoff else ""
            by = f"{signoff.who}, {signed_by(signoff)}" if signoff and answer else ""
            rows.append(
                (status.stage.slug, question.text, answer or "open", by, _date(signoff.when) if signoff and answer else None)
            )
    return rows


def _owners(content: Content) -> list[tuple[Cell, ...]]:
    return [
        (s.stage.slug, ", ".join(s.stage.roles), s.signoff.who, signed_by(s.signoff), s.signoff.round)
        if s.signoff
        else (s.stage.slug, ", ".join(s.stage.roles), "", "", None)
        for s in content.report.stages
    ]


def _dates(content: Content) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [
        ("Report made", _date(content.generated_at), "", f"In production: {content.production or 'nothing yet'}")
    ]
    rows += [(f"Stage {s.stage} signed", _date(s.when), s.who, signed_by(s)) for s in content.signoffs]
    rows += [(f"Stage {r.stage} reopened", _date(r.when), r.who, r.reason) for r in content.reopened]
    rows += [
        (
            "Targets changed" + (", after a test result" if c.after_test else ""),
            _date(c.when),
            c.who,
            f"{'; '.join(c.what)}: {c.reason}",
        )
        for c in content.changes
    ]
    rows += [(f"Waiver of {w.check} ends", _date(w.until), w.owner, w.reason) for w in content.waivers if w.until]
    return rows


def _findings(content: Content) -> list[tuple[Cell, ...]]:
    shown = [(f, "yes") for f in counting(content.report)] + [(f, "not yet") for f in ahead(content.report)]
    return [
        (
            f.stage or "project",
            f.check,
            "waived" if f.waiver else f.status.value,
            counts,
            f.message,
            places(f, 20),
            effect(f),
            f.fix,
        )
        for f, counts in shown
    ]


def _waivers(content: Content) -> list[tuple[Cell, ...]]:
    return [(w.check, w.reason, w.owner, _date(w.until) if w.until else "no end") for w in content.waivers]


def _targets(content: Content) -> list[tuple[Cell, ...]]:
    met = {True: "yes", False: "no", None: "not measured"}
    return [(row.text, row.wanted, row.measured, row.low, row.high, met[row.met]) for row in content.acceptance]


def _date(when: str) -> datetime.date | str:
    try:
        return datetime.date.fromisoformat(day(when))
    except ValueError:
        return clean(when)


def _add(book: Any, title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], *, widths: Sequence[float]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.append(list(header))
    for row in rows or [("nothing", *[None] * (len(header) - 1))]:
        sheet.append([safe(cell) if isinstance(cell, str) else cell for cell in row])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(name="Calibri", bold=True), PatternFill("solid", start_color="F3F1ED")
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
            if isinstance(cell.value, str):
                cell.data_type = "s"  # never "f", whatever it begins with
                if cell.value in FILLS:
                    cell.fill = PatternFill("solid", start_color=FILLS[cell.value])
            elif isinstance(cell.value, datetime.date):
                cell.number_format = DATE
            elif isinstance(cell.value, float):
                cell.number_format = "0.000" if abs(cell.value) < 10 else "#,##0"
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
