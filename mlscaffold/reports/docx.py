# ruff: noqa: ANN401 (python-docx comes without types)
"""The report as a Word document, for those who comment and sign in Word."""

from __future__ import annotations

import io
from typing import Any

from mlscaffold.model import Finding, State
from mlscaffold.reports.content import (
    Content,
    ahead,
    clean,
    counting,
    day,
    effect,
    headline,
    interval,
    measured,
    number,
    places,
    proved,
    signed_by,
)
from mlscaffold.reports.word import add_table, new_document, small

MOST_CLASSES = 12
"""A confusion matrix of more classes does not fit a page."""


def render(content: Content) -> bytes:
    """The document: where it stands, what counts, figures, pictures where they may be held, people's decisions."""
    report = content.report
    document = new_document(f"{report.name}: report")
    document.add_heading(clean(report.name), 0)
    if content.problem:
        document.add_paragraph(clean(content.problem))
    production = f" · in production: {content.production}" if content.production else ""
    small(document, f"{report.task.replace('-', ' ')} · round {report.round}{production}")
    line = document.add_paragraph()
    line.add_run("Nothing stands in the way. " if report.ok else "Not in order. ").bold = True
    line.add_run(headline(report))
    _stages(document, content)
    _findings(document, content)
    _figures(document, content)
    _decisions(document, content)
    later = [(f.check, f.status.value, f.message) for f in ahead(report)]
    if later:
        document.add_heading("In later stages", 1)
        small(document, "These do not count yet.")
        add_table(document, ("Check", "State", "Finding"), later, widths=(5.5, 2, 9))
    commit = (
        f", commit {report.commit[:12]}{' with changes that are not committed' if report.dirty else ''}" if report.commit else ""
    )
    small(document, f"Made by mlscaffold {content.tool_version} at {content.generated_at}{commit}. {report.checks} checks.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _stages(document: Any, content: Content) -> None:
    rows = []
    for status in content.report.stages:
        done, owed = proved(status)
        signed = status.signoff if status.state in (State.SIGNED, State.STALE) else None
        who = f"{signed.who}, {signed_by(signed)}, {day(signed.when)}" if signed else "–"
        note = "; ".join(status.stale_because) or status.reason
        state = f"{status.state.value}: {note}" if note else status.state.value
        rows.append((str(status.stage.number), status.stage.title, state, f"{done} of {owed}", who))
    document.add_heading("Where it stands", 1)
    add_table(document, ("No.", "Stage", "State", "Proved", "Signed"), rows, widths=(1.1, 3, 4.8, 1.9, 5.7))


def _findings(document: Any, content: Content) -> None:
    document.add_heading("What counts now", 1)
    found = counting(content.report)
    if not found:
        document.add_paragraph("Nothing is missing and nothing is wrong in the stages that count.")
    for finding in found:
        _finding(document, finding)
    if content.report.deep_not_run:
        small(document, f"{content.report.deep_not_run} deep checks were not run (mlscaffold check --deep).")


def _finding(document: Any, finding: Finding) -> None:
    paragraph = document.add_paragraph(style="List Bullet")
    paragraph.add_run(f"{'waived' if finding.waiver else finding.status.value}: ").bold = True
    paragraph.add_run(clean(finding.message))
    waived = f"waived: {finding.waiver}" if finding.waiver else ""
    fix = f"next: {finding.fix}" if finding.fix and not finding.waiver else ""
    for detail in (effect(finding), clean(finding.check), places(finding), clean(waived), clean(fix)):
        if detail:
            paragraph.add_run(f"\n{detail}")


def _figures(document: Any, content: Content) -> None:
    if not (content.metrics or content.acceptance or content.confusion):
        return
    document.add_heading("Figures", 1)
    for told in (content.evaluated, content.compared):
        if told:
            small(document, told)
    if content.metrics:
        rows = [
            (
                row.name,
                interval(row.value, row.low, row.high),
                *("–" if v is None else number(v) for v in (row.baseline, row.human)),
            )
            for row in content.metrics
        ]
        add_table(document, ("Metric", "Value (95 % interval)", "Baseline", "Person"), rows, widths=(4.5, 6.5, 2.75, 2.75))
    if content.acceptance:
        met = {True: "yes", False: "no", None: "not measured"}
        agreed = [(row.text, row.wanted, measured(row) or "–", met[row.met]) for row in content.acceptance]
        add_table(document, ("Agreed", "Wanted", "Measured", "Met"), agreed, widths=(6, 3.2, 4.8, 2.5))
    if content.confusion and len(content.confusion.classes) <= MOST_CLASSES:
        names = content.confusion.classes
        counts = [(name, *map(str, row)) for name, row in zip(names, content.confusion.counts, strict=True)]
        each = min(2.5, 13 / len(names))
        add_table(document, ("true ↓ predicted →", *names), counts, widths=(3.5, *[each] * len(names)))
    if content.mistakes:
        _pictures(document, content)


def _pictures(document: Any, content: Content) -> None:
    from docx.shared import Cm

    document.add_heading("Mistakes", 1)
    table = document.add_table(rows=0, cols=4)
    for start in range(0, len(content.mistakes), 4):
        cells = table.add_row().cells
        for cell, (caption, picture) in zip(cells, content.mistakes[start : start + 4], strict=False):
            cell.paragraphs[0].add_run().add_picture(io.BytesIO(picture), width=Cm(3.4))
            cell.add_paragraph(clean(caption))
    document.add_paragraph()


def _decisions(document: Any, content: Content) -> None:
    tables = (
        ("Sign-offs", ("Stage", "Round", "Who", "When", "Accepted as it was"), (2.7, 1.7, 5.5, 2.6, 4), [
            (s.stage, str(s.round), f"{s.who}, {signed_by(s)}", day(s.when), ", ".join(s.over + s.unproved) or "–") for s in content.signoffs
        ]),
        ("Waivers", ("Check", "Reason", "Owner", "Until"), (5, 6, 2.9, 2.6), [
            (w.check, w.reason, w.owner, day(w.until) or "no end") for w in content.waivers
        ]),
        ("Changed targets", ("Change", "After a test result", "Reason", "Who", "When"), (4.8, 2.2, 4.5, 2.4, 2.6), [
            ("; ".join(c.what), "yes" if c.after_test else "no", c.reason, c.who, day(c.when)) for c in content.changes
        ]),
        ("Reopened stages", ("Stage", "Round", "Reason", "Who", "When"), (3, 1.7, 6.2, 3, 2.6), [
            (r.stage, str(r.round), r.reason, r.who, day(r.when)) for r in content.reopened
        ]),
    )  # fmt: skip
    for title, header, widths, rows in tables:
        if rows:
            document.add_heading(title, 1)
            add_table(document, header, rows, widths=widths)
