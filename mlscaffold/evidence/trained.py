"""The chosen run of training with all that it left, each file read or told as missing with the command that writes it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlscaffold.evidence import chain, curves, predictions, runs
from mlscaffold.evidence.curves import NAMES, Curves, Epoch
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.evidence.runs import Overfit, Params, Provenance
from mlscaffold.project import Missing, Project


@dataclass(frozen=True)
class Trained:
    """The choice of training: its run, the folder in `reports/training`, the digest and epoch of its checkpoint, and why it was taken."""

    run: str
    folder: str
    file: str
    checkpoint: str
    epoch: int | None
    split: str
    reason: str
    metric: str
    value: float | None

    def path(self, name: str) -> str:
        """A file of the run."""
        return f"{self.folder}/{name}"


def trained(project: Project) -> Trained:
    """The chosen run of training; raises `Missing`."""
    found = chain.chosen(project, "training")
    choice = project.read(runs.read_chosen, found.file)
    return Trained(
        found.run, found.folder, found.file, found.checkpoint, choice.epoch, choice.split, choice.reason, choice.metric, choice.value
    )  # fmt: skip


def metrics(project: Project, run: Trained) -> Curves:
    """`metrics.csv` of the run."""
    return project.read(curves.read, _here(project, run, "metrics.csv"))


def provenance(project: Project, run: Trained) -> Provenance:
    """`provenance.json` of the run."""
    return project.read(runs.read_provenance, _here(project, run, "provenance.json"))


def params(project: Project, run: Trained) -> Params:
    """`params.yaml` of the run."""
    return project.read(runs.read_params, _here(project, run, "params.yaml"))


def table(project: Project, run: Trained, name: str) -> Predictions:
    """`validation.csv` or `baseline.csv` of the run."""
    return project.read(predictions.read, _here(project, run, name))


def overfit(project: Project) -> Overfit:
    """The newest `overfit.json` of `reports/model`; raises `Missing`."""
    found = project.glob("reports/model/*/overfit.json")
    if not found:
        raise Missing(
            "reports/model has no run that fits one batch",
            path="reports/model",
            fix=f"python -m {project.settings.package}.train --overfit-batch",
        )
    return project.read(runs.read_overfit, found[-1])


def rows_of(curves: Curves, epoch: int) -> list[Epoch]:
    """The rows that may be of an epoch counted from 0: where the table counts from 1, the one after it too."""
    numbers = {epoch, epoch + 1} if curves.epochs and curves.epochs[0].epoch == 1 else {epoch}
    return [row for row in curves.epochs if row.epoch in numbers]


def column(curves: Curves, monitor: str) -> str:
    """Our name of a monitored metric, if the table has it; else empty."""
    name = next((ours for ours, aliases in NAMES.items() if monitor in (ours, *aliases)), monitor)
    return name if name in curves.columns else ""


def noise(predictions: Predictions | None, column: str, n: int) -> float:
    """One standard error of a metric on validation: what two epochs may differ by without a difference in the model."""
    if "loss" in column:
        if predictions is None:
            return math.nan
        losses = [-math.log(max(1e-7, row.probabilities[predictions.classes.index(row.label)])) for row in predictions.rows]
        mean = sum(losses) / len(losses)
        return math.sqrt(sum((x - mean) ** 2 for x in losses) / len(losses) / len(losses))
    share = min(max(predictions.accuracy if predictions else 0.9, 0.02), 0.98)
    return math.sqrt(share * (1 - share) / max(1, n))


def _here(project: Project, run: Trained, name: str) -> str:
    path = run.path(name)
    if not project.exists(path):
        package = project.settings.package
        raise Missing(f"{path} is missing", path=path, fix=f"python -m {package}.train, or python -m {package}.choose {run.run}")
    return path
