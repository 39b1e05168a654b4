"""Is one distribution another one, or is it chance? The population stability index, with its noise floor."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, sqrt
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


def chi_square_above(value: float, freedom: int) -> float:
    """The chance that a chi-square value is exceeded: the upper tail of the gamma function, by series or continued fraction.

    Source: Press et al., "Numerical Recipes" (2007), 6.2.
    """
    a, x = freedom / 2, value / 2
    if x <= 0:
        return 1.0
    front = exp(-x + a * log(x) - lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        step = a
        while term > total * 1e-15:
            step += 1
            term *= x / step
            total += term
        return max(0.0, 1 - total * front)
    tiny = 1e-300
    b, c = x + 1 - a, 1 / tiny
    d = fraction = 1 / b
    for i in range(1, 10_000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b or tiny)
        c = b + an / c or tiny
        fraction *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return front * fraction
