"""Predictions as answers to be ranked, paired by the file that they are of."""

from __future__ import annotations

from mlscaffold.evidence import predictions
from mlscaffold.practice.ranking import Answer
from mlscaffold.project import Project


def answers(project: Project, path: str) -> tuple[dict[str, Answer], tuple[str, ...]]:
    """File → answer, and the classes; raises `Missing` and `Broken`."""
    table = project.read(predictions.read, path)
    place = {name: i for i, name in enumerate(table.classes)}
    found = {}
    for row in table.rows:
        whole = sum(row.probabilities)
        share = row.probabilities[place[row.label]] / whole if whole else 0.0
        found[row.path] = Answer(row.label, row.prediction, share)
    return found, table.classes
