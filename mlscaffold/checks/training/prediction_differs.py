"""training.prediction-differs."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import deep, trained
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown

ROWS, LEAST = 100, 30
TOLERANCE = 0.02


@check(proves="trained-model", reads=("reports/training", "pipeline.json"), deep=True)
def prediction_differs(project: Project) -> Iterator[Finding]:
    """The chosen checkpoint still says of validation pictures what its table says.

    ## Why
    With another preprocessing, or another file under the same name, the table is of no model that exists.

    ## Evidence
    A hundred validation pictures (all, where there are fewer), predicted again by the project's own `predict`. Probabilities may differ
    by 0.02, since machines differ in the third digit; one picture in a hundred may pass that.

    ## Fix
    Train again, or choose the run anew, so that checkpoint and table belong together.
    """
    run = trained.trained(project)
    table = trained.table(project, run, "validation.csv")
    rows = {f"data/processed/{row.path}": row for row in table.rows}
    here = deep.present(project, deep.spread(list(rows), ROWS))
    if len(here) < min(LEAST, len(rows)):
        raise Unknown(
            f"{len(here)} of {min(ROWS, len(rows))} validation pictures are on this machine", path="data/processed/validation"
        )
    answers = deep.predict(project, deep.find_checkpoint(project, run.checkpoint, run=run.run), here)
    if set(answers.classes) != set(table.classes):
        yield fail(
            f"predict answers the classes {', '.join(answers.classes)}, the table has {', '.join(table.classes)}", table.path
        )
        return
    order = [answers.classes.index(name) for name in table.classes]
    apart = {
        path: max(abs(answer.probabilities[i] - p) for i, p in zip(order, rows[path].probabilities, strict=True))
        for path, answer in answers.rows.items()
    }
    wide = [path for path, difference in apart.items() if not difference <= TOLERANCE]
    if len(wide) > len(here) // 100:
        worst = max(wide, key=lambda path: apart[path])
        yield fail(
            f"{len(wide)} of {len(here)} probabilities differ when predicted again, up to {apart[worst]:.2f} ({rows[worst].path});"
            f" {TOLERANCE} is the noise of machines",
            at(table.path, rows[worst].line), fix=f"python -m {project.settings.package}.train",
        )  # fmt: skip
