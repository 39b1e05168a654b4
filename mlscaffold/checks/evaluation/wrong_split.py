"""The predictions are of the pictures of their test set: all of them, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import data, judged, pipelines, runs, scored, testsets
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Finding
from mlscaffold.project import Project

READS = (
    "reports/evaluation",
    "data/processed/*/annotations.csv",
    "data/splits/tests",
    "reports/training/chosen.toml",
    "reports/tuning/chosen.toml",
)


@check(proves="test-predictions", reads=READS)
def wrong_split(project: Project) -> Iterator[Finding]:
    """The predictions are of the pictures of their test set: all of them, and no others.

    ## Why
    A loader that drops its last batch, or a line copied from validation, gives a number of something else.

    ## Evidence
    Paths in `predictions.csv` (and in `predictions-<set>.csv` of each named test set) against the annotations of every processed
    split. Renamed pictures do no harm as long as the data digest that the evaluation recorded is still that of the test set.

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
        unknown = [row for row in table.rows if row.path not in split_of]
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


def _older(project: Project, one: judged.Judged) -> bool:
    """Whether it is of an older version of the test set: what it lacks is no riddle, and `data-stale` tells that it is old."""
    file = f"{one.folder}/provenance.json"
    used = project.read(runs.read_provenance, file).data.get(one.split) if project.exists(file) else None
    return used is not None and testsets.newer(project, vars(used), one.split) is not None


def _renamed(project: Project, one: judged.Judged, table: Predictions, labels: dict[str, str]) -> bool:
    """Whether paths differ from today's only because files were renamed: the labels and the data digest are the same."""
    if {row.path for row in table.rows} == labels.keys():
        return True
    file = f"{one.folder}/provenance.json"
    used = project.read(runs.read_provenance, file).data.get(one.split) if project.exists(file) else None
    same = used is not None and used.digest == pipelines.data_digest(project, one.split)
    labelled = Counter(row.label for row in table.rows) == Counter(labels.values())
    return same and labelled and all(row.path.startswith(f"{one.split}/") for row in table.rows)
