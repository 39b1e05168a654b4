"""What `check` and `status` print: one screen, findings first, the next command last."""

from __future__ import annotations

import textwrap
import unicodedata

from mlscaffold.model import Finding, Report, StageStatus, State, Status
from mlscaffold.reports.content import ahead, clean, counting, effect, places, proved, short_day, signed_by, waiting_together

_COLOURS = {
    Status.ERROR: 31,
    Status.FAIL: 31,
    Status.WARN: 33,
    Status.UNKNOWN: 36,
    Status.TODO: 34,
    State.STALE: 33,
    State.SIGNED: 32,
    State.OPEN: 34,
}


def render(report: Report, *, width: int = 100, colour: bool = False, everything: bool = False) -> str:
    """What `check` prints; `everything` lists the findings of stages that do not count yet too."""
    findings = _grouped(counting(report) + (ahead(report) if everything else ()))
    return "\n".join([*_listed(findings, width, colour=colour), *_summary(report, findings, width)]) + "\n"


def listing(findings: tuple[Finding, ...], *, width: int = 100, colour: bool = False) -> str:
    """Some findings, as `check` prints them, without its last line."""
    return "\n".join(_listed(_grouped(tuple(waiting_together(findings))), width, colour=colour))


def _listed(findings: tuple[Finding, ...], width: int, *, colour: bool) -> list[str]:
    stages = max((width_of(clean(f.stage or "project")) for f in findings), default=0)
    names = max((width_of(_name(f)) for f in findings), default=0)
    return [line for finding in findings for line in _finding(finding, stages, names, width=width, colour=colour)]


def status(report: Report, *, width: int = 100, colour: bool = False, production: str = "nothing yet", turn: str = "") -> str:
    """What `status` prints: the ten stages at a glance; `turn` says for whom the current stage is."""
    task = clean(report.task).replace("-", " ")
    head = f"{clean(report.name)} · {task} · round {report.round} · in production: {clean(production)}"
    slugs = max((width_of(s.stage.slug) for s in report.stages), default=0)
    signers = max((width_of(_signer(s)) for s in report.stages if s.state is State.SIGNED), default=0)
    lines = [*_wrap(head, width, ""), ""]
    for stage in report.stages:
        here = stage.stage.slug == report.current
        told = _told(stage, signers) + (f"    for the {turn}" if here and turn else "")
        state = _paint(_pad(stage.state.value, 8), stage.state, colour=colour)
        start = f"{'▸' if here else ' '}{stage.stage.number:>2} {_pad(stage.stage.slug, slugs)}  "
        indent = width_of(start) + 9
        first, *rest = _wrap(told, max(width - indent, 20), "") or [""]
        lines += [f"{start}{state} {first}".rstrip(), *(" " * indent + line for line in rest)]
    return "\n".join([*lines, "", *_next(report, width)]) + "\n"


def _grouped(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings; several checks that wait for the same thing are one line."""
    first: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        key = (finding.stage, finding.message, "" if finding.status is Status.TODO else finding.check)
        first.setdefault(key, finding)
    return tuple(f for f in findings if any(f is kept for kept in first.values()))


def width_of(text: str) -> int:
    """Columns that text takes on a terminal: Chinese characters take two."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _finding(finding: Finding, stages: int, names: int, *, width: int, colour: bool) -> list[str]:
    indent = min(stages + names + 12, width // 2)
    word = "waived" if finding.waiver else finding.status.value
    state = _paint(_pad(word, 8), finding.status, colour=colour and not finding.waiver)
    start = f"{_pad(clean(finding.stage or 'project'), stages)}  {state}"
    room = max(width - indent, 24)
    message = _wrap(clean(finding.message), room, "")
    details = [places(finding), effect(finding), clean(finding.waiver) if finding.waiver else ""]
    below = [line for detail in details if detail for line in _wrap(detail, room, "")]
    below += [clean(finding.fix)] if finding.fix and not finding.waiver else []
    first = message[0] if message else ""
    if stages + names + 12 > indent:
        return [f"{start}{_name(finding)}", *(" " * indent + line for line in [*message, *below])]
    return [f"{start}{_pad(_name(finding), names)}  {first}".rstrip(), *(" " * indent + line for line in [*message[1:], *below])]


def _summary(report: Report, shown: tuple[Finding, ...], width: int) -> list[str]:
    words = {
        Status.PASS: "passed",
        Status.FAIL: "failed",
        Status.WARN: "warning",
        Status.TODO: "to do",
        Status.UNKNOWN: "unknown",
    }
    words[Status.ERROR] = "broke"
    counts: list[str] = []
    for state, word in words.items():
        number = len(
            {
                f.check
                for f in report.findings
                if f.status is state and not f.waiver and (f.counts or state is Status.PASS or f in shown)
            }
        )
        plural = "s" if state is Status.WARN and number != 1 else ""
        counts += [f"{number} {word}{plural}"] if number else []
    waived = len({f.check for f in report.findings if f.waiver})
    counts += [f"{waived} waived"] if waived else []
    later = len([f for f in ahead(report) if f not in shown])
    line = f"{report.checks} checks: {', '.join(counts) or 'nothing to judge yet'} in {report.seconds:.1f} s"
    notes = [f"{later} finding{'s' * (later > 1)} of later stages: not counted yet (--all shows them)"] if later else []
    notes += (
        [f"{report.deep_not_run} deep check{'s' * (report.deep_not_run > 1)} not run (--deep)"] if report.deep_not_run else []
    )
    more = sum(len(f.items) > 3 for f in shown)
    notes += (
        [f"{more} finding{'s' * (more > 1)} name{'s' * (more == 1)} the first of many pictures (--lists FOLDER writes all)"]
        if more
        else []
    )
    worst = shown[0].check if shown else ""
    hint = f"mlscaffold explain {clean(worst)}" if worst else "mlscaffold status"
    tail = [f"{line}    {hint}"] if width_of(line) + width_of(hint) + 4 <= width else [line, hint]
    return _wrap("; ".join(notes), width, "") + tail


def _signer(status: StageStatus) -> str:
    return f"{short_day(status.signoff.when)}, {signed_by(status.signoff)}" if status.signoff else ""


def _told(status: StageStatus, signers: int) -> str:
    done, owed = proved(status)
    match status.state:
        case State.SIGNED if status.signoff:
            return f"{_pad(_signer(status), signers)}    {owed} deliverables" + (
                "    not committed yet" if status.uncommitted else ""
            )
        case State.STALE:
            reasons = "; ".join(clean(reason) for reason in status.stale_because[:3])
            more = len(status.stale_because) - 3
            return (reasons or "its evidence moved since it was signed") + (f"; and {more} more" if more > 0 else "")
        case State.OPEN | State.AHEAD:
            return f"{done} of {owed} proved"
        case State.SKIPPED:
            return clean(status.reason)
    return ""


def _next(report: Report, width: int) -> list[str]:
    current = next((s for s in report.stages if s.stage.slug == report.current), None)
    if current is None:
        return ["Next: mlscaffold report --format html"]
    stale = any(s.state is State.STALE for s in report.stages)
    done, owed = proved(current)
    own = clean(current.stage.next_command)
    command = (
        own
        if own and done < owed and current.state is not State.STALE
        else f"mlscaffold stage next (stage {current.stage.number})"
    )
    step, why = f"Next: {command}", "Why stale: mlscaffold status --why"
    if not stale:
        return [step]
    return [f"{step}     {why}"] if width_of(step) + 5 + width_of(why) <= width else [why, step]


def _name(finding: Finding) -> str:
    return clean(finding.check).rpartition(".")[2]


def _pad(text: str, width: int) -> str:
    return text + " " * max(width - width_of(text), 0)


def _paint(text: str, state: Status | State, *, colour: bool) -> str:
    return f"\033[{_COLOURS[state]}m{text}\033[0m" if colour and state in _COLOURS else text


def _wrap(text: str, width: int, indent: str) -> list[str]:
    """Lines of at most `width` columns; a word is never cut, so paths can be copied."""
    room = max(width - (width_of(text) - len(text)) * width // max(width_of(text), 1), 10)
    return textwrap.wrap(text, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
