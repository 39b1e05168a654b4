"""Intervals of accuracy and macro F1, also where rows come in groups that hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from mlscaffold.practice.intervals import Interval, quantile, wilson

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

REPLICATES = 1000
LARGEST = 4_000_000
"""Groups times cells of the confusion matrix up to which groups are drawn; above, macro F1 has no interval."""


@dataclass(frozen=True)
class Intervals:
    """95 % intervals, in the order of the metrics; None where nothing can be said."""

    accuracy: Interval
    f1_macro: Interval | None
    recall_macro: Interval | None


def intervals(pairs: Sequence[tuple[str, str]], groups: Sequence[str] = (), *, seed: int = 0) -> Intervals:
    """Intervals for (label, prediction) rows: Wilson's for accuracy, a bootstrap of the confusion matrix for the macro ones.

    With groups whole groups are drawn: rows of one patient or one recording are no independent evidence, and an interval that
    takes them for it is too narrow.
    """
    import numpy as np

    counts = Counter(pairs)
    right = sum(count for (label, said), count in counts.items() if label == said)
    plain = wilson(right, len(pairs))
    if not pairs or len(counts) > 20_000:
        return Intervals(plain, None, None)
    cells = list(counts)
    generator = np.random.default_rng(seed)
    if not groups:
        share = np.array([counts[cell] for cell in cells]) / len(pairs)
        draws = generator.multinomial(len(pairs), share, size=REPLICATES)
        _, f1, recall = _macro(draws, cells)
        # Where no mistake can be drawn, that none was made is not that none will be.
        ends = [plain if found.low == found.high else found for found in (_ends(f1), _ends(recall))]
        return Intervals(plain, *ends)
    members: dict[str, int] = {}
    index = [members.setdefault(group, len(members)) for group in groups]
    if len(members) < 2:
        return Intervals(Interval(0.0, 1.0), None, None)
    if len(members) * len(cells) > LARGEST or len(members) > 20_000:
        return Intervals(_of_groups(index, pairs), None, None)
    place = {cell: i for i, cell in enumerate(cells)}
    table = np.zeros((len(members), len(cells)))
    np.add.at(table, (np.array(index), np.array([place[pair] for pair in pairs])), 1)
    even = np.full(len(members), 1 / len(members))
    drawn = np.concatenate([generator.multinomial(len(members), even, size=50) @ table for _ in range(REPLICATES // 50)])
    accuracy, f1, recall = _macro(drawn, cells)
    return Intervals(_ends(accuracy), _ends(f1), _ends(recall))


def _of_groups(index: list[int], pairs: Sequence[tuple[str, str]]) -> Interval:
    """The normal interval of accuracy for many groups: what drawing groups tends to."""
    import numpy as np

    groups = np.array(index)
    right = np.array([label == said for label, said in pairs], dtype=np.float64)
    share = float(right.mean())
    residuals = np.bincount(groups, weights=right - share)
    half = quantile() * sqrt(float((residuals**2).sum())) / len(right)
    return Interval(max(0.0, share - half), min(1.0, share + half))


def _macro(draws: Array, cells: list[tuple[str, str]]) -> tuple[Array, Array, Array]:
    """Accuracy, macro F1 and macro recall of every draw; a draw is a count a cell."""
    import numpy as np

    names = sorted({name for cell in cells for name in cell})
    place = {name: i for i, name in enumerate(names)}
    labels, said = (np.array([place[cell[side]] for cell in cells]) for side in (0, 1))
    shape = (len(draws), len(names))
    support, predicted, hits = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for i, (label, answer) in enumerate(zip(labels, said, strict=True)):
        support[:, label] += draws[:, i]
        predicted[:, answer] += draws[:, i]
        if label == answer:
            hits[:, label] += draws[:, i]
    total = np.maximum(draws.sum(axis=1), 1)
    both = support + predicted
    both[:, [i for i, name in enumerate(names) if not name]] = 0  # no answer is no class
    f1 = np.divide(2 * hits, both, out=np.zeros(shape), where=both > 0).sum(axis=1) / np.maximum((both > 0).sum(axis=1), 1)
    there = support > 0
    recall = np.divide(hits, support, out=np.zeros(shape), where=there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return hits.sum(axis=1) / total, f1, recall


def _ends(values: Array) -> Interval:
    import numpy as np

    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(low), float(high))


def ranking(scores: Sequence[float], positive: Sequence[bool]) -> tuple[float, Interval] | None:
    """Area under the ROC curve with its 95 % interval (Hanley and McNeil, Radiology 143 (1982)); None with one class only."""
    import numpy as np

    yes = np.array(positive, dtype=bool)
    values = np.array(scores, dtype=np.float64)
    n, m = int(yes.sum()), int((~yes).sum())
    if not n or not m or not np.isfinite(values).all():
        return None
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    area = float((ranks[yes].sum() - n * (n + 1) / 2) / (n * m))
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (area * (1 - area) + (n - 1) * (first - area**2) + (m - 1) * (second - area**2)) / (n * m)
    half = quantile() * sqrt(max(0.0, variance))
    return area, Interval(max(0.0, area - half), min(1.0, area + half))
