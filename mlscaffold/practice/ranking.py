"""Rank models by a metric, from their answers alone: values with intervals, and paired tests on the same examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from mlscaffold.errors import UsageError
from mlscaffold.practice.comparison import mcnemar
from mlscaffold.practice.intervals import Z95, bootstrap_confusion, wilson
from mlscaffold.practice.metrics import OF_MATRIX, SMALLEST, confusion

LOWER_IS_BETTER = {"log_loss"}
SHARES = {"accuracy", "f1_micro"}
"""Metrics that are the share of right answers: Wilson's interval and McNemar's test are exact for them."""


@dataclass(frozen=True)
class Answer:
    """What a model said of one example: the true class, the class that it named, the probability it gave to the true one."""

    label: str
    said: str
    share: float


@dataclass(frozen=True)
class Ranked:
    """A model in a ranking; `p` is of the paired test against the first, None for the first itself."""

    name: str
    n: int
    value: float
    low: float
    high: float
    p: float | None = None


def measure(answers: Sequence[Answer], metric: str, classes: Sequence[str]) -> tuple[float, float, float]:
    """A metric of acceptance.toml with its 95 % interval; raises `UsageError` for one that answers alone do not give."""
    if not answers or (metric not in OF_MATRIX and metric != "log_loss"):
        raise UsageError(f"{metric} cannot be computed from {len(answers)} predictions", reference="metric-not-measurable")
    if metric == "log_loss":
        losses = _losses(answers)
        mean = sum(losses) / len(losses)
        spread = sqrt(sum((x - mean) ** 2 for x in losses) / max(len(losses) - 1, 1) / len(losses))
        return mean, max(0.0, mean - Z95 * spread), mean + Z95 * spread
    matrix = confusion([(a.label, a.said) for a in answers], classes)
    value = OF_MATRIX[metric](matrix)
    if value is None:
        raise UsageError(f"{metric} is undefined on these {len(answers)} predictions", reference="metric-not-measurable")
    if metric in SHARES:
        low, high = wilson(sum(a.label == a.said for a in answers), len(answers))
        return value, low, high
    interval = bootstrap_confusion(matrix, {metric: OF_MATRIX[metric]})[metric]
    if not interval:
        return (value, value, value)
    if interval[0] == interval[1]:  # no mistake to draw: that none was made is not that none will be
        return (value, *wilson(sum(a.label == a.said for a in answers), len(answers)))
    return (value, *interval)


def rank(models: Mapping[str, Mapping[str, Answer]], metric: str, classes: Sequence[str]) -> tuple[Ranked, ...]:
    """Models (name → example → answer) by a metric, best first, each tested against the best on the examples; ties by name.

    All must have answered the same examples; raises `UsageError` otherwise.
    """
    examples = next((sorted(answers) for answers in models.values()), [])
    for name, answers in models.items():
        if sorted(answers) != examples:
            raise UsageError(f"{name} did not answer the same {len(examples)} examples as the others", reference="not-paired")
    sign = 1 if metric in LOWER_IS_BETTER else -1
    lists = {name: [answers[key] for key in examples] for name, answers in models.items()}
    measured = {name: measure(answers, metric, classes) for name, answers in lists.items()}
    order = sorted(measured, key=lambda name: (sign * measured[name][0], name))
    first = lists[order[0]] if order else []
    return tuple(
        Ranked(name, len(examples), *measured[name], p=paired(first, lists[name], metric, classes=classes) if place else None)
        for place, name in enumerate(order)
    )


def paired(
    first: Sequence[Answer], second: Sequence[Answer], metric: str, *, classes: Sequence[str], replicates: int = 1999
) -> float:
    """The two-sided p of "both models are equally good", on the same examples in the same order.

    McNemar's exact test for shares of right answers; else the two answers to an example are exchanged at random
    (approximate randomisation, E. Noreen 1989), with a fixed seed.
    """
    if metric in SHARES:
        only_first = sum(a.label == a.said and b.label != b.said for a, b in zip(first, second, strict=True))
        only_second = sum(b.label == b.said and a.label != a.said for a, b in zip(first, second, strict=True))
        return mcnemar(only_first, only_second)
    if metric == "log_loss":
        return _flipped(_losses(first), _losses(second), replicates)
    return _exchanged(first, second, metric, classes=classes, replicates=replicates)


def _losses(answers: Sequence[Answer]) -> list[float]:
    return [-log(min(max(a.share, SMALLEST), 1 - SMALLEST)) for a in answers]


def _flipped(first: Sequence[float], second: Sequence[float], replicates: int) -> float:
    import numpy as np

    differences = np.asarray(first) - np.asarray(second)
    observed = abs(float(differences.sum()))
    chance = np.random.default_rng(0)
    as_far = 0
    for _ in range(replicates):
        signs = chance.integers(0, 2, size=len(differences)) * 2 - 1
        as_far += abs(float((signs * differences).sum())) >= observed - 1e-12
    return (as_far + 1) / (replicates + 1)


def _exchanged(
    first: Sequence[Answer], second: Sequence[Answer], metric: str, *, classes: Sequence[str], replicates: int
) -> float:
    import numpy as np

    place, k = {name: i for i, name in enumerate(classes)}, len(classes)
    pairs = [(place[a.label], place[a.said], place[b.said]) for a, b in zip(first, second, strict=True)]
    cells = np.asarray([(label * k + one, label * k + other) for label, one, other in pairs])
    differ = cells[cells[:, 0] != cells[:, 1]]
    same = np.bincount(cells[cells[:, 0] == cells[:, 1]][:, 0], minlength=k * k)

    def gap(swapped: np.ndarray) -> float:
        values = []
        for side in (swapped, ~swapped):
            chosen = np.where(side, differ[:, 1], differ[:, 0])
            matrix = (same + np.bincount(chosen, minlength=k * k)).reshape(k, k).tolist()
            values.append(OF_MATRIX[metric](matrix) or 0.0)
        return abs(values[0] - values[1])

    observed = gap(np.zeros(len(differ), dtype=bool))
    chance = np.random.default_rng(0)
    as_far = sum(gap(chance.integers(0, 2, size=len(differ)).astype(bool)) >= observed - 1e-12 for _ in range(replicates))
    return (as_far + 1) / (replicates + 1)
