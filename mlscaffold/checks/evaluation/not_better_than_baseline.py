"""The model beats the baseline on test by more than chance."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import judged
from mlscaffold.model import Finding
from mlscaffold.practice import comparison
from mlscaffold.project import Project


@check(proves="fair-comparison", reads=("reports/evaluation", "reports/training/chosen.toml"))
def not_better_than_baseline(project: Project) -> Iterator[Finding]:
    """The model beats the baseline on test by more than chance.

    ## Why
    A network that a simple rule equals costs more and explains less.

    ## Evidence
    Both on the same test pictures, exact McNemar test. Not better at all is a failure; better by what chance explains is a
    warning,
    since a small test set may hide a true gain.

    ## Fix
    Go back to data and training, or ship the baseline.
    """
    one = judged.judged(project)[0]
    model, rule = judged.table(project, one.predictions), judged.table(project, f"{one.folder}/baseline.csv")
    labels = {row.path: row.label for row in model.rows}
    if {row.path for row in rule.rows} != labels.keys():
        return  # they are not of the same pictures: evaluation.comparison-differs tells it
    found = comparison.compare(labels, {r.path: r.prediction for r in model.rows}, {r.path: r.prediction for r in rule.rows})
    counts = f"{found.only_first} pictures only the model has right, {found.only_second} only the baseline (p = {found.p:.2g})"
    fix, places = f"python -m {project.settings.package}.train", (one.predictions, f"{one.folder}/baseline.csv")
    if found.gain <= 0:
        yield fail(f"accuracy {model.accuracy:.3f} is not above the baseline's {rule.accuracy:.3f}: {counts}", *places, fix=fix)
    elif not found.significant:
        wanted = comparison.needed_gain(found.only_first + found.only_second)
        more = f"; a net gain of {wanted} is needed" if wanted else ""
        yield warn(
            f"accuracy {model.accuracy:.3f} against {rule.accuracy:.3f} of the baseline may be chance: {counts}{more}",
            *places,
            fix=fix,
        )
