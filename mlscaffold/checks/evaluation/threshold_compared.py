"""The thresholds of stage 1 are compared with stage 7's numbers."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, data, judged, scored
from mlscaffold.evidence.acceptance import METRICS, Acceptance
from mlscaffold.model import Finding
from mlscaffold.practice.thresholds import measure
from mlscaffold.project import Missing, Project


@check(proves="recomputed-numbers", reads=("reports/evaluation", "acceptance.toml", "reports/training/chosen.toml"))
def threshold_compared(project: Project) -> Iterator[Finding]:
    """The thresholds of stage 1 are compared with stage 7's numbers.

    ## Why
    Stage 7 tells how far it is; stage 8 has to get there. So a threshold that is missed is a warning here and a failure there.

    ## Evidence
    Each threshold on test, recomputed from `predictions.csv`, with its interval.

    ## Fix
    `python -m <package>.tune`, or better data.
    """
    one = judged.judged(project)[0]
    wanted = read(project)
    table, names = judged.table(project, one.predictions), data.classes(project)
    for threshold in wanted.thresholds:
        if METRICS[threshold.metric].of_export or threshold.target or threshold.slice or threshold.split != "test":
            continue
        if threshold.of_class and threshold.of_class not in names:
            yield fail(f'the threshold "{threshold.text}" names a class that data/schema.toml does not have', "acceptance.toml")
            continue
        found = measure(threshold.metric, scored.rows(table), names, of_class=threshold.of_class)
        if not threshold.holds(found.value):
            yield warn(
                f"{threshold.text} is not met yet: {found.text}",
                one.predictions, "acceptance.toml", fix=f"python -m {project.settings.package}.tune",
            )  # fmt: skip


def read(project: Project) -> Acceptance:
    """`acceptance.toml` with its thresholds; raises `Missing` while there are none."""
    found = project.read(acceptance.read, "acceptance.toml")
    if not found.thresholds:
        raise Missing("acceptance.toml has no thresholds", path="acceptance.toml", fix="edit acceptance.toml")
    return found
