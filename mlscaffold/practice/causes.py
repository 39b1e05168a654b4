"""Causes of mistakes: how many have each, with its interval, and what curing it could gain at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mlscaffold.practice.intervals import Interval, wilson
from mlscaffold.practice.metrics import kappa

WRONG_LABEL = "wrong label"
"""The cause that is always asked for: it is the data's mistake, not the model's."""
UNKNOWN = "unsure"
"""The cause cannot be told: such a mistake counts among those that were looked at, and gains nothing."""


@dataclass(frozen=True)
class Cause:
    """One cause: how many mistakes have it, their share with its 95 % interval, and the accuracy that curing it wholly would add."""

    name: str
    count: int
    share: float
    interval: Interval
    gain: float


def tally(ticked: Sequence[Collection[str]], *, mistakes: int, n: int) -> tuple[Cause, ...]:
    """Count the causes of mistakes that were looked at, the most frequent first; one mistake may have several.

    `mistakes` is how many the model made on the split, `n` how many pictures the split has. Curing a cause gains at most its share
    of all mistakes, so share × mistakes / n: cured pictures may be answered wrongly for another reason still. Sources: A. Ng, "Machine
    Learning Yearning" (2018), chapters 14 to 19; Wilson's interval.
    """
    looked = len(ticked)
    counted = Counter(name for causes in ticked for name in set(causes))
    rows = []
    for name, count in sorted(counted.items(), key=lambda item: (item[0] == UNKNOWN, -item[1], item[0])):
        share = count / looked
        gain = 0.0 if name == UNKNOWN or not n else share * mistakes / n
        rows.append(Cause(name, count, share, wilson(count, looked), gain))
    return tuple(rows)


def agreement(mine: Mapping[str, Collection[str]], theirs: Mapping[str, Collection[str]]) -> tuple[tuple[str, float | None], ...]:
    """Cohen's kappa of two people for each cause that either ticked, over the mistakes that both looked at.

    None where chance alone explains everything: both ticked it everywhere.
    """
    both = sorted(mine.keys() & theirs.keys())
    names = sorted({name for item in both for name in (*mine[item], *theirs[item])})
    found = []
    for name in names:
        cells = Counter((name in mine[item], name in theirs[item]) for item in both)
        found.append((name, kappa([[cells[a, b] for b in (True, False)] for a in (True, False)])))
    return tuple(found)
