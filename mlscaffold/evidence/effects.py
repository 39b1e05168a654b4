"""What a defect of the data does to the number: the newest evaluation's accuracy, recomputed without it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import chain, data, predictions
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Effect
from mlscaffold.project import Missing, Project


def without(project: Project, origins: Collection[str]) -> Effect | None:
    """Accuracy of the newest evaluation, and without the test pictures of these origins (paths under `data/raw`); None where unknown."""
    table, origin = _newest(project)
    if table is None:
        return None
    left = [row for row in table.rows if origin.get(row.path) not in origins]
    if not left or len(left) == len(table.rows):
        return None
    return Effect("accuracy", table.accuracy, sum(row.right for row in left) / len(left))


def relabelled(project: Project, labels: Mapping[str, str]) -> Effect | None:
    """Accuracy of the newest evaluation, and with these labels (by path under `data/raw`) in place of the recorded ones."""
    table, origin = _newest(project)
    if table is None or not any(origin.get(row.path) in labels for row in table.rows):
        return None
    right = sum(labels.get(origin.get(row.path, ""), row.label) == row.prediction for row in table.rows)
    return Effect("accuracy", table.accuracy, right / len(table.rows))


def _newest(project: Project) -> tuple[Predictions | None, dict[str, str]]:
    known = chain.evaluations(project)
    path = f"{known[-1].folder}/predictions.csv" if known else ""
    if not path or not project.exists(path):
        return None, {}
    try:
        return project.read(predictions.read, path), {row.path: row.origin for row in data.processed(project, "test")}
    except (ScaffoldError, Missing):
        return None, {}  # what is broken there is what the checks of stage 7 say
