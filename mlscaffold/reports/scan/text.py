"""A scan on a terminal: what was read, what is amiss with the first few names, and the next command last."""

from __future__ import annotations

import textwrap

from mlscaffold.datasets.inspection import Found, Item, Scan
from mlscaffold.model import Status
from mlscaffold.reports.content import clean
from mlscaffold.reports.text import width_of

FIRST = 3
COLOURS = {Status.FAIL: "31", Status.WARN: "33", Status.PASS: "36"}


def render(scan: Scan, *, width: int = 100, colour: bool = False) -> str:
    """The scan in lines of at most `width` columns where no word is longer."""
    names = max((len(one.kind) for one in scan.found), default=0)
    counts = max((len(f"{one.count:,}") for one in scan.found), default=0)
    lines = [line for one in scan.found for line in _finding(one, names, counts, width=width, colour=colour)]
    blocks = [_head(scan, width), lines, _end(scan, width)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def headline(scan: Scan) -> str:
    """How many were read and refused: the two add up."""
    return f"{scan.read:,} read + {scan.refused:,} refused = {scan.total:,} pictures"


def facts(scan: Scan) -> list[str]:
    """What sort of pictures they are, in a few words."""
    told = [f"{scan.bytes / 1e6:,.1f} MB", _counts(scan.formats), _counts(scan.modes)]
    if scan.sizes:
        sides = [f"{side} {low:.0f}–{high:.0f} (median {middle:.0f})" for side, (low, middle, high) in scan.sizes.items()]
        told.append(", ".join(sides))
    if scan.classes:
        told.append(f"{len(scan.classes)} class folders")
    return [one for one in told if one]


def passed(scan: Scan) -> str:
    """What else lies in the folder."""
    return _counts(scan.passed, 6, always=True)


def pace(scan: Scan) -> str:
    """How long it took, and how much of it was known already."""
    if not scan.decoded:
        return f"nothing was decoded anew, {scan.seconds:.2f} s"
    known = f", {scan.known:,} known already" if scan.known else ""
    return f"{scan.decoded:,} files in {scan.seconds:.1f} s, {scan.decoded / max(scan.seconds, 1e-9):,.0f} a second{known}"


def _counts(counts: dict[str, int], most: int = 4, *, always: bool = False) -> str:
    shown = [f"{n:,} {clean(name)}" if always or len(counts) > 1 else clean(name) for name, n in list(counts.items())[:most]]
    return ", ".join(shown) + (" …" if len(counts) > most else "")


def _head(scan: Scan, width: int) -> list[str]:
    lines = _wrap(f"{clean(scan.name)}: {headline(scan)}", width)
    lines += [f"  {line}" for line in _wrap(" · ".join(facts(scan)), width - 2)]
    if scan.passed:
        lines += [f"  {line}" for line in _wrap(f"passed over: {passed(scan)}", width - 2)]
    return lines


def _finding(one: Found, names: int, counts: int, *, width: int, colour: bool) -> list[str]:
    word = "note" if one.status is Status.PASS else one.status.value
    start = f"{word:6}{one.kind:{names}}  {one.count:>{counts},}  "
    indent = len(start) if len(start) < width // 2 else 8
    room = width - indent
    first, *rest = _wrap(one.message, width - len(start)) or [""]
    below = [*rest, *_wrap(" · ".join(map(_item, one.items[:FIRST])), room)]
    below += _wrap(one.fix, room) if one.fix else []
    painted = f"\033[{COLOURS[one.status]}m{word:6}\033[0m{start[6:]}" if colour else start
    return [painted + first, *(" " * indent + line for line in below)]


def _item(item: Item) -> str:
    names = " = ".join(clean(path) for path in item.paths[:3]) + (" = …" if len(item.paths) > 3 else "")
    return f"{names} ({clean(item.words)})" if item.words else names


def _end(scan: Scan, width: int) -> list[str]:
    bad = sum(one.status is Status.FAIL for one in scan.found)
    odd = sum(one.status is Status.WARN for one in scan.found)
    said = [f"{n} {word}{'s' if n > 1 else ''}" for n, word in ((bad, "fault"), (odd, "warning")) if n]
    line = f"{', '.join(said) or 'Nothing is amiss'}; {pace(scan)}."
    lines = _wrap(line, width)
    if scan.found:
        lines.append("Next: look at them with --format html; --format json lists every one.")
    return lines


def _wrap(text: str, width: int) -> list[str]:
    """Lines of at most this many columns; a name is never cut, so that it can be copied."""
    if width_of(text) <= width:
        return [text] if text else []
    return textwrap.wrap(text, max(width, 24), break_long_words=False, break_on_hyphens=False)
