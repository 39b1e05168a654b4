"""The causes as a paragraph and a table in Markdown, ready for the evaluation document."""

from __future__ import annotations

from collections.abc import Sequence

from mlscaffold.evidence.judgements import UNTOLD
from mlscaffold.practice.causes import UNKNOWN, Cause
from mlscaffold.reports.causes import Sorted
from mlscaffold.reports.content import clean
from mlscaffold.reports.md import escape


def render(done: Sorted) -> str:
    """How many were looked at, the table of causes, what to do about the labels, and how far people agree."""
    whole = len(done.looked) == done.wrong
    drawn = "all" if whole else f"{len(done.looked)}, drawn at random,"
    parts = [
        f"Of the {done.n:,} {done.split} pictures {done.wrong:,} are answered wrongly ({done.wrong / done.n:.1%}); "
        f"{escape(clean(done.by))} looked at {drawn} of these mistakes. One mistake may have several causes.",
        _table(done.causes),
        "The last column is the accuracy that curing the cause wholly would add at most: a picture that is cured may be answered "
        "wrongly for another reason still.",
    ]
    if done.labels:
        parts.append(f"{done.labels.text[0].upper()}{done.labels.text[1:]}")
    parts += [_agreed(who, n, pairs) for who, n, pairs in done.agreement]
    return "\n\n".join(parts) + "\n"


def _table(causes: Sequence[Cause]) -> str:
    lines = ["| cause | mistakes | share of them (95 %) | gain at most |", "|---|---|---|---|"]
    for one in causes:
        name = UNTOLD if one.name == UNKNOWN else escape(clean(one.name))
        share = f"{one.share:.0%} ({one.interval.low:.0%} to {one.interval.high:.0%})"
        gain = "" if one.name == UNKNOWN else f"{one.gain:.3f}"
        lines.append(f"| {name} | {one.count} | {share} | {gain} |")
    return "\n".join(lines)


def _agreed(who: str, n: int, pairs: Sequence[tuple[str, float | None]]) -> str:
    told = ", ".join(
        f"{UNTOLD if name == UNKNOWN else escape(clean(name))} {'alike everywhere' if value is None else f'{value:.2f}'}"
        for name, value in pairs
    )
    return f"Cohen's kappa with {escape(clean(who))} on {n} mistakes: {told}."
