"""Parts of a data set on which a model does worse than on the whole, by more than chance and the number of looks explain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mlscaffold.practice.intervals import Interval, wilson

FEWEST = 30
MOST_VALUES = 20
QUARTERS = 4
VERDICTS = frozenset(["", "true", "false", "1", "0", "1.0", "0.0", "yes", "no", "+", "-", "x", "right", "wrong", "correct", "incorrect", "ok", "error"])  # fmt: skip


@dataclass(frozen=True)
class Slice:
    """The rows that share a value of a column: how many, the share that is right and its 95 % interval."""

    column: str
    value: str
    n: int
    right: int
    interval: Interval

    @property
    def accuracy(self) -> float:
        """The share that is right."""
        return self.right / self.n


@dataclass(frozen=True)
class Slices:
    """How many slices were large enough to judge, and the weak ones, the most mistakes above the average first."""

    looked_at: int
    weak: tuple[Slice, ...]


def weak_slices(columns: Mapping[str, Sequence[str]], right: Sequence[bool], *, fewest: int = FEWEST) -> Slices:
    """The slices of at least `fewest` rows that are worse than the whole.

    A column counts with 2 to 20 different values; one with more that are all numbers is cut into quarters. Of m slices looked
    at, one is weak if the upper end of its Wilson interval at confidence 1 - 0.05 / m is below the accuracy of the whole, so
    that in 19 of 20 audits of an even model none is (Bonferroni).
    """
    n = len(right)
    if not n:
        return Slices(0, ())
    overall = sum(right) / n
    found: list[Slice] = []
    for column, cells in columns.items():
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for value, good in zip(_values(cells, fewest), right, strict=True):
            count = counts[value]
            count[0] += 1
            count[1] += good
        if len(counts) < 2 or _restates(counts):
            continue
        found += [Slice(column, v, m, hits, wilson(hits, m)) for v, (m, hits) in counts.items() if v and m >= fewest]
    strict = 1 - 0.05 / max(1, len(found))
    weak = [one for one in found if wilson(one.right, one.n, confidence=strict).high < overall]
    return Slices(len(found), tuple(sorted(weak, key=lambda s: (s.right - s.n * overall, s.column, s.value))))


def _restates(counts: Mapping[str, Sequence[int]]) -> bool:
    """Whether a column only says again which rows are right: `correct`, `error`."""
    words = {value.strip().casefold() for value in counts}
    return words <= VERDICTS and all(hits in (0, n) for n, hits in counts.values())


def _values(cells: Sequence[str], fewest: int) -> Iterator[str]:
    """The value that each cell stands for; nothing for all of a column that has too many."""
    kinds = set(cells)
    if len(kinds) <= MOST_VALUES:
        return iter(cells)
    if len(cells) >= QUARTERS * fewest and (cut := _quarters(cells)):
        return cut
    return iter([""] * len(cells))


def _quarters(cells: Sequence[str]) -> Iterator[str] | None:
    """Quarters of a column of numbers, named by their ends."""
    try:
        values = [float(cell) if cell else math.nan for cell in cells]
    except ValueError:
        return None
    ordered = sorted(value for value in values if math.isfinite(value))
    if len(ordered) < len(cells) / 2:
        return None
    cuts = [ordered[len(ordered) * i // QUARTERS] for i in range(1, QUARTERS)]
    names = [
        f"below {cuts[0]:g}",
        *(f"{a:g} to below {b:g}" for a, b in pairwise(cuts)),
        f"{cuts[-1]:g} and more",
    ]
    return (names[sum(value >= cut for cut in cuts)] if math.isfinite(value) else "" for value in values)
