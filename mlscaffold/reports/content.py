"""What a report for people shows beyond the findings; the workflow fills it, the renderers only print."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mlscaffold.model import Finding, Report, Signoff, StageStatus, State, Status


@dataclass(frozen=True)
class AcceptanceRow:
    """One threshold against what was measured; `met` is None where nothing was measured."""

    text: str
    wanted: str
    measured: float | None = None
    low: float | None = None
    high: float | None = None
    met: bool | None = None


@dataclass(frozen=True)
class MetricRow:
    """One metric of the model that counts, with its 95 % interval and the baseline's value."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    human: float | None = None


@dataclass(frozen=True)
class ConfusionTable:
    """Counts: a row a true class, a column a predicted class."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class WaiverRow:
    """A recorded exception."""

    check: str
    reason: str
    owner: str
    until: str = ""


@dataclass(frozen=True)
class ChangeRow:
    """A recorded change of the targets; `after_test` where a test result was known when it was made."""

    what: tuple[str, ...]
    reason: str
    who: str
    when: str
    after_test: bool


@dataclass(frozen=True)
class ReopenedRow:
    """A sign-off that was taken back."""

    stage: str
    round: int
    reason: str
    who: str
    when: str


@dataclass(frozen=True)
class Content:
    """Everything that a report for people shows; pictures are (caption, PNG bytes) and empty where they may not be held."""

    report: Report
    generated_at: str
    problem: str = ""
    tool_version: str = ""
    production: str = ""
    acceptance: tuple[AcceptanceRow, ...] = ()
    metrics: tuple[MetricRow, ...] = ()
    evaluated: str = ""
    curves_svg: bytes | None = None
    confusion: ConfusionTable | None = None
    mistakes: tuple[tuple[str, bytes], ...] = ()
    signoffs: tuple[Signoff, ...] = ()
    waivers: tuple[WaiverRow, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    reopened: tuple[ReopenedRow, ...] = ()
    compared: str = ""


def signed_by(signoff: Signoff) -> str:
    """Who signed, and who brought the answers in where they came on paper."""
    paper = f", on paper, transcribed by {clean(signoff.transcribed_by)}" if signoff.transcribed_by else ""
    return f"{clean(signoff.role or signoff.who)}{paper}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ORDER = (Status.ERROR, Status.FAIL, Status.WARN, Status.UNKNOWN, Status.TODO, Status.PASS)


def clean(text: str) -> str:
    """Text without control characters and direction overrides, on one line: names come from files."""
    text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", str(text))
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text).strip()


def number(value: float) -> str:
    """A number as people read it: three decimals for shares, none for large ones."""
    if math.isnan(value):
        return "undefined"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"


def interval(value: float, low: float | None, high: float | None) -> str:
    """A value with its 95 % interval."""
    return number(value) if low is None or high is None else f"{number(value)} ({number(low)} to {number(high)})"


def measured(row: AcceptanceRow) -> str:
    """What was measured for a threshold, or nothing."""
    return "" if row.measured is None else interval(row.measured, row.low, row.high)


def day(when: str) -> str:
    """The date of a time."""
    return clean(when)[:10]


def short_day(when: str) -> str:
    """The date of a time, short: `21 Nov`."""
    try:
        date = datetime.date.fromisoformat(when[:10])
    except ValueError:
        return clean(when)
    return f"{date.day} {MONTHS[date.month - 1]}"


def counting(report: Report) -> tuple[Finding, ...]:
    """The findings that count now and are not fine, worst first, in the order of the stages."""
    return _sorted(report, waiting_together(f for f in report.findings if f.counts and f.status is not Status.PASS))


def ahead(report: Report) -> tuple[Finding, ...]:
    """The findings of stages that do not count yet and are not fine."""
    return _sorted(report, waiting_together(f for f in report.findings if not f.counts and f.status is not Status.PASS))


def waiting_together(findings: Iterable[Finding]) -> list[Finding]:
    """The findings; those that wait for one broken file are one, under the name of the check that tells of it."""
    found = list(findings)
    groups: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.because:
            groups.setdefault(finding.message, []).append(finding)
    together = {
        id(group[0]): replace(
            group[0],
            check=group[0].because,
            stage="",
            message=f"{len(group)} more check{'s' * (len(group) > 1)} {group[0].message}",
            evidence=(),
            deliverable="",
            fix="",
            waiver=None,
        )
        for group in groups.values()
    }
    return [together.get(id(finding), finding) for finding in found if not finding.because or id(finding) in together]


def places(finding: Finding, limit: int = 5) -> str:
    """Where, in one line: `a.csv:12, :40, b.csv, and 3 more`."""
    shown, before = [], ""
    for place in finding.evidence[:limit]:
        path = clean(place.path)
        line = "" if place.line is None else f":{place.line}"
        shown.append(line if line and path == before else path + line)
        before = path
    more = len(finding.evidence) - limit
    return ", ".join(shown) + (f", and {more} more" if more > 0 else "")


def effect(finding: Finding) -> str:
    """What the finding does to the number, in words, or nothing."""
    if finding.effect is None:
        return ""
    change = finding.effect
    return f"{clean(change.metric)} is {number(change.corrected)} without that, not {number(change.reported)}"


def proved(status: StageStatus) -> tuple[int, int]:
    """How many deliverables of a stage are proved or waived, and how many it owes."""
    held = [status.deliverables.get(item.id, "todo") for item in status.stage.deliverables]
    return sum(state in ("proved", "waived") for state in held), len(held)


def headline(report: Report) -> str:
    """Where the project stands, in one sentence."""
    stages = [status for status in report.stages if status.state in (State.SIGNED, State.SKIPPED)]
    stale = [status for status in report.stages if status.state is State.STALE]
    current = next((status for status in report.stages if status.stage.slug == report.current), None)
    parts = [f"{len(stages)} of {len(report.stages)} stages are signed or skipped"]
    if stale:
        parts.append(f"{len(stale)} stale")
    if current:
        parts.append(f"stage {current.stage.number}, {clean(current.stage.title)}, is the current one")
    return "; ".join(parts) + "."


def _sorted(report: Report, findings: list[Finding]) -> tuple[Finding, ...]:
    numbers = {status.stage.slug: status.stage.number for status in report.stages}
    return tuple(sorted(findings, key=lambda f: (bool(f.waiver), ORDER.index(f.status), numbers.get(f.stage, 0), f.check)))
