"""training.stopped-early."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import trained
from mlscaffold.evidence.curves import Curves
from mlscaffold.evidence.trained import Trained
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

LEAST, TAIL = 4, 5
RATE = 0.01
SPENT, WORTH = 0.1, 0.05


@dataclass(frozen=True)
class Fall:
    """How a loss ends: its last value, and the share by which it falls from epoch to epoch."""

    last: float
    rate: float

    def further(self, epochs: int) -> float:
        """What it would fall by in so many epochs more, at this rate."""
        return self.last * (1 - (1 - self.rate) ** epochs)


@check(proves="metrics-by-epoch", reads=("reports/training",))
def stopped_early(project: Project) -> Iterator[Finding]:
    """The run went on until the losses hardly fell any more.

    ## Why
    A model that is stopped while it learns is worse than it need be, and every later comparison is of half a training.

    ## Evidence
    The last epochs of `metrics.csv` (a third, three to five steps): both losses fall by 1 % an epoch or more, measured by the median
    step, and half as many epochs again would lower the validation loss by more than its standard error. Where the learning
    rate has run out (below a tenth of its peak) losses always fall a little at the end: then it has to be 0.05 too. A run that
    stopped by early stopping, or was interrupted, is not judged.

    ## Fix
    Train with more epochs; early stopping ends the run when validation does not improve any more.
    """
    run = trained.trained(project)
    curves = trained.metrics(project, run)
    if _stopped(project, run) not in ("", "max_epochs"):
        return
    train, val = (_fall(curves.column(name)) for name in ("train_loss", "val_loss"))
    if train is None or val is None or min(train.rate, val.rate) < RATE:
        return
    n = len(curves.epochs)
    gain = val.further(max(1, n // 2))
    wanted = max(_noise(project, run, val.last), WORTH if _spent(curves) else 0.0)
    if gain <= wanted:
        return
    last = curves.epochs[-1]
    yield warn(
        f"val_loss still falls by {_percent(val.rate)} an epoch and train_loss by {_percent(train.rate)} when the run ends at epoch {last.epoch}"
        f" ({n} epochs): {val.last:.3g} would be {val.last - gain:.3g} after {max(1, n // 2)} more, and chance explains {wanted:.2g}",
        at(curves.path, last.line), fix=f"python -m {project.settings.package}.train --trainer.max_epochs {2 * n}",
    )  # fmt: skip


def _fall(values: Sequence[float]) -> Fall | None:
    """The median fall of the last epochs, where each of them fell; None where one rose, or too little is known."""
    known = [v for v in values if math.isfinite(v)]
    if len(known) < LEAST or len(known) < len(values) / 2:
        return None
    tail = known[-1 - max(3, min(TAIL, len(known) // 3)) :]
    if min(tail) <= 0 or any(after >= before for before, after in pairwise(tail)):
        return None
    steps = sorted(1 - after / before for before, after in pairwise(tail))
    return Fall(tail[-1], steps[len(steps) // 2])


def _spent(curves: Curves) -> bool:
    """Whether the learning rate had run out at the end."""
    rates = [v for v in curves.column("lr") if math.isfinite(v)]
    return bool(rates) and rates[-1] < SPENT * max(rates)


def _noise(project: Project, run: Trained, last: float) -> float:
    """One standard error of the validation loss."""
    try:
        found = trained.noise(trained.table(project, run, "validation.csv"), "val_loss", 0)
    except Missing:
        found = math.nan
    return found if math.isfinite(found) else 0.05 * last


def _stopped(project: Project, run: Trained) -> str:
    try:
        return trained.provenance(project, run).stopped
    except Missing:
        return ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.0f} %"
