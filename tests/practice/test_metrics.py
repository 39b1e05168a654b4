from random import Random

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.practice import metrics

CLASSES = ["a", "b", "c", "d"]


def _answers(n: int = 300) -> tuple[list[str], list[str], list[dict[str, float]]]:
    chance = Random(3)
    labels = [chance.choice(CLASSES) for _ in range(n)]
    rows = []
    for label in labels:
        raw = {name: chance.random() + (1.0 if name == label else 0.0) for name in CLASSES}
        rows.append({name: value / sum(raw.values()) for name, value in raw.items()})
    return labels, [max(row, key=lambda name: row[name]) for row in rows], rows


def test_every_metric_agrees_with_scikit_learn() -> None:
    from sklearn import metrics as oracle

    labels, predictions, rows = _answers()
    matrix = metrics.confusion(zip(labels, predictions, strict=True), CLASSES)
    assert matrix == oracle.confusion_matrix(labels, predictions, labels=CLASSES).tolist()
    wanted = {
        "accuracy": oracle.accuracy_score(labels, predictions),
        "precision_macro": oracle.precision_score(labels, predictions, average="macro"),
        "recall_macro": oracle.recall_score(labels, predictions, average="macro"),
        "f1_macro": oracle.f1_score(labels, predictions, average="macro"),
        "f1_micro": oracle.f1_score(labels, predictions, average="micro"),
        "f1_weighted": oracle.f1_score(labels, predictions, average="weighted"),
        "kappa": oracle.cohen_kappa_score(labels, predictions),
    }
    assert {name: metric(matrix) for name, metric in metrics.OF_MATRIX.items()} == pytest.approx(wanted, abs=1e-12)
    loss = oracle.log_loss(labels, [[row[name] for name in CLASSES] for row in rows], labels=CLASSES)
    assert metrics.log_loss(zip(labels, rows, strict=True)) == pytest.approx(loss, abs=1e-12)


def test_macro_is_over_the_classes_of_the_schema() -> None:
    matrix = metrics.confusion([("a", "a"), ("a", "a"), ("b", "b"), ("b", "c")], ["a", "b", "c", "d"])
    assert metrics.recall_macro(matrix) == pytest.approx(0.75)  # c and d never occur
    assert metrics.f1_macro(matrix) == pytest.approx((1 + 2 / 3 + 0) / 3)  # d is neither true nor predicted
    c, d = metrics.class_scores(matrix)[2:]
    assert (c.precision, c.recall, d.precision, d.f1) == (0.0, None, None, None)


def test_a_class_that_is_never_predicted_costs_precision() -> None:
    matrix = metrics.confusion([("a", "a"), ("b", "a")], ["a", "b"])
    assert metrics.precision_macro(matrix) == pytest.approx(0.25)


def test_nothing_predicted_is_undefined_everywhere() -> None:
    assert {metric([[0, 0], [0, 0]]) for metric in metrics.OF_MATRIX.values()} == {None}
    assert metrics.log_loss([]) is None
    assert metrics.calibration([]) is None
    assert metrics.majority([]) == ("", 0.0)


def test_one_class_has_no_kappa() -> None:
    assert metrics.kappa([[7]]) is None


def test_a_foreign_class_is_refused_by_name() -> None:
    with pytest.raises(ScaffoldError, match='"z" is not one of the 2 classes'):
        metrics.confusion([("a", "z")], ["a", "b"])


def test_certainty_in_the_wrong_answer_is_dear_but_finite() -> None:
    loss = metrics.log_loss([("a", {"a": 0.0, "b": 1.0})])
    assert loss is not None
    assert 30 < loss < 40


def test_majority_breaks_ties_by_name() -> None:
    assert metrics.majority(["b", "a", "b", "a", "c"]) == ("a", 0.4)


def test_a_perfect_model_stays_within_the_noise_floor() -> None:
    chance = Random(1)
    confidences = [0.25 + 0.75 * chance.random() for _ in range(1000)]
    honest = metrics.calibration((chance.random() < c, c) for c in confidences)
    boastful = metrics.calibration((chance.random() < c - 0.15, c) for c in confidences)
    assert honest is not None
    assert boastful is not None
    assert not honest.miscalibrated
    assert honest.floor == pytest.approx(0.031, abs=0.01)
    assert boastful.miscalibrated
