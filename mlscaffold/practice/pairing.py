"""Is one model better than another on a metric that is no plain share? The bootstrap of the difference, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from mlscaffold.practice.intervals import Interval
from mlscaffold.practice.metrics import Matrix

DUST = 9
"""Digits of a difference: beyond them is what the order of a sum leaves, and 0 is 0."""
Triple = tuple[str, str, str]
"""Label, what the first model says, what the second says."""


def difference(
    rows: Sequence[Triple],
    classes: Sequence[str],
    metric: Callable[[Matrix], float | None],
    *,
    replicates: int = 1000,
    seed: int = 0,
) -> tuple[float, Interval]:
    """The metric of the first model less that of the second on the same rows, and its 95 % interval.

    Rows are drawn anew with their three labels together, as counts of the distinct ones. The seed is fixed.
    """
    import numpy as np

    counts = Counter(rows)
    support = Counter(label for label, _, _ in rows)
    # By what they are, not by their names: a class that is renamed draws the same numbers.
    kinds = sorted(
        counts, key=lambda k: (-counts[k], -support[k[0]], k[0] == k[1], k[0] == k[2], -support[k[1]], -support[k[2]], k)
    )
    n = len(rows)
    place = {name: i for i, name in enumerate(classes)}

    def value(weights: Sequence[int]) -> float:
        tables = [[[0] * len(classes) for _ in classes] for _ in range(2)]
        for (label, *said), weight in zip(kinds, weights, strict=True):
            for table, answer in zip(tables, said, strict=True):
                table[place[label]][place[answer]] += weight
        first, second = (metric(table) or 0.0 for table in tables)
        return first - second

    shares = np.array([counts[kind] for kind in kinds]) / n
    few = replicates if len(classes) <= 20 else max(200, replicates // 4)
    draws = np.random.default_rng(seed).multinomial(n, shares, size=few).tolist()
    low, high = np.quantile([round(value(draw), DUST) + 0.0 for draw in draws], [0.025, 0.975])
    return value([counts[kind] for kind in kinds]), Interval(float(low), float(high))
