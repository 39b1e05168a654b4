"""Intervals of proportions, and of everything that follows from a confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb, exp, lgamma, log, sqrt
from typing import NamedTuple

Z95 = 1.959963984540054


class Interval(NamedTuple):
    """A lower and an upper end."""

    low: float
    high: float

    @property
    def half(self) -> float:
        """Half of the width."""
        return (self.high - self.low) / 2


def quantile(confidence: float = 0.95) -> float:
    """Standard deviations of a normal distribution that hold `confidence` of it, two-sided (1.96 for 0.95)."""
    if confidence == 0.95:
        return Z95
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(successes: float, n: int, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a proportion: honest near 0 and 1, where the plain normal one is not.

    Source: E. B. Wilson, "Probable inference", JASA 22 (1927). `n` of 0 gives (0, 1): nothing is known.
    """
    if n <= 0:
        return Interval(0.0, 1.0)
    z2 = quantile(confidence) ** 2
    share = successes / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if successes <= 0 else max(0.0, centre - half)
    high = 1.0 if successes >= n else min(1.0, centre + half)
    return Interval(low, high)


def clopper_pearson(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    """The exact binomial interval: never narrower than it says, so wider than Wilson's.

    Source: Clopper and Pearson, Biometrika 26 (1934); the ends are found by bisection of the binomial tails.
    """
    if n <= 0:
        return Interval(0.0, 1.0)
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else _bisect(lambda p: 1 - at_most(successes - 1, n, p) < tail)
    high = 1.0 if successes == n else _bisect(lambda p: at_most(successes, n, p) > tail)
    return Interval(low, high)


def at_most(k: int, n: int, p: float) -> float:
    """The probability of at most `k` successes in `n` trials of probability `p`."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0.0:
        return 1.0
    if p >= 1.0:
        return 0.0
    if n <= 60:
        return min(1.0, sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1)))
    whole, yes, no = lgamma(n + 1), log(p), log(1 - p)
    return min(1.0, sum(exp(whole - lgamma(i + 1) - lgamma(n - i + 1) + i * yes + (n - i) * no) for i in range(k + 1)))


def _bisect(below: Callable[[float], bool]) -> float:
    """The point in (0, 1) up to which `below` holds."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def bootstrap_confusion(
    matrix: Sequence[Sequence[int]],
    statistics: dict[str, Callable[[Sequence[Sequence[int]]], float | None]],
    *,
    replicates: int = 2000,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval | None]:
    """Percentile intervals of functions of a confusion matrix, by multinomial draws of the whole matrix.

    One draw costs the number of cells, not of rows, so it is some 200 times faster than resampling rows and the same in law.
    The seed is fixed: the same matrix gives the same interval. A statistic that is undefined in a draw leaves that draw out;
    one that is never defined has no interval.
    """
    import numpy as np

    counts = np.asarray(matrix, dtype=np.int64)
    n = int(counts.sum())
    if n == 0:
        return dict.fromkeys(statistics)
    draws = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=replicates).reshape(replicates, *counts.shape)
    tail = (1 - confidence) / 2
    values: dict[str, list[float]] = {name: [] for name in statistics}
    for draw in draws.tolist():
        for name, statistic in statistics.items():
            if (value := statistic(draw)) is not None:
                values[name].append(value)
    return {name: _percentiles(found, tail) for name, found in values.items()}


def _percentiles(values: list[float], tail: float) -> Interval | None:
    """The values that cut off `tail` at either end; none of no values."""
    if not values:
        return None
    import numpy as np

    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))
