"""The predictions are of the pictures of their test set: all of them, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, judged, pipelines, runs, scored, testsets, withdrawals
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Effect, Finding
from mlscaffold.project import Project

READS = (
    "reports/evaluation",
    "data/processed/*/annotations.csv",
    "data/splits/tests",
    "reports/training/chosen.toml",
    "reports/tuning/chosen.toml",
    "data/withdrawn",
)


@check(proves="test-predictions", reads=READS)
def wrong_split(project: Project) -> Iterator[Finding]:
    """The predictions are of the pictures of their test set: all of them, and no others.

    ## Why
    A loader that drops its last batch, or a line copied from validation, gives a number of something else.

    ## Evidence
    Paths in `predictions.csv` (and in `predictions-<set>.csv` of each named test set) against the annotations of every processed
    split. Renamed pictures do no harm as long as the data digest that the evaluation recorded is still that of the test set. Pictures
    that were withdrawn since (`data/withdrawn`) are told, with the accuracy without them.

    ## Fix
    Evaluate again, on all of the set.
    """
    split_of = {row.path: row.split for row in data.processed(project)}
    for one in judged.tested(project):
        table, told = judged.table(project, one.predictions), judged.numbers(project, one)
        fix = judged.command(project, one.metrics)
        labels = {row.path: row.label for row in data.processed(project, one.split)}
        if told.split != one.split:
            yield fail(f"the numbers are of {told.split}; the test split is wanted", one.metrics, fix=fix, stage=one.stage)
        if one.split == "test":
            yield from _eyeball(project, one, split_of)
        if _renamed(project, one, table, labels) or _older(project, one):
            continue
        rows = scored.by_path(table)
        foreign = Counter(split_of[path] for path in rows if path in split_of and path not in labels)
        for split, n in foreign.most_common(1):
            first = next(row for row in table.rows if split_of.get(row.path) == split)
            places = at(one.predictions, first.line)
            yield fail(
                f"{n} of {len(rows)} predicted files belong to {split}, first {first.path}", places, fix=fix, stage=one.stage
            )
        withdrawn = {row.path for row in withdrawals.rows_withdrawn(project, table)}
        if withdrawn:
            yield _withdrawn(one, table, withdrawn)
        unknown = [row for row in table.rows if row.path not in split_of and row.path not in withdrawn]
        if unknown:
            yield fail(
                f"{len(unknown)} of {len(rows)} predicted files are in no processed split, first {unknown[0].path}",
                at(one.predictions, unknown[0].line), fix=fix, stage=one.stage,
            )  # fmt: skip
        lacking = sorted(labels.keys() - rows.keys())
        if lacking:
            yield fail(
                f"{len(lacking)} of {len(labels)} {one.split} files have no prediction: {scored.some(lacking)}",
                one.predictions, fix=fix, stage=one.stage,
            )  # fmt: skip


def _withdrawn(one: judged.Judged, table: Predictions, withdrawn: set[str]) -> Finding:
    """How many rows are of pictures that are withdrawn by now, and what the number is without them."""
    left = [row for row in table.rows if row.path not in withdrawn]
    n = len(withdrawn)
    told = f"{n} of {len(table.rows)} rows {'was' if n == 1 else 'were'} withdrawn since"
    if not left:
        return warn(f"{told}: nothing of this evaluation is left", one.predictions, stage=one.stage)
    effect = Effect("accuracy", table.accuracy, sum(row.right for row in left) / len(left))
    return warn(
        f"{told}: accuracy {effect.reported:.3f}, and {effect.corrected:.3f} of the other {len(left)}",
        one.predictions, withdrawals.FOLDER, effect=effect, stage=one.stage,
    )  # fmt: skip


def _eyeball(project: Project, one: judged.Judged, split_of: dict[str, str]) -> Iterator[Finding]:
    """Rows of `eyeball.csv` that are of another split (without an eyeball split: than validation): reading those of test is tuning on it."""
    file = f"{one.folder}/eyeball.csv"
    if not project.exists(file):
        return
    rows = judged.table(project, file).rows
    wanted = "eyeball" if "eyeball" in split_of.values() else "validation"
    foreign = [row for row in rows if split_of.get(row.path, wanted) != wanted]
    for split, n in Counter(split_of[row.path] for row in foreign).most_common(1):
        first = next(row for row in foreign if split_of[row.path] == split)
        yield fail(
            f"{n} of {len(rows)} rows of eyeball.csv belong to {split}, first {first.path}",
            at(file, first.line), fix=judged.command(project, one.metrics), stage=one.stage,
        )  # fmt: skip


def _used(project: Project, one: judged.Judged) -> runs.SplitUsed | None:
    """What an evaluation recorded of the data of its test set."""
    file = f"{one.folder}/provenance.json"
    return project.read(runs.read_provenance, file).data.get(one.split) if project.exists(file) else None


def _older(project: Project, one: judged.Judged) -> bool:
    """Whether it is of an older version of the test set: what it lacks is no riddle, and `data-stale` tells that it is old."""
    used = _used(project, one)
    return used is not None and testsets.newer(project, vars(used), one.split) is not None


def _renamed(project: Project, one: judged.Judged, table: Predictions, labels: dict[str, str]) -> bool:
    """Whether paths differ from today's only because files were renamed: the labels and the data digest are the same."""
    if {row.path for row in table.rows} == labels.keys():
        return True
    used = _used(project, one)
    same = used is not None and used.digest == pipelines.data_digest(project, one.split)
    labelled = Counter(row.label for row in table.rows) == Counter(labels.values())
    return same and labelled and all(row.path.startswith(f"{one.split}/") for row in table.rows)
