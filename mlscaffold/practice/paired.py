"""The difference of two models on the same examples, in any metric, and whether it is more than chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlscaffold.practice import comparison, intervals, metrics
from mlscaffold.practice.thresholds import Row

COUNTED = ("accuracy", "f1_micro")


@dataclass(frozen=True)
class Difference:
    """Two values of a metric; `gain` is positive where the first model is better, whichever way the metric points."""

    first: float
    second: float
    gain: float
    significant: bool
    text: str


def difference(metric: str, first: Sequence[Row], second: Sequence[Row], *, classes: Sequence[str], seed: int = 0) -> Difference:
    """Compare row by row: exact McNemar for accuracy, the normal interval for log loss, else a paired bootstrap of 95 %."""
    if metric in COUNTED:
        return _counted(first, second)
    if metric == "log_loss":
        return _losses(first, second)
    import numpy as np

    function, index = metrics.OF_MATRIX[metric], {name: i for i, name in enumerate(classes)}
    k, n = len(classes), len(first)
    cells = [np.array([index[label] * k + index[said] for label, said, _ in rows]) for rows in (first, second)]

    def score(drawn: list[int] | None, place: int) -> float:
        chosen = cells[place] if drawn is None else cells[place][drawn]
        return function(np.bincount(chosen, minlength=k * k).reshape(k, k).tolist()) or 0.0

    draws = np.random.default_rng(seed).integers(0, n, size=(max(200, min(1000, 400_000 // k**2)), n))
    gains = sorted(score(draw, 0) - score(draw, 1) for draw in draws)
    low, high = (float(value) for value in np.quantile(gains, [0.025, 0.975]))
    one, other = score(None, 0), score(None, 1)
    significant = (low > 0 or high < 0) and abs(one - other) > 0
    return Difference(one, other, one - other, significant, f"{one - other:+.3f}, 95 % from {low:+.3f} to {high:+.3f}")


def _counted(first: Sequence[Row], second: Sequence[Row]) -> Difference:
    right = [(a[0] == a[1], b[0] == b[1]) for a, b in zip(first, second, strict=True)]
    n, one, other = len(right), sum(a for a, _ in right), sum(b for _, b in right)
    p = comparison.mcnemar(sum(a and not b for a, b in right), sum(b and not a for a, b in right))
    return Difference(one / n, other / n, (one - other) / n, p < 0.05, f"{one - other:+d} of {n} pictures, p = {p:.2g}")


def _losses(first: Sequence[Row], second: Sequence[Row]) -> Difference:
    each = [[metrics.log_loss([(label, shares)]) or 0.0 for label, _, shares in rows] for rows in (first, second)]
    gains = [b - a for a, b in zip(*each, strict=True)]
    n = len(gains)
    gain = math.fsum(gains) / n
    spread = math.sqrt(math.fsum((g - gain) ** 2 for g in gains) / (n - 1)) if n > 1 else math.inf
    half = intervals.Z95 * spread / math.sqrt(n)
    means = [math.fsum(values) / n for values in each]
    return Difference(means[0], means[1], gain, abs(gain) > half, f"{-gain:+.3f} ± {half:.3f}")
