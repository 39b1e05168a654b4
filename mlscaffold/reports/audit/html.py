"""The audit for people: one HTML file that needs no network and no script, in the style of the report."""

from __future__ import annotations

from typing import Any

from mlscaffold import __version__
from mlscaffold.model import Status
from mlscaffold.reports.audit.content import Audit, Trust, effect
from mlscaffold.reports.content import interval, number
from mlscaffold.reports.rendering import page

MOST_CLASSES = 200


def render(audit: Audit) -> str:
    """The page; everything that comes from the table is escaped, and drawings are inline vector graphics."""
    return page("audit/audit.html.jinja", **_values(audit))


def _values(audit: Audit) -> dict[str, Any]:
    first = audit.numbers[0]
    return {
        "audit": audit,
        "version": __version__,
        "moved": audit.counted < audit.labelled,
        "mood": "good" if audit.holds else "bad",
        "badge": _badge(audit),
        "headline": number(first.counted),
        "around": interval(first.counted, first.counted_low, first.counted_high),
        "numbers": [
            (row.name, interval(row.value, row.low, row.high), interval(row.counted, row.counted_low, row.counted_high))
            for row in audit.numbers
        ],
        "p": "p < 0.001" if audit.baseline.p < 0.001 else f"p = {audit.baseline.p:.3f}",
        "scale": _scale(audit),
        "classes": [
            (row, _around(row.recall, row.recall_interval), _around(row.precision, row.precision_interval))
            for row in audit.classes[:MOST_CLASSES]
        ],
        "more": max(0, len(audit.classes) - MOST_CLASSES),
        "weak": [(one, interval(one.accuracy, *one.interval)) for one in audit.weak],
        "trust": audit.trust,
        "reliability": _reliability(audit.trust) if audit.trust else [],
        "findings": [
            (
                finding,
                "note" if finding.status is Status.PASS else finding.status.value,
                finding.check.removeprefix("audit.").replace("-", " "),
                ", ".join(str(place.line) for place in finding.evidence if place.line and place.line > 1),
                effect(finding),
            )
            for finding in audit.findings
        ],
    }


def _badge(audit: Audit) -> str:
    """Whether it holds, in a few words."""
    first = audit.numbers[0]
    if audit.holds:
        return "Nothing makes it wrong"
    moved = first.counted_high is not None and first.value > first.counted_high
    return "Not as it seems" if moved or not audit.baseline.beaten else "Not in order"


def _around(value: float | None, ends: tuple[float, float] | None) -> str:
    return "–" if value is None else interval(value, *(ends or (None, None)))


def _scale(audit: Audit) -> dict[str, Any]:
    """Places on a line from the lowest to the highest number, 0 to 600 wide: baseline, reported and counted accuracy."""
    first = audit.numbers[0]
    ends = [first.value, first.counted, first.low, first.high, first.counted_low, first.counted_high, audit.baseline.accuracy]
    known = [value for value in ends if value is not None]
    low, high = max(0.0, min(known) - 0.02), min(1.0, max(known) + 0.02)

    def place(value: float | None) -> float:
        return round(600 * ((low if value is None else value) - low) / ((high - low) or 1), 1)

    rows = [("as reported", place(first.low), place(first.high), place(first.value), number(first.value))]
    if audit.counted < audit.labelled:
        counted = (place(first.counted_low), place(first.counted_high), place(first.counted), number(first.counted))
        rows.append(("what counts", *counted))
    base = place(audit.baseline.accuracy)
    return {"rows": rows, "low": number(low), "high": number(high), "baseline": base, "right": base > 400}


def _reliability(trust: Trust) -> list[tuple[float, float, float, str]]:
    """Dots of a 240 × 240 square: where, how large (its area the number of rows), and what a reader is told of it."""
    most = max(one.n for one in trust.bins)
    return [
        (
            round(240 * one.confidence, 1),
            round(240 * (1 - one.accuracy), 1),
            round(2.5 + 8 * (one.n / most) ** 0.5, 1),
            f"{one.n:,} rows: sure {one.confidence:.2f}, right {one.accuracy:.2f}",
        )
        for one in trust.bins
    ]
