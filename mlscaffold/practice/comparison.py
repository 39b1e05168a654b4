"""Is one model better than another, and how much of it is luck?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

from mlscaffold.errors import ScaffoldError

EXACT = 1000
"""Differing examples up to which the test is computed in whole numbers."""


@dataclass(frozen=True)
class Comparison:
    """Two models on the same examples: what only one of them got right, and how likely so uneven a count is by chance."""

    n: int
    only_first: int
    only_second: int
    p: float

    @property
    def gain(self) -> float:
        """Accuracy of the first less that of the second."""
        return (self.only_first - self.only_second) / self.n if self.n else 0.0

    @property
    def significant(self) -> bool:
        """Whether the difference, in either direction, is more than chance at the 5 % level."""
        return self.p < 0.05


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p of McNemar's test: only examples on which the two models differ count.

    Source: Q. McNemar, Psychometrika 12 (1947); a binomial test of `only_first` against one half, in whole numbers.
    """
    n = only_first + only_second
    if n == 0:
        return 1.0
    if n > EXACT:
        return _tails(min(only_first, only_second), n)
    term = total = 1
    for i in range(min(only_first, only_second)):
        term = term * (n - i) // (i + 1)
        total += term
    return float(min(1.0, 2 * total / 2**n))


def _tails(k: int, n: int) -> float:
    """Both tails of a fair binomial from its k-th term outwards: the same to nine digits, without numbers of n bits."""
    term = total = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2))
    while k and term > total * 1e-17:
        term *= k / (n - k + 1)
        total += term
        k -= 1
    return min(1.0, 2 * total)


def compare(labels: Mapping[str, str], first: Mapping[str, str], second: Mapping[str, str]) -> Comparison:
    """Compare the predictions of two models, id by id; both must answer exactly the labelled ids."""
    for name, predictions in (("first", first), ("second", second)):
        if predictions.keys() != labels.keys():
            odd = sorted(predictions.keys() ^ labels.keys())
            raise ScaffoldError(
                f"The {name} predictions are not of the same {len(labels)} examples: {len(odd)} differ, first {odd[0]}.",
                reference="predictions-not-paired",
                hint="Predict the same split with both models.",
            )
    right = [(first[key] == label, second[key] == label) for key, label in labels.items()]
    only_first = sum(a and not b for a, b in right)
    only_second = sum(b and not a for a, b in right)
    return Comparison(len(labels), only_first, only_second, mcnemar(only_first, only_second))


def needed_gain(discordant: int) -> int:
    """The smallest net number of examples gained, of `discordant` that differ, that is significant; 0 if none is."""
    for fewer in range(discordant // 2, -1, -1):
        if mcnemar(discordant - fewer, fewer) < 0.05:
            return discordant - 2 * fewer
    return 0


def peeking(value: float, n: int, looks: int) -> float:
    """By how much the best of `looks` results on one test set of `n` exceeds the truth, on average.

    sqrt(p (1 - p) / n) times sqrt(2 ln K), for K independent looks: an upper estimate, since looks resemble each other.
    """
    if looks <= 1 or n <= 0:
        return 0.0
    return sqrt(value * (1 - value) / n) * sqrt(2 * log(looks))
