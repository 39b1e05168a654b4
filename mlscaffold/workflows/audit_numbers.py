"""The numbers of an audit: metrics with intervals, classes, the baseline, slices and calibration."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from mlscaffold.evidence.answers import Answers
from mlscaffold.practice.comparison import mcnemar
from mlscaffold.practice.intervals import wilson
from mlscaffold.practice.metrics import BINS, calibration, majority
from mlscaffold.practice.resampling import Intervals, intervals, ranking
from mlscaffold.practice.slices import Slices, weak_slices
from mlscaffold.reports.audit.content import Baseline, Bin, ClassRow, Number, Trust


def numbers(answers: Answers, pairs: list[tuple[str, str]], *, groups: list[str], kept: list[int]) -> tuple[Number, ...]:
    """Every metric on all labelled rows and on those that are kept."""
    everything = _metrics(answers, pairs, groups, range(len(pairs)))
    if len(kept) == len(pairs):
        return tuple(Number(*row, *row[1:]) for row in everything)
    rest = _metrics(answers, [pairs[i] for i in kept], [groups[i] for i in kept] if groups else [], kept)
    known = {row[0]: row for row in rest}
    return tuple(Number(*row, *known[row[0]][1:]) for row in everything if row[0] in known)


Measured = tuple[str, float, float | None, float | None]


def _metrics(answers: Answers, pairs: list[tuple[str, str]], groups: list[str], rows: Sequence[int]) -> list[Measured]:
    """Accuracy, macro F1, balanced accuracy, and the area under the curve of a binary score, each with its interval."""
    counts = Counter(pairs)
    found = classes(counts)
    around: Intervals = intervals(pairs, groups)
    accuracy = sum(count for (a, b), count in counts.items() if a == b) / max(1, len(pairs))
    f1 = [row.f1 for row in found if row.f1 is not None]
    recall = [row.recall for row in found if row.recall is not None]
    result: list[Measured] = [("accuracy", accuracy, *around.accuracy)]
    result.append(("macro F1", sum(f1) / max(1, len(f1)), *(around.f1_macro or (None, None))))
    result.append(("balanced accuracy", sum(recall) / max(1, len(recall)), *(around.recall_macro or (None, None))))
    if answers.scores is not None and answers.roles.positive:
        scores = [answers.scores[i] for i in rows]
        area = ranking(scores, [label == answers.roles.positive for label, _ in pairs])
        if area:
            result.append(("ROC AUC", area[0], *area[1]))
    return result


def classes(counts: Counter[tuple[str, str]]) -> tuple[ClassRow, ...]:
    """Every class that occurs or is predicted, the least recalled first."""
    support: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    for (label, said), count in counts.items():
        support[label] += count
        predicted[said] += count
    rows = []
    for name in sorted((support.keys() | predicted.keys()) - {""}):
        n, m, hits = support[name], predicted[name], counts[name, name]
        rows.append(
            ClassRow(
                name,
                n,
                m,
                hits / n if n else None,
                wilson(hits, n) if n else None,
                hits / m if m else None,
                wilson(hits, m) if m else None,
                2 * hits / (n + m),
            )
        )
    return tuple(sorted(rows, key=lambda row: (math.inf if row.recall is None else row.recall, row.name)))


def baseline(counts: Counter[tuple[str, str]]) -> Baseline:
    """Always the most frequent label, paired with the model row by row."""
    labels: Counter[str] = Counter()
    for (label, _), count in counts.items():
        labels[label] += count
    name, part = majority(labels.elements()) if labels.total() < 10_000 else _most(labels)
    better = sum(count for (label, said), count in counts.items() if label == said != name)
    worse = sum(count for (label, said), count in counts.items() if label == name != said)
    return Baseline(name, part, better, worse, mcnemar(better, worse))


def _most(labels: Counter[str]) -> tuple[str, float]:
    name, count = min(labels.items(), key=lambda item: (-item[1], item[0]))
    return name, count / labels.total()


def slices(answers: Answers, kept: list[int], right: list[bool]) -> Slices:
    """Slices by every column that has no other meaning, and by group."""
    roles = answers.roles
    named = roles.named - {roles.group}
    rows = [answers.rows[i] for i in kept]
    table = answers.table
    return weak_slices({name: [table.cells[name][i] for i in rows] for name in table.header if name and name not in named}, right)


def trust(answers: Answers, kept: list[int], right: list[bool]) -> Trust | None:
    """Calibration of the confidences that are numbers between 0 and 1."""
    if answers.confidences is None:
        return None
    given = answers.confidences
    rows = [(good, given[i]) for good, i in zip(right, kept, strict=True) if 0 <= given[i] <= 1]
    measured = calibration(rows)
    if measured is None:
        return None
    n = len(rows)
    accuracy = sum(good for good, _ in rows) / n
    sums = [[0.0, 0.0, 0.0] for _ in range(BINS)]
    brier = 0.0
    for good, confidence in rows:
        one = sums[min(BINS - 1, int(confidence * BINS))]
        one[0] += 1
        one[1] += confidence
        one[2] += good
        brier += (confidence - good) ** 2
    bins = tuple(Bin(i / BINS, (i + 1) / BINS, int(k), c / k, a / k) for i, (k, c, a) in enumerate(sums) if k)
    mean = sum(one[1] for one in sums) / n
    flat = accuracy * (1 - accuracy)
    return Trust(n, measured.error, measured.floor, measured.limit, mean, accuracy, brier / n, flat, bins)
