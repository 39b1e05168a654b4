"""training.provenance-missing."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import trained
from mlscaffold.evidence.runs import Provenance
from mlscaffold.evidence.trained import Trained
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

WHOLE = ("fast_dev_run", "overfit_batches")


@check(proves="recorded-run", reads=("reports/training",), tells=("reports/training/*/provenance.json",))
def provenance_missing(project: Project) -> Iterator[Finding]:
    """The chosen run says which code, data, packages and seed made it.

    ## Why
    What cannot be repeated cannot be mended.

    ## Evidence
    `provenance.json`: commit, digests of train and validation, class map, pipeline and checkpoint, packages, seed, command, times.
    Changes that were not committed, and a run on a part of the data, warn.

    ## Fix
    Commit, and train again.
    """
    yield from of_run(project, trained.trained(project))


def of_run(project: Project, run: Trained) -> Iterator[Finding]:
    """Findings about what a run says of itself, of training or of tuning."""
    record = trained.provenance(project, run)
    fix = f"commit, then {trained.command(project, run)}"
    lacking = _lacking(record)
    if lacking:
        yield fail(f"provenance.json does not say {few(lacking, 12)}", record.path, fix=fix)
    if record.run != run.run:
        yield fail(
            f"provenance.json in {run.folder} is of run {record.run}",
            record.path,
            run.file,
            fix=trained.choose(project, run),
        )
    if record.dirty:
        yield warn(f"the run was made with changes that commit {record.commit[:12]} does not hold", record.path, fix=fix)
    if record.end and record.end < record.start and record.end[-6:] == record.start[-6:]:
        yield fail(f"the run ended ({record.end}) before it began ({record.start})", record.path, fix=fix)
    limits = [*_configured(project, run).items(), *record.limits.items()]
    part = {k: v for k, v in limits if (k.startswith("limit_") and _is_part(v)) or (k in WHOLE and v)}
    if part:
        told = few([f"{name} = {value}" for name, value in part.items()])
        yield warn(f"the run saw a part of the data: {told}", record.path, fix=fix)
    try:
        seed = trained.params(project, run).seed
    except Missing:
        return
    if seed is not None and record.seed is not None and seed != record.seed:
        yield fail(f"params.yaml has seed {seed}, provenance.json {record.seed}", run.path("params.yaml"), record.path, fix=fix)


def _configured(project: Project, run: trained.Trained) -> dict[str, object]:
    """The limits that `params.yaml` sets, of training and validation."""
    try:
        trainer = trained.params(project, run).trainer
    except Missing:
        return {}
    return {key: trainer[key] for key in ("limit_train_batches", "limit_val_batches", *WHOLE) if key in trainer}


def _lacking(record: Provenance) -> list[str]:
    known = {
        "commit": record.commit,
        "data of train": "train" in record.data,
        "data of validation": "validation" in record.data,
        "class map": record.classes,
        "pipeline": record.pipeline,
        "checkpoint": record.checkpoint,
        "packages": record.packages,
        "seed": record.seed is not None,
        "command": record.command,
        "end": record.end,
    }
    return [name for name, value in known.items() if not value]


def _is_part(value: object) -> bool:
    """Whether a limit leaves something out: a whole number counts batches, a fraction is a share."""
    if isinstance(value, bool) or value is None:
        return False
    return isinstance(value, int) or (isinstance(value, float) and value < 1)
