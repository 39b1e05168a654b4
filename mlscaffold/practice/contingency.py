"""Two columns of names against each other: how strongly they go together (Cramér's V), and the combinations that never occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

from mlscaffold.practice.intervals import Interval, bootstrap_confusion
from mlscaffold.practice.shift import chi_square_above

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Dependence:
    """Cramér's V (0: they know nothing of each other, 1: one tells the other), its 95 % interval, and how often chance gives such a table."""

    v: float
    interval: Interval
    chance: float


@dataclass(frozen=True)
class Hole:
    """A combination that never occurs, though both are common: how many pictures it would have if they were independent, and the
    chance that it is empty all the same."""

    first: str
    second: str
    expected: float
    chance: float


def dependence(pairs: Pairs, *, weight: float = 1.0) -> Dependence:
    """How strongly the two go together; `weight`: independent observations a pair, below 1 where they come in groups.

    V is corrected for the size of the table (Bergsma, 2013), the chance is that of Pearson's chi-square, the interval is by bootstrap.
    """
    matrix = _matrix(pairs)
    rows, columns, n = len(matrix), len(matrix[0]) if matrix else 0, len(pairs) * weight
    if min(rows, columns) < 2:
        return Dependence(0.0, Interval(0.0, 1.0), 1.0)
    scaled = [[round(cell * weight) for cell in row] for row in matrix]
    interval = bootstrap_confusion(scaled, {"v": cramers_v}, replicates=500)["v"]
    chance = chi_square_above(n * _phi2(matrix), (rows - 1) * (columns - 1))
    return Dependence(cramers_v(matrix) or 0.0, interval or Interval(0.0, 1.0), chance)


def cramers_v(matrix: Sequence[Sequence[int]]) -> float | None:
    """Cramér's V of a table of counts, less what a table of this size has by chance; None where it says nothing."""
    used = [row for row in matrix if sum(row)]
    used = [list(column) for column in zip(*used, strict=True) if sum(column)]
    if len(used) < 2 or len(used[0]) < 2:
        return None
    rows, columns, n = len(used), len(used[0]), sum(map(sum, used))
    if n < 2:
        return None
    free = max(0.0, _phi2(used) - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, sqrt(free / smaller)) if smaller > 0 else None


def holes(pairs: Pairs, *, weight: float = 1.0) -> list[Hole]:
    """Combinations of the values there are that never occur, the most surprising first."""
    both, first, second = Counter(pairs), Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    found = []
    for a, n in first.items():
        for b, m in second.items():
            if not both[a, b]:
                expected = n * m / len(pairs)
                found.append(Hole(a, b, expected, exp(-expected * weight)))
    return sorted(found, key=lambda hole: (-hole.expected, hole.first, hole.second))


def _matrix(pairs: Pairs) -> list[list[int]]:
    both = Counter(pairs)
    second = sorted({b for _, b in pairs})
    return [[both[a, b] for b in second] for a in sorted({a for a, _ in pairs})]


def _phi2(matrix: Sequence[Sequence[int]]) -> float:
    """Pearson's chi-square, divided by the number of pairs."""
    n = sum(map(sum, matrix))
    across, down = [sum(row) for row in matrix], [sum(column) for column in zip(*matrix, strict=True)]
    cells = ((matrix[i][j], across[i] * down[j] / n) for i in range(len(across)) for j in range(len(down)))
    return sum(((seen - expected) ** 2 / expected for seen, expected in cells if expected), 0.0) / n
