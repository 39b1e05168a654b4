from __future__ import annotations

import random

import pytest

from mlscaffold.practice.telling_apart import tell_apart


def rows(seed: int, n: int, *, columns: int = 6, apart: float = 0.0) -> list[list[float]]:
    """Rows whose first two columns go together, shifted against each other by `apart`."""
    chance, found = random.Random(seed), []
    for _ in range(n):
        common = chance.gauss(0, 1)
        found.append([common + apart, common + chance.gauss(0, 0.2), *(chance.gauss(0, 1) for _ in range(columns - 2))])
    return found


def test_what_no_single_column_shows() -> None:
    found = tell_apart(rows(1, 200), rows(2, 200, apart=0.3))
    assert found.auc > 0.75
    assert found.low > 0.7


@pytest.mark.parametrize(("n", "m"), [(300, 300), (200, 40), (60, 60)])
def test_two_samples_of_one_kind_are_not_told_apart(n: int, m: int) -> None:
    found = [tell_apart(rows(2 * i, n), rows(2 * i + 1, m)) for i in range(40)]
    assert sum(f.auc > 0.65 for f in found) <= 1
    assert sum(f.low > 0.5 for f in found) <= 4


def test_the_area_is_that_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    import numpy as np

    from mlscaffold.practice.telling_apart import _auc

    chance = np.random.default_rng(0)
    target = (chance.random(200) < 0.3).astype(float)
    scores = np.round(chance.normal(size=200) + target, 1)
    assert _auc(scores, target) == pytest.approx(metrics.roc_auc_score(target, scores))


def test_a_few_rows_and_constant_columns_tell_nothing() -> None:
    assert tell_apart(rows(1, 10), rows(2, 100)).low == 0.0
    constant = [[1.0, 2.0]] * 50
    assert tell_apart(constant, constant).auc == pytest.approx(0.5)
    assert tell_apart([[1.0]] * 30, [[2.0]] * 30).auc == 1.0
