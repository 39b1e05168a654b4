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

    @property
    def stage(self) -> str:
        """`training` or `tuning`."""
        return self.folder.split("/")[1]

    def path(self, name: str) -> str:
        """A file of the run."""
        return f"{self.folder}/{name}"


def of(project: Project, stage: str) -> Trained:
    """The run that `chosen.toml` of a stage names, also where tuning records a search and keeps training's model; raises `Missing`."""
    found = chain.chosen(project, stage)
    choice = project.read(runs.read_chosen, found.file)
    return Trained(
        found.run, found.folder, found.file, found.checkpoint, choice.epoch, choice.split, choice.reason, choice.metric, choice.value
    )  # fmt: skip


def trained(project: Project) -> Trained:
    """The chosen run of training; raises `Missing`."""
    return of(project, "training")


def refined(project: Project) -> Trained | None:
    """The chosen run of tuning, None where it kept training's model; raises `Missing`."""
    return None if chain.chosen(project, "tuning").keep else of(project, "tuning")


def command(project: Project, run: Trained) -> str:
    """The script that trains such a run."""
    return f"python -m {project.settings.package}.{chain.TRAIN[run.stage]}"


def choose(project: Project, run: Trained, name: str = "") -> str:
    """The script that chooses a run (this one, if none is named) in its stage."""
    return f"python -m {project.settings.package}.choose {name or run.run}{' --for tuning' * (run.stage == 'tuning')}"


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
        raise Missing(f"{path} is missing", path=path, fix=f"{command(project, run)}, or {choose(project, run)}")
    return path
