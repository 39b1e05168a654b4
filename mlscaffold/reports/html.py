"""The report for people: one HTML file that needs no network and no script, for the screen and for paper."""

from __future__ import annotations

import base64
from typing import Any

from mlscaffold.model import StageStatus, State
from mlscaffold.reports.content import (
    ConfusionTable,
    Content,
    ahead,
    clean,
    counting,
    effect,
    headline,
    interval,
    places,
    proved,
    signed_by,
)
from mlscaffold.reports.rendering import page


def render(content: Content) -> str:
    """The page; everything that comes from the project is escaped, and drawings are embedded as pictures."""
    return page("report.html.jinja", more_filters={"signed_by": signed_by}, **_values(content))


def _values(content: Content) -> dict[str, Any]:
    report = content.report
    return {
        "content": content,
        "report": report,
        "headline": headline(report),
        "task": clean(report.task).replace("-", " "),
        "stages": [_stage(status, current=status.stage.slug == report.current) for status in report.stages],
        "counting": [(finding, places(finding), effect(finding)) for finding in counting(report)],
        "ahead": [(finding, places(finding)) for finding in ahead(report)],
        "metrics": [(row, interval(row.value, row.low, row.high)) for row in content.metrics],
        "acceptance": [
            (row, "" if row.measured is None else interval(row.measured, row.low, row.high)) for row in content.acceptance
        ],
        "curves": _data("image/svg+xml", content.curves_svg) if content.curves_svg else "",
        "confusion": _heat(content.confusion) if content.confusion else None,
        "mistakes": [(caption, _data("image/png", picture)) for caption, picture in content.mistakes],
        "signoffs": sorted(content.signoffs, key=lambda signoff: signoff.path),
    }


def _stage(status: StageStatus, *, current: bool) -> dict[str, Any]:
    done, owed = proved(status)
    signed = status.signoff if status.state in (State.SIGNED, State.STALE) else None
    because = "; ".join(clean(reason) for reason in status.stale_because) or clean(status.reason)
    return {"status": status, "done": done, "owed": owed, "signed": signed, "because": because, "current": current}


def _heat(table: ConfusionTable) -> dict[str, Any]:
    """Cells with their share of the true class in steps of ten, so that the style sheet colours them."""
    rows = []
    for place, (label, counts) in enumerate(zip(table.classes, table.counts, strict=True)):
        total = sum(counts)
        cells = []
        for said, count in enumerate(counts):
            heat = round(10 * count / total) if total else 0
            heat = max(heat, 1) if count else 0
            cells.append((count, f"{'hit' if said == place else 'miss'} h{heat}"))
        rows.append((label, cells, total, counts[place] / total if total else None))
    return {"classes": table.classes, "rows": rows}


def _data(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
