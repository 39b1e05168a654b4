"""The refined model is better than stage 6's on validation, and not worse on test."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, chain, data, judged, scored, testsets
from mlscaffold.evidence.acceptance import METRICS
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Finding
from mlscaffold.practice.paired import Difference, difference
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import TEST

READS = ("reports/tuning", "reports/training", "reports/evaluation", "acceptance.toml", "data/splits/tests")


@check(proves="refined-model", reads=READS)
def not_better(project: Project) -> Iterator[Finding]:
    """The refined model is better than stage 6's on validation, and not worse on test.

    ## Why
    Two pictures more of 412 are luck; a model that is worse on test was fitted to validation.

    ## Evidence
    Both models on the same pictures, of one version of the test set, by the metric of `acceptance.toml`: exact McNemar for accuracy, a paired bootstrap for the
    others.
    Significantly worse is a failure on either split; a gain on validation that chance explains is a warning.

    ## Fix
    Search further, or keep stage 6's model: `choose --keep-training --reason …`.
    """
    before, after = chain.chosen(project, "training"), chain.chosen(project, "tuning")
    if after.keep or before.checkpoint == after.checkpoint:
        return
    wanted = project.read(acceptance.read, "acceptance.toml").optimise if project.exists("acceptance.toml") else ""
    metric = wanted if wanted and not METRICS[wanted].of_class and not METRICS[wanted].of_export else "accuracy"
    keep = f"python -m {project.settings.package}.choose {after.run} --for tuning --keep-training --reason …"
    for split, mine, theirs in _pairs(project, before, after):
        one, other = judged.table(project, mine), judged.table(project, theirs)
        common = [path for path in scored.by_path(one) if path in scored.by_path(other)]
        n = max(len(one.rows), len(other.rows))
        if split == TEST and len(common) < n:
            _same_version(project)
        if len(common) < n:
            yield fail(f"{len(common)} of {n} {split} pictures are in both tables: these are two different tests",
                       mine, theirs, fix=f"python -m {project.settings.package}.tune")  # fmt: skip
            continue
        found = _difference(project, metric, one, other)
        told = f"{metric} {found.second:.3f} → {found.first:.3f} on {split} ({found.text})"
        if found.significant and found.gain < 0:
            yield fail(f"the refined model is worse than stage 6's: {told}", mine, theirs, fix=keep)
        elif split == "validation" and not found.significant:
            yield warn(f"the gain may be chance: {told}", mine, theirs, fix=keep)


def _pairs(project: Project, before: chain.Chosen, after: chain.Chosen) -> list[tuple[str, str, str]]:
    pairs = [("validation", f"{after.folder}/validation.csv", f"{before.folder}/validation.csv")]
    tested = [chain.evaluation_of(project, stage).folder for stage in ("tuning", "training")]
    return [*pairs, ("test", f"{tested[0]}/predictions.csv", f"{tested[1]}/predictions.csv")]


def _same_version(project: Project) -> None:
    """Raise `Missing` where one of the two models was evaluated on an older version of the test set."""
    for stage in ("training", "tuning"):
        evaluated = chain.evaluation_of(project, stage)
        if version := testsets.newer(project, evaluated.data.get(TEST, {}), TEST):
            raise Missing(
                f"{stage}'s choice was evaluated on an older test set than {version.text}: evaluate it anew before the two are compared",
                path=evaluated.folder, fix=f"python -m {project.settings.package}.evaluate --of {stage}",
            )  # fmt: skip


def _difference(project: Project, metric: str, one: Predictions, other: Predictions) -> Difference:
    rows, known = scored.by_path(one), scored.by_path(other)
    if wrong := [path for path, row in rows.items() if known[path].label != row.label]:
        raise Missing(
            f"{len(wrong)} pictures carry another label in the older table, first {wrong[0]}: the labels moved", path=other.path,
            fix=f"python -m {project.settings.package}.evaluate --of training",
        )  # fmt: skip
    order = sorted(rows)
    first, second = (
        [(r.label, r.prediction, dict(zip(table.classes, r.probabilities, strict=True))) for r in (by[path] for path in order)]
        for table, by in ((one, rows), (other, known))
    )
    return difference(metric, first, second, classes=data.classes(project))
