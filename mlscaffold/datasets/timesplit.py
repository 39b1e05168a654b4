"""Deal rows by time: the oldest to train, the newest to test, so that no model is asked about a past that it has learned from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from mlscaffold.datasets.splits import (
    LEARNED,
    SHARES,
    Dealt,
    Row,
    bundled,
    check_shares,
    learnable,
    places_before,
    result,
    settled,
)
from mlscaffold.errors import ScaffoldError
from mlscaffold.splitnames import AUGMENTED, is_named_test

ORDER = ("train", "validation", "test")


class Cuts(NamedTuple):
    """The newest moment of train and of validation: what is later than both goes into test."""

    train: float
    validation: float


def moment(text: str) -> float | None:
    """A number to sort by: of a date (ISO 8601, also without separators; UTC where no zone is told) its seconds, of a number itself."""
    text = text.strip()
    digits = text.replace(".", "", 1).removeprefix("-")
    if digits.isdecimal() and len(text) != 8:  # 20260314 is a date
        return float(text)
    text = re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", text)  # as cameras write it (EXIF)
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def split_by_time(
    rows: Iterable[Row],
    times: Mapping[str, str],
    *,
    shares: Mapping[str, float] | None = None,
    before: Iterable[Row] = (),
    together: Iterable[Sequence[str]] = (),
    extra: Collection[str] = (),
) -> Dealt:
    """Give every row a split by the time of its picture (path -> date or number); raises where a time cannot be read.

    Rows that belong together (group, equal or alike files) go where the newest of them goes. Rows that have a split keep it, and
    their newest moments are the cuts for new rows. Equal times never lie on both sides of a cut. Eyeball is drawn from the
    period of validation by content, so that both see the same days; `augmented`, where there are extra sources, from that of train.
    A picture of an extra source (`extra`: their paths) needs no time; one that is newer than train goes nowhere.
    """
    dealt = check_shares(shares or SHARES, extra=bool(extra))
    rows, before = sorted(rows, key=lambda row: row.path), list(before)
    own = [row for row in rows if row.path not in extra]
    when = _moments(own, times)
    told = {path: moment(times.get(path, "")) for path in extra}
    when |= {path: float("-inf") if time is None else time for path, time in told.items()}
    kept, bundles = places_before(rows, before), bundled(rows, together)
    held = [(when[row.path], kept[row.path]) for row in own if row.path in kept and not is_named_test(kept[row.path])]
    first = sum(dealt.get(name, 0) for name in LEARNED)
    middle = dealt.get("validation", 0) + dealt.get("eyeball", 0)
    cuts = _cuts_before(held) if held else _cuts(sorted(when[row.path] for row in own), first, middle)
    parts = {
        "train": (AUGMENTED, dealt.get(AUGMENTED, 0) / first),
        "validation": ("eyeball", dealt.get("eyeball", 0) / (middle or 1)),
    }
    opens = AUGMENTED in dealt and AUGMENTED not in kept.values()
    keeps = learnable(kept, extra)
    choice: dict[str, str] = {}
    unplaced: list[str] = []
    for bundle in bundles:
        old = {row.path: keeps[row.path] for row in bundle if row.path in keeps}
        if old and not (opens and set(old.values()) == {"train"}):
            found = settled(bundle, old)
        else:
            place = "train" if old else _place(max(when[row.path] for row in bundle), cuts)
            part, share = parts.get(place, (place, 0))
            found = dict.fromkeys((row.path for row in bundle), part if _drawn(bundle, share) else place)
        unplaced += [path for path, place in found.items() if path in extra and place not in LEARNED]
        choice |= found
    rows = [replace(row, split=choice[row.path]) for row in rows if row.path not in set(unplaced)]
    return result(rows, before, kept=kept, bundles=bundles, unplaced=unplaced)


def _moments(rows: Sequence[Row], times: Mapping[str, str]) -> dict[str, float]:
    found = {row.path: moment(times.get(row.path, "")) for row in rows}
    unread = sorted(path for path, value in found.items() if value is None)
    if unread:
        shown = f'"{times[unread[0]]}"' if times.get(unread[0]) else "empty"
        raise ScaffoldError(
            f"{len(unread)} of {len(rows)} pictures have no time that can be read, first {unread[0]}: {shown}.",
            reference="unreadable-time",
            hint="Write dates as 2026-03-14 or 2026-03-14T09:30:00Z, or numbers that grow with time.",
        )
    return {path: value for path, value in found.items() if value is not None}


def _cuts(moments: Sequence[float], train: float, middle: float) -> Cuts:
    """Cuts at these shares of the pictures; a tie at a cut belongs to the earlier side, unless nothing would be left for the later one:
    of a few moments (years) the newest is the test set.
    """
    n = len(moments)
    first = moments[max(0, min(n - 1, round(train * n) - 1))]
    second = moments[max(0, min(n - 1, round((train + middle) * n) - 1))]
    values = sorted(set(moments))
    if len(values) > 1 and train + middle < 1 - 1e-9 and second >= values[-1]:
        second = values[-2]
        first = min(first, second)
    if len(values) > 2 and middle > 0 and first >= second > values[0]:
        first = max(value for value in values if value < second)
    return Cuts(first, max(first, second))


def _cuts_before(held: Sequence[tuple[float, str]]) -> Cuts:
    """The cuts that the rows with a split were made by."""
    train = max((t for t, split in held if split in LEARNED), default=float("-inf"))
    middle = max((t for t, split in held if split in ("validation", "eyeball")), default=train)
    return Cuts(train, max(train, middle))


def _place(time: float, cuts: Cuts) -> str:
    return "train" if time <= cuts.train else "validation" if time <= cuts.validation else "test"


def _drawn(bundle: Sequence[Row], share: float) -> bool:
    """Whether a bundle is one of this share, by content alone."""
    return int(sha256(min(row.digest for row in bundle).encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < share
