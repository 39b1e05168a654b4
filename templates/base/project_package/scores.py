"""How good predictions are: metrics with their intervals, without any framework.

A class that is neither in the labels nor in the predictions is left out of a macro average; an undefined precision,
recall or F1 counts as 0 there, and is None on its own.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from project_package.errors import ProjectError
from project_package.records import Prediction

Z = 1.959963984540054  # two-sided 95 %
ROUNDS = 2000
SEED = 7


def confusion(labels: Sequence[str], predictions: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """Return the confusion matrix (K, K): a row a true class, a column a predicted class."""
    index = {name: i for i, name in enumerate(classes)}
    matrix = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for label, prediction in zip(labels, predictions, strict=True):
        matrix[index[label], index[prediction]] += 1
    return matrix


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval (Wilson) of a share of `right` in `n`."""
    if n == 0:
        return 0.0, 1.0
    share = right / n
    centre = share + Z * Z / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def mcnemar(first_right: Sequence[bool], second_right: Sequence[bool]) -> tuple[int, int, float]:
    """Return how often only the first and only the second is right, and the exact two-sided p of McNemar's test."""
    only_first = sum(a and not b for a, b in zip(first_right, second_right, strict=True))
    only_second = sum(b and not a for a, b in zip(first_right, second_right, strict=True))
    n = only_first + only_second
    tail = sum(math.comb(n, k) for k in range(min(only_first, only_second) + 1))
    return only_first, only_second, min(1.0, 2 * tail / 2**n)


def class_rates(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return precision, recall and F1 of every class, each (…, K), NaN where undefined; `matrix` is (…, K, K)."""
    right = np.diagonal(matrix, axis1=-2, axis2=-1).astype(float)
    true, predicted = matrix.sum(axis=-1), matrix.sum(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return right / predicted, right / true, 2 * right / (true + predicted)


def matrix_metrics(matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Return every metric that a confusion matrix gives, each of shape (…) for a `matrix` of (…, K, K)."""
    precision, recall, f1 = class_rates(matrix)
    true, predicted = matrix.sum(axis=-1), matrix.sum(axis=-2)
    n = np.maximum(matrix.sum(axis=(-2, -1)), 1)
    present = (true + predicted) > 0
    number = np.maximum(present.sum(axis=-1), 1)
    accuracy = np.diagonal(matrix, axis1=-2, axis2=-1).sum(axis=-1) / n
    chance = (true * predicted).sum(axis=-1) / (n * n)
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = np.where(chance < 1, (accuracy - chance) / (1 - chance), 0.0)

    def macro(rates: np.ndarray) -> np.ndarray:
        return np.asarray(np.nan_to_num(rates).sum(axis=-1) / number)

    return {
        "accuracy": accuracy,
        "precision_macro": macro(precision),
        "recall_macro": macro(recall),
        "f1_macro": macro(f1),
        "f1_micro": accuracy,
        "f1_weighted": (np.nan_to_num(f1) * true).sum(axis=-1) / n,
        "kappa": kappa,
    }


def log_losses(labels: Sequence[str], probabilities: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """Return the log loss of every sample (N,); `probabilities` is (N, K)."""
    index = {name: i for i, name in enumerate(classes)}
    chosen = probabilities[np.arange(len(labels)), [index[label] for label in labels]]
    return -np.log(np.clip(chosen, 1e-15, 1.0))


def score(
    name: str,
    labels: Sequence[str],
    predictions: Sequence[str],
    probabilities: Sequence[Sequence[float]],
    classes: Sequence[str],
) -> float:
    """Return one metric of a table of predictions by the metric's name."""
    if name == "log_loss":
        return float(log_losses(labels, np.asarray(probabilities), classes).mean())
    found = matrix_metrics(confusion(labels, predictions, classes))
    if name not in found:
        raise ProjectError(f"unknown metric {name!r}; known: {', '.join([*found, 'log_loss'])}")
    return float(found[name])


def of(name: str, predictions: Sequence[Prediction], classes: Sequence[str]) -> float:
    """Return one metric of a table of predictions, by the metric's name."""
    labels, answers = [p.label for p in predictions], [p.prediction for p in predictions]
    return score(name, labels, answers, [p.probabilities for p in predictions], classes)


def resampled(matrix: np.ndarray) -> np.ndarray:
    """Return confusion matrices (ROUNDS, K, K) of bootstrap samples: always the same ones for the same matrix."""
    n = int(matrix.sum())
    drawn = np.random.default_rng(SEED).multinomial(n, (matrix / max(n, 1)).ravel(), size=ROUNDS)
    return drawn.reshape(ROUNDS, *matrix.shape)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the middle 95 % of bootstrap values; undefined ones are left out."""
    values = values[np.isfinite(values)]
    low, high = np.quantile(values, [0.025, 0.975]) if len(values) else (0.0, 1.0)
    return float(low), float(high)


def with_interval(found: float, bounds: tuple[float, float]) -> dict[str, float]:
    """Return a value with its interval, as the reports hold it."""
    return {"value": found, "low": min(bounds[0], found), "high": max(bounds[1], found)}


def summarise(
    labels: Sequence[str], predictions: Sequence[str], probabilities: np.ndarray, classes: Sequence[str]
) -> dict[str, Any]:
    """Return `n`, `metrics`, `classes` and `majority` of a table of predictions, each number with its interval."""
    matrix = confusion(labels, predictions, classes)
    n = len(labels)
    samples = resampled(matrix)
    bootstrap = matrix_metrics(samples)
    metrics = {}
    for name, found in matrix_metrics(matrix).items():
        counted = name in {"accuracy", "f1_micro"}
        bounds = wilson(int(np.trace(matrix)), n) if counted else interval(bootstrap[name])
        metrics[name] = with_interval(float(found), bounds)
    losses = log_losses(labels, probabilities, classes)
    half = Z * float(losses.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    loss = float(losses.mean())
    metrics["log_loss"] = with_interval(loss, (max(0.0, loss - half), loss + half))
    return {"n": n, "metrics": metrics, "classes": by_class(matrix, samples, classes), "majority": majority(labels)}


def by_class(matrix: np.ndarray, samples: np.ndarray, classes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return precision, recall and F1 of every class with intervals, None where undefined, and its support."""
    f1_samples = class_rates(samples)[2]
    true, predicted = matrix.sum(axis=1), matrix.sum(axis=0)
    found: dict[str, dict[str, Any]] = {}
    for i, name in enumerate(classes):
        right, t, p = int(matrix[i, i]), int(true[i]), int(predicted[i])
        found[name] = {
            "precision": with_interval(right / p, wilson(right, p)) if p else None,
            "recall": with_interval(right / t, wilson(right, t)) if t else None,
            "f1": with_interval(2 * right / (t + p), interval(f1_samples[:, i])) if t + p else None,
            "support": t,
        }
    return found


def majority(labels: Sequence[str]) -> dict[str, Any]:
    """Return the most frequent class and the accuracy of always answering it."""
    name, count = min(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    return {"class": name, "accuracy": count / len(labels)}


def reliability(confidences: np.ndarray, right: np.ndarray, bins: int = 10) -> list[dict[str, float]]:
    """Return, for each filled bin of confidence, its mean confidence, accuracy and number of samples."""
    which = np.clip((confidences * bins).astype(int), 0, bins - 1)
    found = []
    for b in range(bins):
        if n := int((which == b).sum()):
            confidence, accuracy = float(confidences[which == b].mean()), float(right[which == b].mean())
            found.append({"confidence": confidence, "accuracy": accuracy, "n": n})
    return found
