from __future__ import annotations

import random

import pytest

from mlscaffold.practice import metrics, pairing


@pytest.mark.parametrize("seed", range(4))
def test_what_a_class_is_called_changes_no_interval(seed: int) -> None:
    chance = random.Random(seed)
    names = ["hat", "coat", "shirt"]
    rows = [
        (label := chance.choice(names), label if chance.random() < 0.8 else chance.choice(names), chance.choice(names))
        for _ in range(90)
    ]
    other = dict(zip(names, ("zebra", "ant", "mole"), strict=True))
    renamed = [(other[a], other[b], other[c]) for a, b, c in rows]
    (gain, first), (again, second) = (
        pairing.difference(each, sorted({name for row in each for name in row}), metrics.OF_MATRIX["f1_macro"])
        for each in (rows, renamed)
    )

    assert gain == pytest.approx(again)
    assert (first.low, first.high) == pytest.approx((second.low, second.high), abs=0.004)


def test_no_difference_is_zero_to_the_last_digit() -> None:
    rows = [("hat", "hat", "hat"), ("coat", "hat", "hat"), ("shirt", "shirt", "shirt")] * 7
    gain, interval = pairing.difference(rows, ["coat", "hat", "shirt"], metrics.OF_MATRIX["f1_macro"])

    assert gain == 0
    assert (interval.low, interval.high) == (0, 0)
