"""The report as Markdown, for pull requests and wikis."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def render(content: Content) -> str:
    """The report; names from the project are escaped, pictures are left out."""
    parts = [_head(content), _stages(content), _findings(content), _figures(content), _people(content), _later(content)]
    return "\n".join(part for part in parts if part)


def escape(text: str) -> str:
    """Text that Markdown and HTML inside it show as it is."""
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~#$@])", r"\\\1", text)


def code(text: str) -> str:
    """Text in code marks, with a fence longer than any backticks inside."""
    text = clean(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    text = text.replace("|", "¦")
    fence, blank = "`" * (longest + 1), " " if "`" in text else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def _head(content: Content) -> str:
    report = content.report
    verdict = "Nothing stands in the way." if report.ok else "Not in order."
    lines = [f"# {escape(report.name)}", ""]
    lines += [escape(content.problem), ""] if content.problem else []
    production = f" · in production: {escape(content.production)}" if content.production else ""
    lines += [
        f"{escape(report.task).replace('-', ' ')} · round {report.round}{production}",
        "",
        f"**{verdict}** {escape(headline(report))}",
        "",
    ]
    commit = f", commit {code(report.commit[:12])}{' with changes' if report.dirty else ''}" if report.commit else ""
    return "\n".join([*lines, f"mlscaffold {escape(content.tool_version)}, {escape(content.generated_at)}{commit}", ""])


def _stages(content: Content) -> str:
    rows = []
    for status in content.report.stages:
        done, owed = proved(status)
        signed = status.signoff if status.state in (State.SIGNED, State.STALE) else None
        who = f"{escape(signed.who)}, {escape(signed_by(signed))}, {day(signed.when)}" if signed else ""
        title = f"**{escape(status.stage.title)}**" if status.stage.slug == content.report.current else escape(status.stage.title)
        note = "; ".join(status.stale_because) or status.reason
        state = f"{status.state.value}: {escape(note)}" if note else status.state.value
        rows.append((str(status.stage.number), title, state, f"{done} of {owed}", who))
    return "## Where it stands\n\n" + _table(("No.", "Stage", "State", "Proved", "Signed"), rows)


def _findings(content: Content) -> str:
    found = counting(content.report)
    body = (
        "".join(_finding(finding) for finding in found) or "Nothing is missing and nothing is wrong in the stages that count.\n"
    )
    deep = content.report.deep_not_run
    return f"## What counts now\n\n{body}" + (f"\n{deep} deep checks were not run (`mlscaffold check --deep`).\n" if deep else "")


def _finding(finding: Finding) -> str:
    word = "waived" if finding.waiver else finding.status.value
    lines = [f"- **{word}** {code(finding.check)}: {escape(finding.message)}"]
    lines += [f"  {escape(effect(finding))}"] if finding.effect else []
    lines += [f"  at {code(places(finding))}"] if finding.evidence else []
    if finding.waiver:
        lines.append(f"  waived: {escape(finding.waiver)}")
    elif finding.fix:
        lines.append(f"  fix: {code(finding.fix)}")
    return "  \n".join(lines) + "\n"


def _figures(content: Content) -> str:
    parts = [f"{escape(content.evaluated)}\n"] if content.evaluated else []
    parts += [f"{escape(content.compared)}\n"] if content.compared else []
    if content.metrics:
        metrics = [
            (escape(row.name), interval(row.value, row.low, row.high), "" if row.baseline is None else number(row.baseline))
            for row in content.metrics
        ]
        parts.append(_table(("Metric", "Value (95 % interval)", "Baseline"), metrics))
    if content.acceptance:
        met = {True: "yes", False: "**no**", None: "not measured"}
        agreed = [(escape(row.text), escape(row.wanted), measured(row), met[row.met]) for row in content.acceptance]
        parts.append(_table(("Threshold", "Wanted", "Measured", "Met"), agreed))
    if content.confusion:
        names = [escape(name) for name in content.confusion.classes]
        counted = zip(names, content.confusion.counts, strict=True)
        parts.append(_table(("true \\ predicted", *names), [(name, *map(str, row)) for name, row in counted]))
    return "## Figures\n\n" + "\n".join(parts) if parts else ""


def _people(content: Content) -> str:
    parts = []
    if content.signoffs:
        rows = [
            (
                escape(s.stage),
                str(s.round),
                escape(s.who),
                escape(signed_by(s)),
                day(s.when),
                escape(", ".join(s.over + s.unproved)),
            )
            for s in content.signoffs
        ]
        parts.append("## Sign-offs\n\n" + _table(("Stage", "Round", "Who", "Role", "When", "Accepted as it was"), rows))
    if content.waivers:
        waived = [(code(w.check), escape(w.reason), escape(w.owner), day(w.until) or "no end") for w in content.waivers]
        parts.append("## Waivers\n\n" + _table(("Check", "Reason", "Owner", "Until"), waived))
    if content.changes:
        changed = [
            (escape("; ".join(c.what)), "**yes**" if c.after_test else "no", escape(c.reason), escape(c.who), day(c.when))
            for c in content.changes
        ]
        parts.append("## Changed targets\n\n" + _table(("Change", "After a test result", "Reason", "Who", "When"), changed))
    if content.reopened:
        opened = [(escape(r.stage), str(r.round), escape(r.reason), escape(r.who), day(r.when)) for r in content.reopened]
        parts.append("## Reopened stages\n\n" + _table(("Stage", "Round", "Reason", "Who", "When"), opened))
    return "\n".join(parts)


def _later(content: Content) -> str:
    rows = [(code(f.check), f.status.value, escape(f.message)) for f in ahead(content.report)]
    return "## In later stages\n\nThese do not count yet.\n\n" + _table(("Check", "State", "Finding"), rows) if rows else ""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
