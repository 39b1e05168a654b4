"""The confusion matrix counts the predictions: a row a true class, a column a predicted one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from mlscaffold.checks import check, fail
from mlscaffold.evidence import data, evaluations, judged
from mlscaffold.model import Finding
from mlscaffold.practice import metrics
from mlscaffold.project import Missing, Project


@check(proves="recomputed-numbers", reads=("reports/evaluation", "reports/training/chosen.toml", "reports/tuning/chosen.toml"))
def confusion_differs(project: Project) -> Iterator[Finding]:
    """The confusion matrix counts the predictions: a row a true class, a column a predicted one.

    ## Why
    A transposed matrix swaps precision and recall, and sends the team after the wrong class.

    ## Evidence
    `confusion.csv` against the counts of `predictions.csv`, for each test set.

    ## Fix
    Evaluate again.
    """
    names = data.classes(project)
    for one in judged.tested(project):
        file, table = one.confusion, judged.table(project, one.predictions)
        if not project.exists(file):
            raise Missing(f"{file} is missing", path=file, fix=judged.command(project, file))
        told = project.read(evaluations.read_confusion, file)
        truth = metrics.confusion([(r.label, r.prediction) for r in table.rows], names)
        fix = judged.command(project, file)
        if set(told.classes) != set(names):
            odd = sorted(set(told.classes) ^ set(names))
            yield fail(
                f"its classes are not those of data/schema.toml: {odd[0]} is in one of them only", file, fix=fix, stage=one.stage
            )
            continue
        place = {name: i for i, name in enumerate(told.classes)}
        mine = [[told.counts[place[true]][place[said]] for said in names] for true in names]
        if mine == truth:
            continue
        if mine == [list(column) for column in zip(*truth, strict=True)]:
            i = next((i for i, row in enumerate(truth) if sum(row) != sum(mine[i])), None)
            words = (
                "rows and columns have changed places: transposed?" if i is None  # as many called it as are it
                else f"row {names[i]} sums to {sum(mine[i])}, {sum(truth[i])} {one.split} pictures are {names[i]};"
                " the columns sum to them: transposed?"
            )  # fmt: skip
            yield fail(words, file, fix=fix, stage=one.stage)
            continue
        cells = [(t, p) for t in range(len(names)) for p in range(len(names)) if mine[t][p] != truth[t][p]]
        t, p = cells[0]
        yield fail(
            f"{len(cells)} of {len(names) ** 2} cells differ from {PurePosixPath(one.predictions).name}:"
            f" {names[t]} called {names[p]} {mine[t][p]} times recorded, {truth[t][p]} recomputed",
            file, one.predictions, fix=fix, stage=one.stage,
        )  # fmt: skip
