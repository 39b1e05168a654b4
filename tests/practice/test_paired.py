"""Two models on the same examples, in any metric."""

from __future__ import annotations

import pytest

from mlscaffold.practice.paired import difference
from mlscaffold.practice.thresholds import Row, measure

CLASSES = ["a", "b"]


def rows(answers: str, labels: str = "aabb" * 25) -> list[Row]:
    """Rows whose answers repeat a pattern, each with probability 0.9."""
    said = (answers * 100)[: len(labels)]
    return [
        (label, answer, {c: 0.9 if c == answer else 0.1 for c in CLASSES}) for label, answer in zip(labels, said, strict=True)
    ]


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro", "kappa", "log_loss"])
def test_a_perfect_model_beats_one_that_always_says_a(metric: str) -> None:
    found = difference(metric, rows("aabb"), rows("aaaa"), classes=CLASSES)
    assert found.gain > 0 and found.significant
    back = difference(metric, rows("aaaa"), rows("aabb"), classes=CLASSES)
    assert back.gain < 0 and back.significant


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro", "log_loss"])
def test_equal_models_differ_by_nothing(metric: str) -> None:
    found = difference(metric, rows("abab"), rows("abab"), classes=CLASSES)
    assert found.gain == 0 and not found.significant


def test_one_answer_of_a_hundred_is_chance() -> None:
    better = rows("aabb")
    other = [("a", "b", {"a": 0.4, "b": 0.6}), *better[1:]]
    assert not difference("accuracy", better, other, classes=CLASSES).significant
    assert not difference("f1_macro", better, other, classes=CLASSES).significant


def test_values_have_the_intervals_that_their_counts_allow() -> None:
    found = measure("recall", rows("aaab"), CLASSES, of_class="b")
    assert (found.value, found.n) == (0.5, 50)
    assert found.low < 0.38
    assert found.high > 0.62
    assert measure("accuracy", rows("aaab"), CLASSES).text == "0.750 (0.66 to 0.82, n = 100)"
    macro = measure("f1_macro", rows("aaab"), CLASSES)
    assert macro.low < macro.value < macro.high
    never = measure("precision", rows("aaaa"), CLASSES, of_class="b")
    assert never.n == 0 and never.value != never.value
