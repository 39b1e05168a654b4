"""The numbers of the reports, against cases that can be worked out by hand."""

import numpy as np
import pytest

from project_package import scores
from project_package.errors import ProjectError

LABELS = ["a", "a", "a", "b", "b", "c"]
ANSWERS = ["a", "a", "b", "b", "c", "c"]
CLASSES = ["a", "b", "c"]


def test_metrics_by_hand() -> None:
    found = scores.matrix_metrics(scores.confusion(LABELS, ANSWERS, CLASSES))
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["precision_macro"] == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)
    assert found["recall_macro"] == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert found["f1_weighted"] == pytest.approx((3 * 0.8 + 2 * 0.5 + 1 * 2 / 3) / 6)
    assert found["kappa"] == pytest.approx((4 / 6 - 12 / 36) / (1 - 12 / 36))


def test_intervals_hold_the_value() -> None:
    probabilities = np.full((6, 3), 1 / 3)
    found = scores.summarise(LABELS, ANSWERS, probabilities, CLASSES)
    for name, number in found["metrics"].items():
        assert number["low"] <= number["value"] <= number["high"], name
    assert found["metrics"]["log_loss"]["value"] == pytest.approx(np.log(3))
    assert found["majority"] == {"class": "a", "accuracy": 0.5}


def test_wilson_knows_its_limits() -> None:
    assert scores.wilson(0, 10)[0] == 0
    assert scores.wilson(10, 10)[1] == pytest.approx(1)
    low, high = scores.wilson(90, 100)
    assert (round(low, 4), round(high, 4)) == (0.8256, 0.9448)


def test_mcnemar_is_exact() -> None:
    assert scores.mcnemar([True] * 6, [False] * 6) == (6, 0, 2 / 64)
    assert scores.mcnemar([True, False], [False, True]) == (1, 1, 1.0)


def test_a_class_nobody_saw_is_undefined() -> None:
    found = scores.summarise(["a", "b"], ["a", "b"], np.full((2, 3), 1 / 3), CLASSES)
    assert found["classes"]["c"] == {"precision": None, "recall": None, "f1": None, "support": 0}
    assert found["metrics"]["f1_macro"]["value"] == 1


def test_an_unknown_metric_is_named() -> None:
    with pytest.raises(ProjectError, match="acuracy"):
        scores.score("acuracy", LABELS, ANSWERS, [], CLASSES)
