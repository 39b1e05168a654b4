"""The refined checkpoint still says of test pictures what its table says."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check
from mlscaffold.checks.evaluation.prediction_differs import predicted_again
from mlscaffold.evidence import chain, judged
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="refined-model", reads=("reports/evaluation", "reports/tuning/chosen.toml", "pipeline.json"), deep=True)
def prediction_differs(project: Project) -> Iterator[Finding]:
    """The refined checkpoint still says of test pictures what its table says.

    ## Why
    The gain of a refined model is the difference of two tables. With one of them made in training mode, or by other weights, it
    is the difference of nothing.

    ## Evidence
    A hundred test pictures (all, where there are fewer), predicted again by the project's own `predict`, as in stage 7. A kept
    stage 6 is exempt: its table is stage 7's.

    ## Fix
    `python -m <package>.evaluate --of tuning`
    """
    choice = chain.chosen(project, "tuning")
    if not choice.keep:
        one = judged.newest(project)
        for each in (one, *judged.named(project, one)):
            yield from predicted_again(project, each, run=choice.run)
