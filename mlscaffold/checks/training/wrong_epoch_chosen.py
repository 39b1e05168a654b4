"""training.wrong-epoch-chosen."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import acceptance, trained
from mlscaffold.evidence.curves import Curves, Epoch
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.evidence.runs import Provenance
from mlscaffold.evidence.trained import Trained
from mlscaffold.evidence.wording import says_nothing
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

CLEARLY = 2.5
# What stands in `reason` when nobody gave one, or when it only says that the epoch is the best.
NO_REASON = re.compile(r"|the first run that ended|chosen by hand|.*\bbest\b.*", re.I)


LOSS = re.compile(r"loss|error|(?:^|_)mae$|(?:^|_)mse$|perplexity", re.I)
SCORE = re.compile(r"acc|f1|recall|precision|auc|kappa|(?:^|_)map", re.I)


@check(proves="trained-model", reads=("reports/training", "acceptance.toml"))
def wrong_epoch_chosen(project: Project) -> Iterator[Finding]:
    """The checkpoint is of the best epoch by the metric that was monitored.

    ## Why
    The last epoch of an overfitted run is worse than the best one, and both files are called a checkpoint.

    ## Evidence
    The epoch in `chosen.toml` and the monitored metric in `provenance.json`, against that column of `metrics.csv`. Another epoch
    counts when it is better by more than one standard error on validation. With another reason recorded in `chosen.toml` it warns.
    Where accuracy is optimised and the loss was monitored, an epoch whose accuracy was better by 2.5 standard errors warns.

    ## Fix
    Take the best checkpoint: `choose`, which writes the choice and its epoch.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about the epoch of a run's checkpoint, of training or of tuning."""
    curves, record = trained.metrics(project, run), trained.provenance(project, run)
    fix = trained.choose(project, run)
    saved = record.checkpoint
    epoch = run.epoch if run.epoch is not None else saved.epoch if saved else None
    if epoch is None:
        yield fail(
            "neither chosen.toml nor provenance.json says of which epoch the checkpoint is", run.file, record.path, fix=fix
        )
        return
    if saved and saved.epoch is not None and saved.epoch != epoch:
        yield fail(f"chosen.toml says epoch {epoch}, provenance.json {saved.epoch}", run.file, record.path, fix=fix)
        return
    rows = trained.rows_of(curves, epoch)
    if not rows:
        yield fail(
            f"the chosen epoch {epoch} is not in metrics.csv, which has {len(curves.epochs)} epochs",
            run.file,
            curves.path,
            fix=fix,
        )
        return
    yield from _wrong_way(project, run)
    monitor = (saved.monitor if saved else "") or "val_loss"
    column = trained.column(curves, monitor)
    if not column:
        yield warn(
            f"the checkpoint was monitored on {monitor}, which metrics.csv does not have", curves.path, record.path, fix=fix
        )
        return
    yield from _accuracy(project, curves, rows, column, run=run, record=record, fix=fix)
    yield from _compare(
        curves, rows, column, run, record, noise=trained.noise(_table(project, run), column, _samples(record)), fix=fix
    )


def _wrong_way(project: Project, run: Trained) -> Iterator[Finding]:
    """What `params.yaml` watches with its mode the wrong way round: it keeps the worst epoch, or stops at the first good one."""
    try:
        raw = trained.params(project, run).raw
    except Missing:
        return
    for monitor, mode in sorted(set(_watched(raw))):
        small = bool(LOSS.search(monitor))
        if mode == ("max" if small else "min") and (small or SCORE.search(monitor)):
            yield fail(
                f"params.yaml watches {monitor} with mode {mode}; it is better when {'small' if small else 'large'}",
                run.path("params.yaml"), fix=trained.command(project, run),
            )  # fmt: skip


def _watched(value: object) -> Iterator[tuple[str, str]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get("monitor"), str) and isinstance(value.get("mode"), str):
        yield value["monitor"], value["mode"]
    for part in inner:
        yield from _watched(part)


def _accuracy(
    project: Project, curves: Curves, rows: list[Epoch], column: str, *, run: Trained, record: Provenance, fix: str
) -> Iterator[Finding]:
    """A warning where what was monitored is not what is optimised, and accuracy had been clearly better."""
    wanted = project.read(acceptance.read, "acceptance.toml").optimise if project.exists("acceptance.toml") else ""
    best, row = curves.best("val_acc", "max"), rows[0]
    if wanted != "accuracy" or column != "val_loss" or best is None or not math.isfinite(row.get("val_acc")):
        return
    noise = CLEARLY * trained.noise(_table(project, run), "val_acc", _samples(record))
    if best.get("val_acc") - max(r.get("val_acc") for r in rows) > noise:
        yield warn(
            f"the chosen epoch {row.epoch} has val_acc {row.get('val_acc'):.3f}, epoch {best.epoch} had {best.get('val_acc'):.3f} (chance explains"
            f" {noise:.2g}); {column} was monitored, accuracy is optimised",
            at(curves.path, row.line), run.file, fix=f"monitor val_acc, or {fix}",
        )  # fmt: skip


def _compare(
    curves: Curves, rows: list[Epoch], column: str, run: Trained, record: Provenance, *, noise: float, fix: str
) -> Iterator[Finding]:
    said = record.checkpoint.mode if record.checkpoint else ""
    mode = said if said in ("min", "max") else "min" if "loss" in column or "error" in column else "max"
    best = curves.best(column, mode)
    finite = [row for row in rows if math.isfinite(row.get(column))]
    if best is None or not finite:
        yield fail(f"{column} has no number at the chosen epoch {rows[0].epoch}", at(curves.path, rows[0].line), fix=fix)
        return
    sign = 1 if mode == "min" else -1
    row = min(finite, key=lambda r: sign * r.get(column))
    behind = sign * (row.get(column) - best.get(column))
    noise = noise if math.isfinite(noise) else 0.05 * abs(best.get(column))
    if behind <= noise:
        return
    told = (
        f"the chosen epoch {row.epoch} has {column} {row.get(column):.4g}, epoch {best.epoch} had {best.get(column):.4g}"
        f" (chance explains {noise:.2g})"
    )
    if NO_REASON.fullmatch(run.reason.strip()) or says_nothing(run.reason):
        yield fail(told, at(curves.path, row.line), run.file, fix=fix)
    else:
        yield warn(f'{told}; the reason given is "{run.reason}"', at(curves.path, row.line), run.file, fix=fix)


def _samples(record: Provenance) -> int:
    used = record.data.get("validation")
    return used.samples if used else 1000


def _table(project: Project, run: Trained) -> Predictions | None:
    try:
        return trained.table(project, run, "validation.csv")
    except Missing:
        return None
