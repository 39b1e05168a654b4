"""Does one property tell another one, or is it chance? Mutual information of two columns of names, with its noise floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from mlscaffold.practice.shift import chi_square

LEVEL = 0.001


@dataclass(frozen=True)
class Association:
    """How much two properties know of each other: `information` (nats) beyond the bias of small samples, `share` of what the poorer of
    them could know at most, `chance` (nats) that chance alone exceeds once in a thousand, and how often the second is guessed right by
    the first (`by_it`) and without it (`without`)."""

    n: int
    information: float
    share: float
    chance: float
    by_it: float
    without: float

    @property
    def beyond_chance(self) -> bool:
        """Whether chance does not explain it."""
        return self.information > self.chance


def associate(pairs: Sequence[tuple[str, str]], *, weight: float = 1.0, comparisons: int = 1) -> Association:
    """What the first of each pair knows of the second.

    Under independence 2 n times the information is chi-square with (rows - 1)(columns - 1) degrees of freedom; its mean is taken off
    (Miller and Madow, 1955). `weight`: independent observations a pair, below 1 where pictures come in groups.
    """
    n = len(pairs)
    both, first, second = Counter(pairs), Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    freedom = (len(first) - 1) * (len(second) - 1)
    without = max(second.values(), default=0) / max(1, n)
    if freedom < 1 or not n:
        return Association(n, 0.0, 0.0, 0.0, without, without)
    effective = n * weight
    raw = sum(k / n * log(k * n / (first[a] * second[b])) for (a, b), k in both.items())
    bias = freedom / (2 * effective)
    most = min(_entropy(first.values(), n), _entropy(second.values(), n))
    right: dict[str, int] = {}
    for (a, _), k in both.items():
        right[a] = max(right.get(a, 0), k)
    information = max(0.0, raw - bias)
    chance = chi_square(freedom, 1 - LEVEL / max(1, comparisons)) / (2 * effective) - bias
    return Association(n, information, min(1.0, information / most), chance, sum(right.values()) / n, without)


def _entropy(counts: Iterable[int], n: int) -> float:
    return -sum(k / n * log(k / n) for k in counts)
