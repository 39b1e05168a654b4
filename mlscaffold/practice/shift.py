"""Is one distribution another one, or is it chance? The population stability index, with its noise floor."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from statistics import NormalDist


def psi(expected: Sequence[float], actual: Sequence[float]) -> float:
    """The population stability index of two rows of counts; half a count is added to each cell, so that none is empty."""
    total, other = sum(expected) + len(expected) / 2, sum(actual) + len(actual) / 2
    shares = [((e + 0.5) / total, (a + 0.5) / other) for e, a in zip(expected, actual, strict=True)]
    return sum((a - e) * log(a / e) for e, a in shares)


def floor(cells: int, n_first: float, n_second: float, *, comparisons: int = 1, level: float = 0.05) -> float:
    """What the index exceeds by chance alone with probability `level`, over so many comparisons (Bonferroni).

    Without a shift it is chi-square with `cells - 1` degrees of freedom, times 1/n1 + 1/n2.
    """
    if cells < 2 or n_first <= 0 or n_second <= 0:
        return 0.0
    return chi_square(cells - 1, 1 - level / max(1, comparisons)) * (1 / n_first + 1 / n_second)


def chi_square(freedom: int, probability: float) -> float:
    """A quantile of the chi-square distribution, within 1 % (Wilson and Hilferty, 1931); exact for one degree of freedom."""
    if freedom == 1:
        return NormalDist().inv_cdf((1 + probability) / 2) ** 2
    z = NormalDist().inv_cdf(probability)
    return freedom * (1 - 2 / (9 * freedom) + z * sqrt(2 / (9 * freedom))) ** 3
