from __future__ import annotations

from math import log

import pytest

from mlscaffold.errors import UsageError
from mlscaffold.practice.comparison import mcnemar
from mlscaffold.practice.ranking import Answer, measure, paired, rank

CLASSES = ("rose", "tulip")


def model(right: int, n: int = 100, *, share: float = 0.9, offset: int = 0) -> dict[str, Answer]:
    """Answers to `n` examples, half of each class, of which `right` are right, from `offset` on."""
    found = {}
    for i in range(n):
        label = CLASSES[i % 2]
        hit = (i - offset) % n < right
        found[f"test/{i:03d}.png"] = Answer(label, label if hit else CLASSES[1 - i % 2], share if hit else 1 - share)
    return found


def test_the_best_comes_first_with_its_interval_and_the_others_with_their_test() -> None:
    ranked = rank({"b": model(70), "a": model(90), "c": model(89)}, "accuracy", CLASSES)
    assert [r.name for r in ranked] == ["a", "c", "b"]
    assert ranked[0].p is None and ranked[0].low < 0.9 < ranked[0].high
    assert ranked[1].p == 1.0 and ranked[2].p == pytest.approx(mcnemar(20, 0))


def test_of_log_loss_the_smallest_is_best() -> None:
    ranked = rank({"sure": model(90, share=0.99999), "calm": model(90, share=0.8)}, "log_loss", CLASSES)
    assert [r.name for r in ranked] == ["calm", "sure"]
    assert ranked[0].value == pytest.approx(-(0.9 * log(0.8) + 0.1 * log(0.2)))
    assert ranked[1].p is not None and ranked[1].p < 0.05


def test_exchanging_agrees_with_mcnemar_where_both_apply() -> None:
    first, second = list(model(90).values()), list(model(80).values())
    exact = paired(first, second, "accuracy", classes=CLASSES)
    assert paired(first, second, "f1_macro", classes=CLASSES) == pytest.approx(exact, abs=0.01)
    assert paired(first, first, "f1_macro", classes=CLASSES) == 1.0
    assert paired(first, second, "kappa", classes=CLASSES) == paired(first, second, "kappa", classes=CLASSES)


def test_ties_are_ranked_by_name_so_that_the_order_is_stable() -> None:
    assert [r.name for r in rank({"b": model(80), "a": model(80, offset=20)}, "accuracy", CLASSES)] == ["a", "b"]


def test_what_cannot_be_measured_or_paired_is_refused() -> None:
    with pytest.raises(UsageError, match="latency_p95_ms cannot be computed"):
        measure(list(model(9).values()), "latency_p95_ms", CLASSES)
    with pytest.raises(UsageError, match="did not answer the same"):
        rank({"a": model(9), "b": model(9, 50)}, "accuracy", CLASSES)
    assert rank({}, "accuracy", CLASSES) == ()


def test_no_mistake_is_not_certainty() -> None:
    right = [Answer(name, name, 0.9) for name in "ab" * 30]
    value, low, high = measure(right, "recall_macro", "ab")
    assert (value, high) == (1.0, 1.0) and 0.9 < low < 0.95
