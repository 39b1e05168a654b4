"""What the causes of mistakes cost, and how far two people agree about them."""

from __future__ import annotations

import pytest

from mlscaffold.evidence.judgements import UNSURE
from mlscaffold.practice.causes import UNKNOWN, agreement, tally


def test_a_mistake_with_several_causes_counts_for_each_of_them() -> None:
    found = tally([{"blurry", "edge"}, {"blurry"}, ["blurry", "blurry"], {UNKNOWN}], mistakes=8, n=100)

    assert [(c.name, c.count, c.share) for c in found] == [("blurry", 3, 0.75), ("edge", 1, 0.25), (UNKNOWN, 1, 0.25)]
    assert [c.gain for c in found] == pytest.approx([0.06, 0.02, 0.0])
    assert found[0].interval == pytest.approx((0.3006, 0.9544), abs=1e-4)


def test_what_cannot_be_told_stands_last_and_is_the_answer_of_the_sheet() -> None:
    found = tally([[UNKNOWN], [UNKNOWN], ["edge"]], mistakes=3, n=3)

    assert [c.name for c in found] == ["edge", UNKNOWN]
    assert UNKNOWN == UNSURE


def test_kappa_of_each_cause() -> None:
    mine = {"1": ["a"], "2": ["a", "b"], "3": [], "4": ["b"], "9": ["c"]}
    theirs = {"1": ["a"], "2": ["b"], "3": [], "4": ["b"], "8": ["d"]}

    assert dict(agreement(mine, theirs)) == {"a": pytest.approx(0.5), "b": pytest.approx(1.0)}
    assert agreement({"1": ["a"]}, {"1": ["a"]}) == (("a", None),)
    assert agreement({}, {}) == ()
