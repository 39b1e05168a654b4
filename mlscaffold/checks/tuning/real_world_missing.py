"""The model answered at least fifty new pictures from the real world, and a person judged the answers."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import chain, data, judged, scored, studies
from mlscaffold.evidence.studies import Guess
from mlscaffold.model import Finding
from mlscaffold.practice import intervals
from mlscaffold.project import Missing, Project

LEAST = 30
ENOUGH = 50


@check(proves="real-world", reads=("reports/tuning", "reports/evaluation", "data/schema.toml"))
def real_world_missing(project: Project) -> Iterator[Finding]:
    """The model answered at least fifty new pictures from the real world, and a person judged the answers.

    ## Why
    The test set looks like the training set; the place where the model will work does not.

    ## Evidence
    Distinct pictures in `inference.csv`, their answers and their verdicts. Fewer than 30 say nothing (an accuracy of 0.9 would be
    known to ± 0.11): failure; fewer than 50, or answers that nobody judged: warning. Judged answers whose interval lies below
    that of
    the test set are a warning with both numbers.

    ## Fix
    Put new pictures into `data/field`, run `infer`, and fill in the column `verdict` (right, wrong, or the right class).
    """
    inference = read(project)
    rows, fix = inference.rows, f"python -m {project.settings.package}.infer data/field"
    names = data.classes(project)
    strange = [row for row in rows if row.prediction not in names]
    if strange:
        shown = strange[0].prediction or "nothing"
        yield fail(f"{len(strange)} of {len(rows)} pictures have no answer: the prediction of {strange[0].path} is {shown}",
                   at(inference.path, strange[0].line), fix=fix)  # fmt: skip
    distinct = len({row.digest for row in rows})
    same = f" ({len(rows)} rows, some of the same picture)" if distinct < len(rows) else ""
    if distinct < LEAST:
        yield fail(
            f"{distinct} real-world pictures{same}; at least {LEAST} are wanted, {ENOUGH} are better", inference.path, fix=fix
        )
    elif distinct < ENOUGH:
        yield warn(f"{distinct} real-world pictures{same}; {ENOUGH} are wanted", inference.path, fix=fix)
    told = [row for row in rows if row.verdict.strip()]
    if len(told) < len(rows) / 2:
        yield warn(f"{len(told)} of {len(rows)} answers were judged by a person", inference.path, fix=f"edit {inference.path}")
    if len(told) >= LEAST:
        yield from _gap(project, told, inference.path)


def read(project: Project) -> studies.Inference:
    """The inference of tuning's chosen run; raises `Missing` where there is none."""
    path = f"{chain.chosen(project, 'tuning').folder}/inference.csv"
    fix = f"python -m {project.settings.package}.infer data/field"
    if not project.exists(path):
        raise Missing(f"{path} is missing: the model has not seen the real world", path=path, fix=fix)
    inference = project.read(studies.read_inference, path)
    if not inference.rows:
        raise Missing(f"{path} has no rows", path=path, fix=fix)
    return inference


def right(row: Guess) -> bool:
    """Whether a person called an answer right, or wrote the class that was answered."""
    return row.verdict.strip().lower() == "right" or row.verdict.strip() == row.prediction


def _gap(project: Project, told: list[Guess], path: str) -> Iterator[Finding]:
    hits = sum(map(right, told))
    low, high = intervals.wilson(hits, len(told))
    try:
        table = judged.table(project, judged.newest(project).predictions)
    except Missing:
        return
    tested = intervals.wilson(sum(row.right for row in table.rows), len(table.rows))
    if high < tested.low:
        wrong = [row.path for row in told if not right(row)]
        yield warn(
            f"accuracy on the real world is {hits / len(told):.2f} ({low:.2f} to {high:.2f}, n = {len(told)}), on test"
            f" {table.accuracy:.2f}: other pictures, or other lenses? wrong are {scored.some(wrong)}",
            path, fix="collect such pictures: mlscaffold data import data/field",
        )  # fmt: skip
