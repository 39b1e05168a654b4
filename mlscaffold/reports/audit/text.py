"""The audit on a terminal: one screen, the verdict and the next command last."""

from __future__ import annotations

import textwrap

from mlscaffold.model import Finding, Status
from mlscaffold.reports.audit.content import Audit, Number, effect
from mlscaffold.reports.content import clean, interval, number
from mlscaffold.reports.text import width_of

WORST = 5
COLOURS = {Status.FAIL: "31", Status.WARN: "33", Status.PASS: "32"}


def render(audit: Audit, *, width: int = 100, colour: bool = False) -> str:
    """The audit in lines of at most `width` columns where no word is longer."""
    blocks = [_head(audit, width), _numbers(audit), _classes(audit), _findings(audit, width, colour), _end(audit, width)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(audit: Audit, width: int) -> list[str]:
    left = audit.rows - audit.labelled
    rows = f"{audit.rows:,} rows" + (f" ({left:,} without a label)" if left else "")
    groups = f", {audit.groups:,} groups" if audit.groups else ""
    kinds = sum(1 for row in audit.classes if row.support)
    columns = " · ".join(f"{role}: {clean(column)}" for role, column in audit.roles)
    return _wrap(f"{clean(audit.source)}: {rows}, {kinds} classes{groups}", width) + _wrap(columns, width)


def _numbers(audit: Audit) -> list[str]:
    moved = audit.counted < audit.labelled
    names = max(len(row.name) for row in audit.numbers) + 2
    lines = [f"{'':{names}}{'as reported':26}without what should not count ({audit.counted:,} rows)"] if moved else []
    for row in audit.numbers:
        after = interval(row.counted, row.counted_low, row.counted_high) if moved else ""
        lines.append(f"{row.name:{names}}{interval(row.value, row.low, row.high):26}{after}".rstrip())
    base = audit.baseline
    p = "p < 0.001" if base.p < 0.001 else f"p = {base.p:.3f}"
    lines.append(f'{"baseline":{names}}{number(base.accuracy)} always says "{_cut(base.name, 24)}"; paired test against it: {p}')
    if audit.trust:
        trust = audit.trust
        told = f"error {number(trust.error)}, chance alone gives {number(trust.floor)} (up to {number(trust.limit)})"
        if trust.n < 1000:
            told = f"Brier {number(trust.brier)} (a constant: {number(trust.brier_flat)}); error {number(trust.error)} (chance: up to {number(trust.limit)})"
        lines.append(f"{'calibration':{names}}{told}")
    return lines


def _classes(audit: Audit) -> list[str]:
    rows = [row for row in audit.classes if row.support][:WORST]
    if len(rows) < 2:
        return []
    names = min(32, max([20, *(width_of(clean(row.name)) for row in rows)])) + 2
    title = "worst classes" if len(audit.classes) > WORST else "class"
    lines = [f"{title:{names}}{'n':>7}  {'recall':25}precision"]
    for row in rows:
        name = _cut(row.name, names - 2)
        recall = "–" if row.recall is None else interval(row.recall, *(row.recall_interval or (None, None)))
        precision = "–" if row.precision is None else interval(row.precision, *(row.precision_interval or (None, None)))
        lines.append(f"{name}{' ' * (names - width_of(name))}{row.support:>7,}  {recall:25}{precision}")
    return lines


def _findings(audit: Audit, width: int, colour: bool) -> list[str]:
    lines = []
    for finding in audit.findings:
        if finding.status is Status.PASS and len(audit.findings) > 8:
            continue
        word = "note" if finding.status is Status.PASS else finding.status.value
        name = finding.check.removeprefix("audit.")
        start = f"{word:6}{name:18}"
        first, *rest = _wrap(clean(finding.message), width - len(start)) or [""]
        where = [_lines(finding)] if finding.evidence and finding.evidence[0].line != 1 else []
        below = [*rest, *where, *([effect(finding)] if effect(finding) else [])]
        painted = f"\033[{COLOURS[finding.status]}m{word:6}\033[0m{name:18}" if colour else start
        lines += [painted + first, *(" " * len(start) + line for line in below)]
    return lines


def _lines(finding: Finding, limit: int = 8) -> str:
    numbers = [str(place.line) for place in finding.evidence]
    return f"line{'s' * (len(numbers) > 1)} {', '.join(numbers[:limit])}" + (" …" if len(numbers) > limit else "")


def _end(audit: Audit, width: int) -> list[str]:
    number_: Number = audit.numbers[0]
    line = (
        f"accuracy that counts: {interval(number_.counted, number_.counted_low, number_.counted_high)} on {audit.counted:,} rows"
    )
    return [line, *_wrap(clean(audit.verdict), width), f"Next: {clean(audit.next)}"]


def _cut(text: str, width: int) -> str:
    """A name in at most `width` columns."""
    text = clean(text)
    if width_of(text) <= width:
        return text
    while width_of(text) >= width:
        text = text[:-1]
    return text + "…"


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 30), break_long_words=False, break_on_hyphens=False)
