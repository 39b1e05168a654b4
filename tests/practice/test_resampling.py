import random

import pytest

from mlscaffold.practice.intervals import wilson
from mlscaffold.practice.resampling import intervals, ranking


def _pairs(n: int, seed: int = 0) -> list[tuple[str, str]]:
    dice = random.Random(seed)
    return [(label := dice.choice("abc"), label if dice.random() < 0.8 else dice.choice("abc")) for _ in range(n)]


def test_without_groups_accuracy_has_wilsons_interval() -> None:
    pairs = _pairs(400)
    found = intervals(pairs)
    assert found.accuracy == wilson(sum(a == b for a, b in pairs), 400)
    assert found.f1_macro is not None and found.f1_macro.low < found.f1_macro.high
    assert found == intervals(pairs)
    assert intervals([]).f1_macro is None


def test_groups_of_one_change_little_and_copies_change_nothing_but_the_width() -> None:
    pairs = _pairs(400)
    single = intervals(pairs, [str(i) for i in range(400)])
    assert single.accuracy.half == pytest.approx(intervals(pairs).accuracy.half, rel=0.15)
    copies = [pair for pair in pairs for _ in range(9)]
    grouped = intervals(copies, [str(i // 9) for i in range(len(copies))])
    assert grouped.accuracy.half == pytest.approx(single.accuracy.half, rel=0.15)
    assert intervals(copies).accuracy.half < 0.5 * grouped.accuracy.half
    assert tuple(intervals(pairs, ["one"] * 400).accuracy) == (0.0, 1.0)


def test_many_groups_take_the_normal_interval_that_drawing_tends_to() -> None:
    pairs = _pairs(60_000)
    groups = [str(i // 2) for i in range(len(pairs))]
    assert intervals(pairs, groups).accuracy.half == pytest.approx(intervals(pairs).accuracy.half, rel=0.1)


def test_area_under_the_curve_with_ties() -> None:
    assert ranking([0.1, 0.2, 0.9], [False, False, True]) is not None
    found = ranking([0.5, 0.5, 0.5, 0.9], [True, False, False, True])
    assert found is not None and found[0] == pytest.approx(0.75)
    assert ranking([0.1, 0.2], [True, True]) is None
    assert ranking([float("nan"), 0.2], [True, False]) is None


def test_no_answer_is_no_class() -> None:
    pairs = [("a", "a")] * 45 + [("b", "b")] * 45 + [("a", ""), ("b", "")] * 5
    found = intervals(pairs).f1_macro
    assert found is not None and found.low < 2 * 90 / 190 < found.high


def test_no_mistake_leaves_macro_an_interval() -> None:
    found = intervals([("a", "a"), ("b", "b")] * 20)
    assert found.f1_macro == found.recall_macro == found.accuracy and found.accuracy.low < 0.95
