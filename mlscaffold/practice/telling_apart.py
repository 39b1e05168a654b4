"""Can a simple model tell from which of two samples a row is? It finds what no single column shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

FOLDS = 5


@dataclass(frozen=True)
class Separation:
    """The area under the curve of a model that tells two samples apart (0.5: it guesses), with its 95 % interval."""

    auc: float
    low: float
    high: float


def tell_apart(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> Separation:
    """How well a linear discriminant tells rows of the first sample from rows of the second, on rows that it was not fitted to.

    Columns are replaced by their ranks, so that no outlier decides; five interleaved folds. The interval is that of Hanley and McNeil
    (1982). Rows must be independent: of a group its mean. Fewer than 20 rows of a sample tell nothing.
    """
    import numpy as np

    if min(len(first), len(second)) < 4 * FOLDS:
        return Separation(0.5, 0.0, 1.0)
    rows = np.array([*first, *second], dtype=np.float64)
    ranks = np.stack([_ranks(column) for column in rows.T], axis=1) - 0.5
    target = np.array([0.0] * len(first) + [1.0] * len(second))
    # Which fold a row is in follows from its place in its own sample: the same rows give the same answer.
    fold = np.concatenate([np.arange(len(first)), np.arange(len(second))]) % FOLDS
    scores = np.zeros(len(rows))
    for held in range(FOLDS):
        known = fold != held
        scores[~known] = (ranks[~known] - ranks[known].mean(axis=0)) @ _direction(ranks[known], target[known])
    auc = _auc(scores, target)
    half = 1.96 * _error(auc, len(first), len(second))
    return Separation(auc, max(0.0, auc - half), min(1.0, auc + half))


def _ranks(column: Array) -> Array:
    """Ranks from 0 to 1; equal values share one."""
    import numpy as np

    _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
    upto = counts.cumsum()
    middle: Array = ((upto - (counts - 1) / 2) / len(column))[inverse]
    return middle


def _direction(rows: Array, target: Array) -> Array:
    """Fisher's linear discriminant with a little ridge."""
    import numpy as np

    one, two = rows[target == 0], rows[target == 1]
    spread = (np.cov(one, rowvar=False) * (len(one) - 1) + np.cov(two, rowvar=False) * (len(two) - 1)) / (len(rows) - 2)
    ridge = 0.01 * np.trace(np.atleast_2d(spread)) / rows.shape[1] + 1e-9
    solved: Array = np.linalg.solve(np.atleast_2d(spread) + ridge * np.eye(rows.shape[1]), two.mean(axis=0) - one.mean(axis=0))
    return solved


def _auc(scores: Array, target: Array) -> float:
    ranks = _ranks(scores) * len(scores)
    n = int(target.sum())
    return float((ranks[target == 1].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def _error(auc: float, n: float, m: float) -> float:
    """The standard error of an area under the curve."""
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    return sqrt(max(0.0, auc * (1 - auc) + (m - 1) * (q1 - auc * auc) + (n - 1) * (q2 - auc * auc)) / (n * m))
