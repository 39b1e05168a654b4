"""The refined run is as sound as stage 6 asks of the first one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlscaffold.checks import check, fail, unknown
from mlscaffold.checks.training import (
    checkpoint_metric_differs,
    checkpoint_missing,
    curve_implausible,
    diverged,
    metrics_incomplete,
    provenance_missing,
    wrong_epoch_chosen,
)
from mlscaffold.evidence import pipelines, trained
from mlscaffold.evidence.trained import Trained
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project, Unknown

Judge = Callable[[Project, Trained], Iterator[Finding]]
READS = ("reports/tuning", "runs", "data/processed/*/annotations.csv", "acceptance.toml")


@check(proves="refined-model", reads=READS)
def run_unsound(project: Project) -> Iterator[Finding]:
    """The refined run is as sound as stage 6 asks of the first one.

    ## Why
    The refined model is the one that is converted and served. A run that diverged, that died, or whose checkpoint is
    another's, is no better for having come second.

    ## Evidence
    The run that `reports/tuning/chosen.toml` names, judged as stage 6 judges its own: curves to the end and plausible, losses that are
    numbers, the checkpoint and its epoch, the predictions on validation, the provenance, and the copy of
    `pipeline.json` beside it. A kept stage 6 is exempt.

    ## Fix
    `python -m <package>.tune`, or choose another run with `python -m <package>.choose RUN --for tuning`.
    """
    run = trained.refined(project)
    if run is None:
        return
    lacking: Missing | None = None
    for judge in _judges():
        try:
            yield from judge(project, run)
        except Missing as problem:
            lacking = lacking or problem
        except Unknown as problem:
            yield unknown(problem.reason, problem.path, fix=problem.fix)
    if lacking:
        raise lacking


def _judges() -> tuple[Judge, ...]:
    return (
        metrics_incomplete.of_run,
        diverged.of_run,
        curve_implausible.of_run,
        checkpoint_missing.of_run,
        wrong_epoch_chosen.of_run,
        checkpoint_metric_differs.of_run,
        provenance_missing.of_run,
        _copy,
    )


def _copy(project: Project, run: Trained) -> Iterator[Finding]:
    """The pipeline beside the run against the one that it says it used."""
    copy, record = run.path(pipelines.FILE), trained.provenance(project, run)
    if record.pipeline and project.exists(copy) and pipelines.pipeline_digest(project, copy) != record.pipeline:
        yield fail(
            "the copy of pipeline.json beside the run is not the one it was trained with",
            copy, record.path, fix=trained.command(project, run),
        )  # fmt: skip
