"""One metric of one table of predictions, with its interval: what a threshold is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlscaffold.practice import intervals, metrics

Row = tuple[str, str, dict[str, float]]
"""Label, prediction, probability by class."""


@dataclass(frozen=True)
class Value:
    """A number with its 95 % interval and the count that it hangs on; NaN where it is undefined."""

    value: float
    low: float
    high: float
    n: int

    @property
    def text(self) -> str:
        """The number as people write it: `0.860 (0.80 to 0.91, n = 150)`."""
        return f"{self.value:.3f} ({self.low:.2f} to {self.high:.2f}, n = {self.n})"


def measure(name: str, rows: Sequence[Row], classes: Sequence[str], *, of_class: str = "") -> Value:
    """A metric of acceptance.toml, recomputed; a metric of one class needs `of_class`."""
    if name == "log_loss":
        return _log_loss(rows)
    matrix = metrics.confusion([(label, said) for label, said, _ in rows], classes)
    if of_class:
        return _of_class(name, matrix, list(classes).index(of_class))
    value = metrics.OF_MATRIX[name](matrix)
    if value is None:
        return Value(math.nan, math.nan, math.nan, len(rows))
    if name in ("accuracy", "f1_micro"):
        return Value(value, *intervals.wilson(value * len(rows), len(rows)), len(rows))
    # Fewer draws for many classes: one draw costs the cells of the matrix.
    replicates = max(100, min(1000, 400_000 // len(classes) ** 2))
    found = intervals.bootstrap_confusion(matrix, {name: metrics.OF_MATRIX[name]}, replicates=replicates)[name]
    low, high = found or (value, value)
    return Value(value, min(low, value), max(high, value), len(rows))


def _of_class(name: str, matrix: list[list[int]], place: int) -> Value:
    scores = metrics.class_scores(matrix)[place]
    n = {"precision": scores.predicted, "recall": scores.support, "f1": (scores.predicted + scores.support) // 2}[name]
    value = getattr(scores, name)
    if value is None:
        return Value(math.nan, 0.0, 1.0, n)
    return Value(value, *intervals.wilson(value * n, n), n)


def _log_loss(rows: Sequence[Row]) -> Value:
    each = [metrics.log_loss([(label, shares)]) or 0.0 for label, _, shares in rows]
    n = len(each)
    mean = math.fsum(each) / n if n else math.nan
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in each) / (n - 1)) if n > 1 else 0.0
    half = intervals.Z95 * spread / math.sqrt(n) if n else 0.0
    return Value(mean, max(0.0, mean - half), mean + half, n)
