from __future__ import annotations

import random

import pytest

from mlscaffold.practice.association import associate


def test_the_first_tells_the_second() -> None:
    found = associate([("JPEG", "defect")] * 50 + [("PNG", "ok")] * 50)
    assert found.beyond_chance
    assert found.share == pytest.approx(1.0, abs=0.02)
    assert (found.by_it, found.without) == (1.0, 0.5)


def test_one_class_of_ten() -> None:
    found = associate([("JPEG" if i % 10 == 0 else "PNG", str(i % 10)) for i in range(1000)])
    assert found.share == pytest.approx(1.0, abs=0.02)  # all that there is to know of the format
    assert found.by_it == pytest.approx(0.2)


def test_independent_columns_are_chance() -> None:
    chance = random.Random(5)
    loud = sum(associate([(chance.choice("abcd"), chance.choice("xyz")) for _ in range(60)]).beyond_chance for _ in range(300))
    assert loud <= 3  # one in a thousand is expected


def test_what_is_constant_tells_nothing() -> None:
    found = associate([("PNG", "ok"), ("PNG", "defect"), ("PNG", "ok")])
    assert (found.information, found.share, found.by_it) == (0.0, 0.0, found.without)


def test_groups_count_and_not_pictures() -> None:
    pairs = [("JPEG", "defect")] * 20 + [("PNG", "ok")] * 20
    assert associate(pairs).beyond_chance
    assert not associate(pairs, weight=4 / 40).beyond_chance  # four groups of ten


def test_nothing() -> None:
    assert associate([]).share == 0.0
