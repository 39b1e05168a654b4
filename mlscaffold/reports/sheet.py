"""The form for a person who signs without a terminal: one HTML file that works offline and hands back a small answers file."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mlscaffold.model import Finding, Stage
from mlscaffold.reports.content import AcceptanceRow, MetricRow, interval, measured, places
from mlscaffold.reports.rendering import page

SCHEMA = 1
ACCEPT = "accept:"
"""What the id of an item begins with that accepts a check which is unknown here."""
WORDS = {"proved": "proved", "todo": "to do", "failed": "failed", "waived": "waived", "unknown": "unknown here"}


@dataclass(frozen=True)
class Item:
    """A question that is answered with yes or no."""

    id: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """What the form shows, and the fingerprints of what it is about."""

    project: str
    problem: str
    stage: Stage
    round: int
    made: str
    people: tuple[str, ...]
    deliverables: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    evaluated: str
    metrics: tuple[MetricRow, ...]
    acceptance: tuple[AcceptanceRow, ...]
    items: tuple[Item, ...]
    over: tuple[str, ...]
    evidence: dict[str, str]
    inputs: dict[str, str]

    @property
    def identity(self) -> dict[str, object]:
        """What a returned answers file has to hold to be of this sheet."""
        return {
            "mlscaffold_sheet": SCHEMA,
            "project": self.project,
            "stage": self.stage.slug,
            "round": self.round,
            "made": self.made,
            "evidence": self.evidence,
            "inputs": self.inputs,
        }

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return f"{self.project}-{self.stage.number:02d}-{self.stage.slug}"


def render(sheet: Sheet) -> str:
    """The form; its one script is named in the page's policy by its digest, and nothing is fetched or sent."""
    return page(
        "sheet.html.jinja",
        script="sheet.js",
        sheet=sheet,
        words=WORDS,
        findings=[(finding, places(finding)) for finding in sheet.findings],
        metrics=[(row, interval(row.value, row.low, row.high)) for row in sheet.metrics],
        acceptance=[(row, measured(row)) for row in sheet.acceptance],
        identity=json.dumps(sheet.identity, ensure_ascii=False),
        answers=f"{sheet.name}-answers.json",
    )
