"""training.curve-implausible."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import trained
from mlscaffold.evidence.curves import Curves
from mlscaffold.evidence.trained import Trained
from mlscaffold.model import Finding
from mlscaffold.practice import metrics
from mlscaffold.project import Missing, Project

LEAST = 3
MOST_EQUAL = 0.8
NOTHING = 1e-6
EXACT = 1e-6  # of a number in single precision
ROUGH = 0.25  # of a picture: with so few digits every number is a share
PADDED = 16  # several devices fill up the last batch
APART = 50


@check(proves="metrics-by-epoch", reads=("reports/training",))
def curve_implausible(project: Project) -> Iterator[Finding]:
    """The curves are such as a model leaves that learns on one set and is measured on another.

    ## Why
    Validation that equals train to the last digit was measured on train; a number that never moves was not measured.

    ## Evidence
    The columns of `metrics.csv`: validation against train, values that never change, a learning rate of 0, or of a
    millionth of its peak (other than in the first and the last epoch), accuracies outside 0 to 1, or that no number of right answers among the pictures of validation gives; a learning rate fifty times
    off the one of `params.yaml`. And the digests of train and validation in `provenance.json`.

    ## Fix
    Look at the loaders and the scheduler, and train again.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about the curves of a run, of training or of tuning."""
    curves = trained.metrics(project, run)
    fix = trained.command(project, run)
    n = len(curves.epochs)
    try:
        used = trained.provenance(project, run).data
    except Missing:
        used = {}
    if "train" in used and "validation" in used and used["train"].digest == used["validation"].digest:
        yield fail(f"train and validation were the same {used['train'].samples} pictures", run.path("provenance.json"), fix=fix)
    told = False
    for kind in ("acc", "loss"):
        pairs = [(e.get(f"train_{kind}"), e.get(f"val_{kind}")) for e in curves.epochs]
        open_pairs = [(a, b) for a, b in pairs if math.isfinite(a) and math.isfinite(b) and not a == b == float(kind == "acc")]
        equal = sum(abs(a - b) < 1e-7 for a, b in open_pairs)
        if len(open_pairs) >= LEAST and equal >= MOST_EQUAL * len(open_pairs):
            told = True
            yield fail(
                f"val_{kind} equals train_{kind} in {equal} of {n} epochs: was validation measured on train?",
                curves.path,
                fix=fix,
            )
    yield from _constant(curves, fix)
    if not told:
        yield from _no_shares(project, run, curves, fix)
    yield from _other_rate(project, run, curves, fix)
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


def _no_shares(project: Project, run: Trained, curves: Curves, fix: str) -> Iterator[Finding]:
    """An accuracy on n pictures is a whole number of them, divided by n; what lies between was not counted."""
    try:
        record, table = trained.provenance(project, run), trained.table(project, run, "validation.csv")
    except Missing:
        return
    used = record.data.get("validation")
    values = [(e, e.get("val_acc")) for e in curves.epochs if 0 < e.get("val_acc") < 1]
    if used is None or len(values) < LEAST or record.limits.get("limit_val_batches") not in (None, 1.0):
        return
    n = used.samples
    if any(all(_is_share(value, m) for _, value in values) for m in range(n, n + PADDED)):
        return
    odd = [(epoch, value) for epoch, value in values if not _is_share(value, n)]
    by_class = metrics.OF_MATRIX["recall_macro"](metrics.confusion([(r.label, r.prediction) for r in table.rows], table.classes))
    chosen = [e.get("val_acc") for e in trained.rows_of(curves, run.epoch)] if run.epoch is not None else []
    if len(odd) < max(LEAST, len(values) / 2) or any(abs(value - (by_class or 0.0)) < EXACT for value in chosen):
        return
    epoch, value = odd[0]
    yield warn(
        f"val_acc of {len(odd)} of {len(values)} epochs is no share of {n} pictures, first in epoch {epoch.epoch}: {value:.6g} lies between"
        f" {int(value * n)} and {int(value * n) + 1} right answers; averaged over batches, smoothed, or typed?",
        at(curves.path, epoch.line), fix=fix,
    )  # fmt: skip


def _is_share(value: float, n: int) -> bool:
    """Whether so many of n pictures can be right, as far as the digits tell."""
    digits = -int(Decimal(repr(value)).as_tuple().exponent)
    tolerance = n * max(0.5 * 10.0**-digits, EXACT)
    return tolerance >= ROUGH or abs(value * n - round(value * n)) <= tolerance


def _other_rate(project: Project, run: Trained, curves: Curves, fix: str) -> Iterator[Finding]:
    """The learning rate of `params.yaml` against the one that was logged; schedules move it, but not a hundredfold."""
    try:
        wanted = trained.params(project, run).model.get("lr")
    except Missing:
        return
    peak = max((rate for rate in curves.column("lr") if math.isfinite(rate)), default=0.0)
    if isinstance(wanted, int | float) and wanted > 0 and peak > 0 and not 1 / APART <= peak / wanted <= APART:
        yield warn(
            f"params.yaml has lr {wanted:g}; metrics.csv never logs more than {peak:.3g}",
            curves.path,
            run.path("params.yaml"),
            fix=fix,
        )


def _constant(curves: Curves, fix: str) -> Iterator[Finding]:
    for name in ("train_loss", "val_loss", "train_acc", "val_acc"):
        values = [v for v in curves.column(name) if math.isfinite(v)]
        if len(values) < LEAST or len(set(values)) > 1 or values[0] == float(name.endswith("acc")):
            continue
        told = f"{name} is {values[0]:.7g} in all {len(values)} epochs"
        yield fail(told, curves.path, fix=fix) if name.endswith("loss") else warn(told, curves.path, fix=fix)
