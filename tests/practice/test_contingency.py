from __future__ import annotations

import random

import pytest

from mlscaffold.practice.contingency import cramers_v, dependence, holes
from mlscaffold.practice.shift import chi_square_above

Pairs = list[tuple[str, str]]


def draw(seed: int, n: int, *, follows: float = 0.0) -> Pairs:
    """A light and a label each; the label follows the light in that share of the cases."""
    chance, found = random.Random(seed), []
    for _ in range(n):
        light = chance.choice(["day", "lamp", "flash"])
        label = {"day": "fresh", "lamp": "wilted", "flash": "fresh"}[light]
        found.append((light, label if chance.random() < follows else chance.choice(["fresh", "wilted", "closed"])))
    return found


@pytest.mark.parametrize(("value", "freedom"), [(0.1, 1), (3.84, 1), (10.0, 4), (9.5, 20), (60.0, 20), (300.0, 100), (900.0, 6)])
def test_the_tail_is_that_of_scipy(value: float, freedom: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    assert chi_square_above(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), rel=1e-9)
    assert chi_square_above(0.0, freedom) == 1.0


def test_chance_and_v_are_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    pairs = draw(1, 300, follows=0.5)
    lights, labels = ["day", "flash", "lamp"], ["closed", "fresh", "wilted"]
    table = [[pairs.count((a, b)) for b in labels] for a in lights]
    found = dependence(pairs)
    assert found.chance == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)
    assert found.v == pytest.approx(stats.contingency.association(table, method="cramer"), abs=0.03)
    assert found.interval.low < found.v < found.interval.high


def test_independent_columns_have_no_v() -> None:
    found = [dependence(draw(seed, 200)) for seed in range(60)]
    assert sum(f.v for f in found) / 60 < 0.06
    assert sum(f.chance < 0.05 for f in found) <= 8
    assert not any(f.interval.low > 0.3 for f in found)


def test_one_column_that_is_the_other() -> None:
    assert cramers_v([[20, 0], [0, 30]]) == pytest.approx(1.0)
    assert cramers_v([[20, 30]]) is None
    assert cramers_v([[20, 0], [30, 0]]) is None
    assert dependence([("a", "x")] * 5).chance == 1.0


def test_combinations_that_never_occur() -> None:
    pairs = [("day", "fresh")] * 60 + [("lamp", "fresh")] * 20 + [("lamp", "wilted")] * 40
    (hole,) = holes(pairs)
    assert (hole.first, hole.second, hole.expected) == ("day", "wilted", 20.0)
    assert hole.chance < 1e-8
    assert holes(pairs, weight=0.1)[0].chance > 0.1
    assert holes([]) == []
