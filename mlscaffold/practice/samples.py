"""Are two samples of a number drawn from one distribution? Kolmogorov and Smirnov's test, how far apart they lie, and what many tests cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt


@dataclass(frozen=True)
class Comparison:
    """`distance`: the largest gap between the two cumulative shares (0 to 1); `delta`: how much more often a value of the second is
    above one of the first than below (Cliff, −1 to 1); `chance`: how often chance alone gives such a distance."""

    distance: float
    delta: float
    chance: float


def compare(first: Sequence[float], second: Sequence[float], *, weight: tuple[float, float] = (1.0, 1.0)) -> Comparison:
    """Compare two samples by their ranks only, so that no outlier and no scale matters; of an empty one nothing is known.

    `weight`: independent observations a value, below 1 where values come in groups. The chance is that of the two-sample test of
    Kolmogorov and Smirnov in Stephens' form (1970), within a few per cent of the exact one from ten values on; ties make it larger.
    """
    if not first or not second:
        return Comparison(0.0, 0.0, 1.0)
    import numpy as np

    a, b = np.sort(np.asarray(first, dtype=np.float64)), np.sort(np.asarray(second, dtype=np.float64))
    steps = np.concatenate([a, b])
    shares = (np.searchsorted(a, steps, side="right") / len(a), np.searchsorted(b, steps, side="right") / len(b))
    distance = float(abs(shares[0] - shares[1]).max())
    above = int(np.searchsorted(a, b, side="left").sum() + np.searchsorted(a, b, side="right").sum())
    delta = above / (len(a) * len(b)) - 1
    n, m = len(a) * weight[0], len(b) * weight[1]
    root = sqrt(n * m / (n + m))
    return Comparison(distance, delta, kolmogorov((root + 0.12 + 0.11 / root) * distance))


def kolmogorov(value: float) -> float:
    """The chance that Kolmogorov's statistic exceeds a value."""
    if value < 0.2:
        return 1.0
    terms = [(2.0 if k % 2 else -2.0) * exp(-2 * k * k * value * value) for k in range(1, 101)]
    return min(1.0, max(0.0, sum(terms)))


def holm(chances: Sequence[float]) -> list[float]:
    """The chances, corrected for how many there are (Holm, 1979): as safe as Bonferroni's, and never weaker."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    corrected, before = [0.0] * len(chances), 0.0
    for rank, i in enumerate(order):
        before = max(before, min(1.0, (len(chances) - rank) * chances[i]))
        corrected[i] = before
    return corrected
