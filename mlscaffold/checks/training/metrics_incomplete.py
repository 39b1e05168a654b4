"""training.metrics-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import trained
from mlscaffold.evidence.curves import Curves
from mlscaffold.evidence.runs import Provenance
from mlscaffold.evidence.trained import Trained
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

WANTED = ("train_loss", "train_acc", "val_loss", "val_acc")


@check(
    proves="metrics-by-epoch",
    reads=("reports/training",),
    tells=(
        "reports/training/*/metrics.csv",
        "reports/training/*/params.yaml",
    ),
)
def metrics_incomplete(project: Project) -> Iterator[Finding]:
    """Every epoch has its loss and accuracy, on train and on validation, to the end of the run.

    ## Why
    A curve with holes hides where it went wrong, and a run that died is no finished one.

    ## Evidence
    `metrics.csv` of the chosen run (our layout, or that of Lightning's logger): four numbers an epoch, no gap, none twice, from the
    first epoch on unless the run names a parent; as many epochs as `max_epochs`, unless early stopping is recorded.

    ## Fix
    Resume the run, or train again.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about the epochs of a run, of training or of tuning."""
    curves = trained.metrics(project, run)
    fix = trained.command(project, run)
    if not curves.epochs:
        yield fail("metrics.csv has 0 epochs", curves.path, fix=fix)
        return
    lacking = [name for name in WANTED if name not in curves.columns]
    if lacking:
        yield fail(f"metrics.csv has no {few(lacking, 4)}", curves.path, fix=fix)
    every = _every(project, run)
    for name in (n for n in WANTED if n in curves.columns):
        wanted = [e for i, e in enumerate(curves.epochs) if every == 1 or not name.startswith("val") or (i + 1) % every == 0]
        blank = [e.epoch for e in wanted if name not in e.values]
        if blank:
            yield fail(f"{name} is blank in {len(blank)} of {len(wanted)} epochs: {few(blank)}", curves.path, fix=fix)
    yield from _numbering(curves, _provenance(project, run), fix)
    yield from _ended(project, run, curves, fix)


def _numbering(curves: Curves, record: Provenance | None, fix: str) -> Iterator[Finding]:
    numbers = [e.epoch for e in curves.epochs]
    gaps = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers))
    if gaps:
        yield fail(f"{len(gaps)} epochs are missing between {numbers[0]} and {numbers[-1]}: {few(gaps)}", curves.path, fix=fix)
    if curves.repeated:
        told = f"{curves.repeated[0]} to {curves.repeated[-1]}" if len(curves.repeated) > 1 else str(curves.repeated[0])
        yield warn(f"epochs {told} occur twice: was the run resumed into the same file?", curves.path, fix=fix)
    if numbers[0] > 1 and not (record and record.parent):
        yield warn(f"the first epoch is {numbers[0]}, and provenance.json names no parent run", curves.path, fix=fix)


def _ended(project: Project, run: Trained, curves: Curves, fix: str) -> Iterator[Finding]:
    record = _provenance(project, run)
    if record is None:
        return
    first, last = curves.epochs[0].epoch, curves.epochs[-1].epoch
    done = last if first == 1 and not record.parent else last + 1
    told = record.limits.get("epochs")
    if isinstance(told, int) and not record.parent and told != len(curves.epochs):
        yield fail(f"provenance.json says {told} epochs, metrics.csv has {len(curves.epochs)}", curves.path, record.path, fix=fix)
    planned = record.limits.get("max_epochs", _planned(project, run))
    if not isinstance(planned, int) or planned < 1 or done >= planned or record.stopped == "early stopping":
        return
    if record.stopped == "interrupted":
        yield warn(f"the run was interrupted after {done} of {planned} epochs", curves.path, fix=f"{fix} --resume {run.run}")
        return
    yield fail(
        f"{done} of {planned} epochs, and no early stop is recorded: did the run die?",
        curves.path,
        record.path,
        fix=f"{fix} --resume {run.run}",
    )


def _planned(project: Project, run: Trained) -> object:
    try:
        return trained.params(project, run).trainer.get("max_epochs")
    except Missing:
        return None


def _every(project: Project, run: Trained) -> int:
    """Validation takes place every so many epochs."""
    try:
        value = trained.params(project, run).trainer.get("check_val_every_n_epoch")
    except Missing:
        return 1
    return value if isinstance(value, int) and value > 1 else 1


def _provenance(project: Project, run: Trained) -> Provenance | None:
    try:
        return trained.provenance(project, run)
    except Missing:
        return None
