from __future__ import annotations

import random

import pytest

from mlscaffold.practice.samples import compare, holm, kolmogorov

scipy_stats = pytest.importorskip("scipy.stats")


def draw(seed: int, n: int, *, mean: float = 0.0, digits: int = 9) -> list[float]:
    chance = random.Random(seed)
    return [round(chance.gauss(mean, 1), digits) for _ in range(n)]


@pytest.mark.parametrize("digits", [9, 1, 0])  # rounded values have many ties
@pytest.mark.parametrize(("n", "m", "mean"), [(10, 10, 0.0), (40, 300, 0.2), (300, 40, -1.0), (500, 500, 0.1), (1, 7, 3.0)])
def test_distance_and_delta_are_those_of_scipy(n: int, m: int, mean: float, digits: int) -> None:
    first, second = draw(n, n, digits=digits), draw(m + 1000, m, mean=mean, digits=digits)
    found = compare(first, second)
    assert found.distance == pytest.approx(scipy_stats.ks_2samp(first, second).statistic)
    u = scipy_stats.mannwhitneyu(second, first).statistic
    assert found.delta == pytest.approx(2 * u / (n * m) - 1)


@pytest.mark.parametrize(("n", "m", "mean"), [(20, 20, 0.5), (40, 300, 0.4), (500, 500, 0.1), (60, 80, 0.0), (200, 200, 1.0)])
def test_the_chance_is_near_the_exact_one(n: int, m: int, mean: float) -> None:
    first, second = draw(n, n), draw(m + 1000, m, mean=mean)
    exact = scipy_stats.ks_2samp(first, second, method="exact").pvalue
    assert compare(first, second).chance == pytest.approx(exact, rel=0.25, abs=1e-9)


@pytest.mark.parametrize("value", [0.1, 0.3, 0.8, 1.36, 2.5])
def test_kolmogorov_is_that_of_scipy(value: float) -> None:
    assert kolmogorov(value) == pytest.approx(scipy_stats.kstwobign.sf(value), abs=1e-6)


def test_without_a_shift_chance_is_told_as_often_as_it_says() -> None:
    found = [compare(draw(2 * seed, 60), draw(2 * seed + 1, 40)).chance < 0.05 for seed in range(1000)]
    assert 0.02 < sum(found) / 1000 < 0.07


def test_groups_count_once() -> None:
    first, second = draw(1, 200), draw(2, 200, mean=0.5)
    one, grouped = compare(first, second), compare(first, second, weight=(0.1, 0.1))
    assert grouped.distance == one.distance
    assert grouped.chance > 100 * one.chance


def test_nothing_is_known_of_nothing() -> None:
    assert compare([], [1.0]).chance == compare([1.0], []).chance == 1.0


def test_holm_corrects_as_statsmodels_does() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]
