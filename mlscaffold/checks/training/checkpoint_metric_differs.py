"""training.checkpoint-metric-differs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, pipelines, trained
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.evidence.trained import Trained
from mlscaffold.evidence.wording import few
from mlscaffold.model import Effect, Finding
from mlscaffold.practice import metrics
from mlscaffold.project import Missing, Project

EXACT, AVERAGING = 1e-3, 0.01
FEW = 2.5  # pictures: of a small validation split they are more than AVERAGING
READS = ("reports/training", "data/processed/validation/annotations.csv")


@check(proves="trained-model", reads=READS)
def checkpoint_metric_differs(project: Project) -> Iterator[Finding]:
    """The accuracy of the chosen epoch can be recomputed from its predictions on validation.

    ## Why
    A table of another checkpoint, or averages of batches in which the last three pictures weigh as much as sixty-four, give a number
    that nobody can repeat.

    ## Evidence
    `validation.csv`: exactly the pictures of validation, their labels as annotated, and each prediction the likeliest class. Its
    accuracy against `val_acc` of the chosen epoch in `metrics.csv`: one picture, or 0.001, is noise; up to 0.01 warns, as averaging
    over batches explains it; more fails. And the value in `chosen.toml`.

    ## Fix
    Predict validation again with the chosen checkpoint (`train` does so at its end); count pictures, not batches.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about the predictions of a run on validation, of training or of tuning."""
    table = trained.table(project, run, "validation.csv")
    fix = trained.command(project, run)
    yield from _pictures(project, run, table, fix)
    odd = [r for r in table.rows if r.probabilities[table.classes.index(r.prediction)] < r.confidence - 1e-6]
    if odd:
        yield fail(
            f"{len(odd)} of {len(table.rows)} predictions are not the likeliest class, first {odd[0].path}",
            at(table.path, odd[0].line),
            fix=fix,
        )
    found = _recomputed(table, run.metric)
    if (
        run.value is not None
        and found is not None
        and abs(found - run.value) > max(EXACT, 1 / len(table.rows) if run.metric in ("", "accuracy") else 0.0)
    ):
        yield fail(
            f"chosen.toml says {run.metric or 'accuracy'} {run.value:.4f}; validation.csv gives {found:.4f}",
            run.file,
            table.path,
            fix=fix,
        )
    curves = trained.metrics(project, run)
    rows = [e for e in trained.rows_of(curves, run.epoch) if math.isfinite(e.get("val_acc"))] if run.epoch is not None else []
    if not rows:
        return
    row = min(rows, key=lambda e: abs(e.get("val_acc") - table.accuracy))
    logged, n = row.get("val_acc"), len(table.rows)
    difference = abs(logged - table.accuracy)
    if difference > max(EXACT, 1 / n + 1e-6):
        say = warn if difference <= max(AVERAGING, FEW / n) else fail
        yield say(
            f"logged val_acc of epoch {row.epoch} is {logged:.4f}; recomputed over {n} pictures it is {table.accuracy:.4f}",
            at(curves.path, row.line), table.path, fix=fix, effect=Effect("val_acc", logged, table.accuracy),
        )  # fmt: skip


def _pictures(project: Project, run: Trained, table: Predictions, fix: str) -> Iterator[Finding]:
    """Findings about which pictures the table is of; a run on other data than today's is what data-stale says."""
    truth = {row.path: row.label for row in data.processed(project, "validation")}
    mine = {row.path: row for row in table.rows}
    try:
        used = trained.provenance(project, run).data.get("validation")
    except Missing:
        used = None
    fresh = used is None or used.digest == pipelines.data_digest(project, "validation")
    renamed = fresh and used is not None and Counter(r.label for r in table.rows) == Counter(truth.values())
    renamed = renamed and all(path.startswith("validation/") for path in mine)
    if not fresh or (renamed and mine.keys() != truth.keys()):
        return
    absent, foreign = sorted(truth.keys() - mine.keys()), sorted(mine.keys() - truth.keys())
    if absent or foreign:
        told = [f"{len(absent)} of {len(truth)} pictures of validation have no prediction ({few(absent)})"] if absent else []
        told += [f"{len(foreign)} predicted pictures are not of validation ({few(foreign)})"] if foreign else []
        yield fail("; ".join(told), table.path, fix=fix)
    wrong = [row for row in table.rows if truth.get(row.path, row.label) != row.label]
    if wrong:
        yield fail(
            f"{len(wrong)} of {len(table.rows)} labels in validation.csv are not the annotated ones: {wrong[0].path} is {truth[wrong[0].path]},"
            f" not {wrong[0].label}",
            at(table.path, wrong[0].line), fix=fix,
        )  # fmt: skip


def _recomputed(table: Predictions, metric: str) -> float | None:
    rows = [(r.label, r.prediction) for r in table.rows]
    if metric == "log_loss":
        return metrics.log_loss((r.label, dict(zip(table.classes, r.probabilities, strict=True))) for r in table.rows)
    found = metrics.OF_MATRIX.get(metric or "accuracy")
    return found(metrics.confusion(rows, table.classes)) if found else None
