"""The data's changes for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlscaffold.reports.content import clean
from mlscaffold.reports.diff.content import Changed, DataDiff

SHOWN = 8


def render(found: DataDiff) -> str:
    """Lines for people; the JSON lists every row."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: DataDiff) -> Iterable[str]:
    before, after = found.rows
    yield f"Data since {clean(found.revision)} ({found.commit[:10]}): {found.headline}; {before} rows then, {after} now"
    if found.classes[0] != found.classes[1]:
        yield f"  classes were {', '.join(map(clean, found.classes[0])) or 'none'}"
        yield f"  classes are  {', '.join(map(clean, found.classes[1])) or 'none'}"
    for split, turns in found.turns.items():
        yield f"  relabelled in {split}"
        width = max(len(clean(old)) for old, _ in turns)
        yield from (f"    {clean(old):<{width}}  →  {clean(new)}  {count}" for (old, new), count in turns.most_common())
    for title, rows in (("new", found.added), ("gone", found.removed)):
        if rows:
            yield f"  {title}: " + ", ".join(f"{name} {count}" for name, count in _by_split(rows))
            yield from _some([f"{clean(r.path)} ({clean(r.after or r.before)})" for r in rows])
    if found.moved:
        yield "  in another split"
        yield from _some([f"{clean(r.path)}: {r.before} → {r.after}" for r in found.moved])
    if found.renamed:
        yield "  renamed"
        yield from _some([f"{clean(r.before)} → {clean(r.after)}" for r in found.renamed])
    if found.contents:
        yield "  other bytes under the same name: raw pictures are never changed in place"
        yield from _some([clean(r.path) for r in found.contents])
    if found.test_touched:
        yield f"  {warning(found)}"
        yield from (f"    {clean(told)}" for told in found.tests)


def warning(found: DataDiff) -> str:
    """What another test set asks for."""
    names = found.tests_touched
    told = "The test set is" if names == ("test",) else f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
    them = "it" if len(names) == 1 else "them"
    return f"{told} not what {'it was' if len(names) == 1 else 'they were'}: evaluate the released model on {them} anew before anything is compared."


def _by_split(rows: Sequence[Changed]) -> list[tuple[str, int]]:
    names = sorted({r.split for r in rows})
    return [(name, sum(r.split == name for r in rows)) for name in names]


def _some(lines: Sequence[str]) -> Iterable[str]:
    yield from (f"    {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"    and {len(lines) - SHOWN} more"
