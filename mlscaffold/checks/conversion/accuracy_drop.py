"""No export loses more than is tolerable."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence import acceptance, data, judged, scored, sliced
from mlscaffold.evidence.acceptance import METRICS
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Effect, Finding
from mlscaffold.practice.thresholds import measure
from mlscaffold.project import Project

DROP = 0.01
READS = (
    "exports",
    "reports/evaluation",
    "acceptance.toml",
    "reports/tuning/chosen.toml",
    "data/raw",
    "data/processed/*/annotations.csv",
)


@check(proves="same-answers", reads=READS)
def accuracy_drop(project: Project) -> Iterator[Finding]:
    """No export loses more than is tolerable.

    ## Why
    The full-integer model lost six points, and only the float one was evaluated.

    ## Evidence
    The metric of `acceptance.toml` (accuracy, without one), recomputed from the export's own predictions and from the source's
    on the same pictures; the drop against `tolerable.drop`. Thresholds on quality that name the target are held against the
    export too.

    ## Fix
    Convert with another data type, or calibrate with more pictures of train.
    """
    wanted = project.read(acceptance.read, "acceptance.toml") if project.exists("acceptance.toml") else None
    tolerable = wanted.drop if wanted else DROP
    chosen = wanted.optimise if wanted else ""
    metric = chosen if chosen and not METRICS[chosen].of_class and not METRICS[chosen].of_export else "accuracy"
    for card in cards(project):
        path = f"{folder_of(card)}/predictions.csv"
        if not card.verified_by and not project.exists(path):
            continue  # agreement-differs says that it is unknown
        table, source = judged.table(project, path), judged.table(project, judged.newest(project).predictions)
        common = list(scored.by_path(table).keys() & scored.by_path(source).keys())
        if not common:
            continue
        names = data.classes(project)
        mine, theirs = (measure(metric, scored.rows(each, only=common), names).value for each in (table, source))
        drop = mine - theirs if METRICS[metric].better == "lower" else theirs - mine
        if drop > tolerable + 1e-9:
            yield fail(
                f"{card.target}: {card.quantisation} {metric} {mine:.3f}, source {theirs:.3f} on {len(common)} pictures;"
                f" a drop of {tolerable:g} is tolerable",
                path, "acceptance.toml", fix=command(project, card), effect=Effect(metric, theirs, mine),
            )  # fmt: skip
        yield from _thresholds(project, card.target, table)


def _thresholds(project: Project, target: str, table: Predictions) -> Iterator[Finding]:
    if not project.exists("acceptance.toml"):
        return
    for threshold in project.read(acceptance.read, "acceptance.toml").thresholds:
        if threshold.target != target or METRICS[threshold.metric].of_export or threshold.split != "test":
            continue
        rows = sliced.select(project, threshold.slice, {row.path for row in table.rows})
        if not rows:
            continue  # stage 8 says that nothing is in the slice
        found = measure(threshold.metric, scored.rows(table, only=rows), data.classes(project), of_class=threshold.of_class)
        if not threshold.holds(found.value):
            yield fail(f"{threshold.text} is not met: {found.text}", table.path, "acceptance.toml")
        elif not (threshold.holds(found.low) and threshold.holds(found.high)):
            yield warn(f"{threshold.text} is met, but chance may explain it: {found.text}", table.path, "acceptance.toml")
