"""training.curve-implausible."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import trained
from mlscaffold.evidence.curves import Curves
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

LEAST = 3
MOST_EQUAL = 0.8
NOTHING = 1e-6


@check(proves="metrics-by-epoch", reads=("reports/training",))
def curve_implausible(project: Project) -> Iterator[Finding]:
    """The curves are such as a model leaves that learns on one set and is measured on another.

    ## Why
    Validation that equals train to the last digit was measured on train; a number that never moves was not measured.

    ## Evidence
    The columns of `metrics.csv`: validation against train, values that never change, a learning rate of 0, or of a
    millionth of its peak (other than in the first and the last epoch), accuracies outside 0 to 1. And the digests of train and validation in `provenance.json`.

    ## Fix
    Look at the loaders and the scheduler, and train again.
    """
    run = trained.trained(project)
    curves = trained.metrics(project, run)
    fix = f"python -m {project.settings.package}.train"
    n = len(curves.epochs)
    try:
        used = trained.provenance(project, run).data
    except Missing:
        used = {}
    if "train" in used and "validation" in used and used["train"].digest == used["validation"].digest:
        yield fail(f"train and validation were the same {used['train'].samples} pictures", run.path("provenance.json"), fix=fix)
    for kind in ("acc", "loss"):
        pairs = [(e.get(f"train_{kind}"), e.get(f"val_{kind}")) for e in curves.epochs]
        open_pairs = [(a, b) for a, b in pairs if math.isfinite(a) and math.isfinite(b) and not a == b == float(kind == "acc")]
        equal = sum(abs(a - b) < 1e-7 for a, b in open_pairs)
        if len(open_pairs) >= LEAST and equal >= MOST_EQUAL * len(open_pairs):
            yield fail(
                f"val_{kind} equals train_{kind} in {equal} of {n} epochs: was validation measured on train?",
                curves.path,
                fix=fix,
            )
    yield from _constant(curves, fix)
    for name in ("train_acc", "val_acc"):
        outside = [e for e in curves.epochs if math.isfinite(e.get(name)) and not 0 <= e.get(name) <= 1]
        if outside:
            yield fail(
                f"{name} is {outside[0].get(name):g} in epoch {outside[0].epoch}; accuracies run from 0 to 1",
                curves.path,
                fix=fix,
            )
    peak = max((rate for rate in curves.column("lr") if math.isfinite(rate)), default=0.0)
    zero = [e.epoch for e in curves.epochs[1:-1] if e.get("lr") <= NOTHING * peak]
    if zero:
        ends = curves.epochs[-1].get("lr") <= NOTHING * peak
        rate = min(e.get("lr") for e in curves.epochs if e.epoch in zero)
        yield fail(
            f"lr is {rate:.2g} from epoch {zero[0]} on ({len(zero) + ends} of {n} epochs): nothing is learned then", curves.path,
            fix="look at the step unit of the scheduler",
        )  # fmt: skip


def _constant(curves: Curves, fix: str) -> Iterator[Finding]:
    for name in ("train_loss", "val_loss", "train_acc", "val_acc"):
        values = [v for v in curves.column(name) if math.isfinite(v)]
        if len(values) < LEAST or len(set(values)) > 1 or values[0] == float(name.endswith("acc")):
            continue
        told = f"{name} is {values[0]:.7g} in all {len(values)} epochs"
        yield fail(told, curves.path, fix=fix) if name.endswith("loss") else warn(told, curves.path, fix=fix)
