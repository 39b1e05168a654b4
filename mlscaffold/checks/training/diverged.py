"""training.diverged."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.checks.training.metrics_incomplete import WANTED
from mlscaffold.evidence import trained
from mlscaffold.evidence.trained import Trained
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="metrics-by-epoch", reads=("reports/training",))
def diverged(project: Project) -> Iterator[Finding]:
    """The losses are numbers up to the chosen epoch, and lower than at the start.

    ## Why
    After the first NaN the weights are NaN too: such a checkpoint answers the first class, always.

    ## Evidence
    `metrics.csv` of the chosen run: NaN and infinity up to the chosen epoch fail, after it they warn; a training loss above its
    start fails. Runs that are not chosen do not count.

    ## Fix
    Lower the learning rate, clip gradients, or choose an earlier epoch.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about the losses of a run, of training or of tuning."""
    curves = trained.metrics(project, run)
    fix = f"{trained.command(project, run)} with a lower --model.lr"
    chosen = run.epoch if run.epoch is not None else (curves.epochs[-1].epoch if curves.epochs else 0)
    last = max((row.epoch for row in trained.rows_of(curves, chosen)), default=chosen)
    for name in WANTED:
        bad = [e for e in curves.epochs if name in e.values and not math.isfinite(e.values[name])]
        if not bad:
            continue
        span = (
            f"epochs {bad[0].epoch}-{bad[-1].epoch}"
            if len(bad) == bad[-1].epoch - bad[0].epoch + 1 > 1
            else f"epochs {few([e.epoch for e in bad])}"
        )
        told = f"{name} is {bad[0].values[name]:g} in {span}"
        if bad[0].epoch <= last:
            yield fail(f"{told}; the chosen checkpoint is of epoch {chosen}", at(curves.path, bad[0].line), fix=fix)
        else:
            yield warn(f"{told}, after the chosen epoch {chosen}", at(curves.path, bad[0].line), fix=fix)
    rows = [e for e in trained.rows_of(curves, chosen) if math.isfinite(e.get("train_loss"))]
    start = curves.epochs[0].get("train_loss") if curves.epochs else math.nan
    if rows and rows[-1].get("train_loss") > start * 1.05 > 0:
        yield fail(
            f"train_loss is {rows[-1].get('train_loss'):.3g} at the chosen epoch {chosen}, above its start of {start:.3g}",
            at(curves.path, rows[-1].line), fix=fix,
        )  # fmt: skip
