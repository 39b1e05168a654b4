"""The checkpoint still says of test pictures what the table says."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import chain, deep, judged, scored
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown

ROWS = 100
LEAST = 50
TOLERANCE = 0.02


@check(proves="test-predictions", reads=("reports/evaluation", "reports/training/chosen.toml", "pipeline.json"), deep=True)
def prediction_differs(project: Project) -> Iterator[Finding]:
    """The checkpoint still says of test pictures what the table says.

    ## Why
    With dropout on, with another preprocessing, or with another file under the same name, the table is of no model that exists.

    ## Evidence
    A hundred pictures of each test set (all, where there are fewer), predicted again by the project's own `predict`. Probabilities may
    differ by 0.02: GPU against CPU and reduced precision move the third digit, dropout and statistics of a batch the first.
    One picture in a hundred may pass that. Of the refined model stage 8 has a check of its own.

    ## Fix
    Evaluate again in evaluation mode (`model.eval()`), with the preprocessing of `pipeline.json`.
    """
    one = judged.judged(project)[0]
    for each in (one, *judged.named(project, one)):
        yield from predicted_again(project, each, run=chain.chosen(project, "training").run)


def predicted_again(project: Project, one: judged.Judged, *, run: str) -> Iterator[Finding]:
    """What differs between the table of an evaluation and what its checkpoint (of `run`) says now; raises `Unknown`."""
    table = judged.table(project, one.predictions)
    rows = scored.by_path(table)
    here = deep.present(project, [f"data/processed/{path}" for path in deep.spread(list(rows), ROWS)])
    if len(here) < min(LEAST, len(rows)):
        raise Unknown(
            f"{len(here)} of {min(ROWS, len(rows))} {one.split} pictures are on this machine", path=f"data/processed/{one.split}"
        )
    checkpoint = deep.find_checkpoint(project, one.checkpoint, run=run)
    answers = deep.predict(project, checkpoint, here)
    if set(answers.classes) != set(table.classes):
        yield fail(
            f"predict answers the classes {', '.join(answers.classes)}, the table has {', '.join(table.classes)}", one.predictions
        )
        return
    order = [answers.classes.index(name) for name in table.classes]
    differences = {}
    for path, answer in answers.rows.items():
        recorded = rows[path.removeprefix("data/processed/")].probabilities
        differences[path] = max(abs(answer.probabilities[i] - p) for i, p in zip(order, recorded, strict=True))
    wide = [path for path, difference in differences.items() if difference > TOLERANCE]
    if len(wide) > len(here) // 100:
        first = max(wide, key=lambda path: differences[path])
        yield fail(
            f"{len(wide)} of {len(here)} probabilities differ when predicted again, up to {differences[first]:.2f}"
            f" ({first.removeprefix('data/processed/')}); {TOLERANCE} is the noise of machines",
            at(one.predictions, rows[first.removeprefix("data/processed/")].line), fix=judged.command(project, one.metrics),
        )  # fmt: skip
