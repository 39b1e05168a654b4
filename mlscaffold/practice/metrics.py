"""Metrics of a classifier, recomputed from its predictions in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from mlscaffold.errors import ScaffoldError

Matrix = Sequence[Sequence[int]]
# What float64 can tell from 0: a wrong answer given with certainty costs 36, not infinity (as in scikit-learn).
SMALLEST = 2.220446049250313e-16
BINS = 15


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 of one class; None where there is nothing to divide by."""

    support: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None


def confusion(pairs: Iterable[tuple[str, str]], classes: Sequence[str]) -> list[list[int]]:
    """Count (label, prediction) pairs: a row a true class, a column a predicted one, in the order of `classes`."""
    counts = Counter(pairs)
    known = set(classes)
    for label, prediction in counts:
        for name in (label, prediction):
            if name not in known:
                raise ScaffoldError(
                    f'"{name}" is not one of the {len(classes)} classes of data/schema.toml.',
                    reference="unknown-class",
                    hint="Predict again with the classes of today.",
                )
    return [[counts[label, prediction] for prediction in classes] for label in classes]


def class_scores(matrix: Matrix) -> list[ClassScores]:
    """Precision, recall and F1 of each class of a confusion matrix."""
    columns = [sum(column) for column in zip(*matrix, strict=True)]
    return [_scores(row[i], sum(row), columns[i]) for i, row in enumerate(matrix)]


def _scores(hits: int, support: int, predicted: int) -> ClassScores:
    """The scores of a class with so many hits."""
    both = support + predicted
    return ClassScores(
        support,
        predicted,
        hits / predicted if predicted else None,
        hits / support if support else None,
        2 * hits / both if both else None,
    )


def accuracy(matrix: Matrix) -> float | None:
    """The share on the diagonal."""
    n = sum(map(sum, matrix))
    return sum(row[i] for i, row in enumerate(matrix)) / n if n else None


def _macro(values: Iterable[float | None]) -> float | None:
    """The mean of what is defined."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def precision_macro(matrix: Matrix) -> float | None:
    """Mean precision over the classes; a class that occurs and is never predicted counts 0, not as absent."""
    return _macro(0.0 if s.precision is None and s.support else s.precision for s in class_scores(matrix))


def recall_macro(matrix: Matrix) -> float | None:
    """Mean recall over the classes that occur."""
    return _macro(s.recall for s in class_scores(matrix))


def f1_macro(matrix: Matrix) -> float | None:
    """Mean F1 over the classes that occur or are predicted."""
    return _macro(s.f1 for s in class_scores(matrix))


def f1_weighted(matrix: Matrix) -> float | None:
    """Mean F1, each class weighted by how often it occurs."""
    scores = class_scores(matrix)
    n = sum(s.support for s in scores)
    return sum((s.f1 or 0.0) * s.support for s in scores) / n if n else None


def kappa(matrix: Matrix) -> float | None:
    """Cohen's kappa: agreement beyond what the row and column sums alone give."""
    n = sum(map(sum, matrix))
    if not n:
        return None
    chance = sum(s.support * s.predicted for s in class_scores(matrix)) / n**2
    agreement = accuracy(matrix) or 0.0
    return (agreement - chance) / (1 - chance) if chance < 1 else None


OF_MATRIX: dict[str, Callable[[Matrix], float | None]] = {
    "accuracy": accuracy,
    "precision_macro": precision_macro,
    "recall_macro": recall_macro,
    "f1_macro": f1_macro,
    "f1_micro": accuracy,  # with one label an example they are the same number
    "f1_weighted": f1_weighted,
    "kappa": kappa,
}
"""The metrics of acceptance.toml that follow from the confusion matrix alone."""


def log_loss(rows: Iterable[tuple[str, Mapping[str, float]]]) -> float | None:
    """Mean negative log probability of the true class, from (label, class -> probability) rows; rows are brought to sum 1."""
    total, n = 0.0, 0
    for label, probabilities in rows:
        whole = sum(probabilities.values())
        share = probabilities.get(label, 0.0) / whole if whole > 0 else 0.0
        total -= log(min(max(share, SMALLEST), 1 - SMALLEST))
        n += 1
    return total / n if n else None


def majority(labels: Iterable[str]) -> tuple[str, float]:
    """The most frequent label and its share: what "always say that" reaches. Ties go to the first in the alphabet."""
    counts = Counter(labels)
    if not counts:
        return "", 0.0
    name, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return name, count / counts.total()


@dataclass(frozen=True)
class Calibration:
    """The expected calibration error, and what a perfectly calibrated model would show by chance."""

    error: float
    floor: float
    limit: float
    n: int

    @property
    def miscalibrated(self) -> bool:
        """Whether the error is above the 95 % value of a perfect model."""
        return self.error > self.limit


def calibration(rows: Iterable[tuple[bool, float]], *, bins: int = BINS, replicates: int = 1000) -> Calibration | None:
    """Expected calibration error of (right, confidence) rows in equal bins, with its noise floor (mean and 95 % value).

    The floor takes the number of hits in each bin as normal about its expectation: exact enough from 50 rows, and fast.
    """
    from random import Random

    hits, confidences, variances = [0.0] * bins, [0.0] * bins, [0.0] * bins
    n = 0
    for right, confidence in rows:
        place = min(bins - 1, max(0, int(confidence * bins)))
        hits[place] += right
        confidences[place] += confidence
        variances[place] += confidence * (1 - confidence)
        n += 1
    if not n:
        return None
    error = sum(abs(h - c) for h, c in zip(hits, confidences, strict=True)) / n
    deviations = [sqrt(max(0.0, v)) for v in variances if v > 0]
    gauss = Random(0).gauss
    noise = sorted(sum(abs(gauss(0.0, d)) for d in deviations) / n for _ in range(replicates))
    return Calibration(error, sum(noise) / replicates, noise[int(0.95 * replicates)], n)
