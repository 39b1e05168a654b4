# ruff: noqa: ANN401 (python-docx comes without types)
"""The form as a Word file: a table that the person fills in, and the fingerprints of what it is about."""

from __future__ import annotations

import io
from typing import Any

from mlscaffold.reports.content import clean, day, interval, measured, number
from mlscaffold.reports.sheet import WORDS, Sheet
from mlscaffold.reports.word import add_table, new_document, small

ITEM, PERSON, MARKS = "Item", "Signature", "Evidence"
"""The first cell of the tables that are read back."""


def render(sheet: Sheet) -> bytes:
    """The form; `evidence.sheets` reads it back by the first cells of its tables."""
    document = new_document(f"{sheet.project}: stage {sheet.stage.number}, {sheet.stage.title}")
    document.add_heading(clean(f"Stage {sheet.stage.number}: {sheet.stage.title}"), 0)
    document.add_paragraph(clean(sheet.stage.goal))
    small(document, f"{sheet.project}, round {sheet.round}. {sheet.problem}")
    _proved(document, sheet)
    _figures(document, sheet)
    document.add_heading("What only you know", 1)
    document.add_paragraph("Write yes or no beside each question, sign below, save the file and send it back.")
    rows = [(item.id, item.text, "", "") for item in sheet.items]
    add_table(document, (ITEM, "Question", "Yes or no", "Remark"), rows, widths=(3.2, 7.4, 2.2, 3.7))
    document.add_heading("Your signature", 1)
    people = f"one of: {', '.join(sheet.people)}" if sheet.people else ""
    roles = f"one of: {', '.join(sheet.stage.roles)}"
    signature = [("Name", "", people), ("Role", "", roles), ("Date", "", "for instance 2026-11-21")]
    add_table(document, (PERSON, "Write here", "Help"), signature, widths=(3.2, 6.9, 6.4))
    document.add_heading("What this sheet is about", 1)
    small(document, "Your answers hold for exactly this evidence. Please leave this table as it is.")
    marks = [("project", sheet.project, ""), ("stage", sheet.stage.slug, ""), ("round", str(sheet.round), "")]
    marks += [("made", sheet.made, "")]
    marks += [(name, mark, "evidence") for name, mark in sheet.evidence.items()]
    marks += [(name, mark, "input") for name, mark in sheet.inputs.items()]
    add_table(document, (MARKS, "Fingerprint", "Kind"), marks, widths=(6.9, 7.7, 1.9), size=7)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _proved(document: Any, sheet: Sheet) -> None:
    document.add_heading("What is proved", 1)
    rows = [(title, WORDS.get(state, state)) for title, state in sheet.deliverables]
    add_table(document, ("Deliverable", "State"), rows, widths=(13.0, 3.5))
    for finding in sheet.findings:
        document.add_paragraph(f"{finding.status.value}: {clean(finding.message)} ({clean(finding.check)})", style="List Bullet")
    if sheet.over:
        document.add_paragraph(f"Earlier stages that are not signed, or stale: {', '.join(sheet.over)}. The sign-off records it.")


def _figures(document: Any, sheet: Sheet) -> None:
    if not sheet.metrics and not sheet.acceptance:
        return
    document.add_heading(f"Figures of {day(sheet.made)}", 1)
    if sheet.evaluated:
        small(document, sheet.evaluated)
    if sheet.metrics:
        metrics = [
            (row.name, interval(row.value, row.low, row.high), "" if row.baseline is None else number(row.baseline))
            for row in sheet.metrics
        ]
        add_table(document, ("Metric", "Value (95 % interval)", "Baseline"), metrics, widths=(6.0, 7.5, 3.0))
    if sheet.acceptance:
        met = {True: "yes", False: "no", None: "not measured"}
        agreed = [(row.text, row.wanted, measured(row) or "–", met[row.met]) for row in sheet.acceptance]
        add_table(document, ("Agreed", "Wanted", "Measured", "Met"), agreed, widths=(6.0, 3.5, 4.5, 2.5))
