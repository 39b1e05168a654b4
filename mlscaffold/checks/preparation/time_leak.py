"""preparation.time-leak."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, unknown
from mlscaffold.datasets.timesplit import moment
from mlscaffold.evidence import data, effects, toml
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Project

FIX = "mlscaffold data split --again"
Dated = list[tuple[float, str, data.SplitRow]]


@check(proves="disjoint-splits", reads=("data/splits", "data/schema.toml", "data/raw/**/annotations.csv"))
def time_leak(project: Project) -> Iterator[Finding]:
    """Where time matters, test is later than train.

    ## Why
    A model that has seen next week's light, stock or fashion is asked about last week's: the number holds only backwards.

    ## Evidence
    The column that `time` in `data/schema.toml` names, of every picture in the split tables: nothing in train may be newer than the oldest
    picture of test. Without a declared column there is nothing to hold the splits to. Pictures of one group may be of several days;
    the newest decides for all.

    ## Fix
    `mlscaffold data split --again` deals by the declared column, or take `time` out of the schema if time does not matter.
    """
    column = project.read(toml.read, "data/schema.toml").get("time", "") if project.exists("data/schema.toml") else ""
    if not column:
        return
    times = {note.path: note.attributes.get(str(column), "") for note in data.annotation_rows(project)}
    rows = [r for r in data.splits(project) if r.split in data.SPLITS]
    dated: dict[str, Dated] = {split: [] for split in data.SPLITS}
    unread = []
    for row in rows:
        when = moment(times.get(row.path, ""))
        if when is None:
            unread.append(row.path)
        else:
            dated[row.split].append((when, times[row.path], row))
    if unread:
        yield unknown(
            f"{len(unread)} of {len(rows)} pictures have no `{column}` that can be read: {few(sorted(unread))}", "data/raw"
        )
    yield from _overlap(project, str(column), dated)


def _overlap(project: Project, column: str, dated: dict[str, Dated]) -> Iterator[Finding]:
    test = _newest_of_groups(dated["test"])
    if not test or not dated["train"]:
        return
    latest = max(dated["train"], key=lambda item: item[0])
    older = [item for item in test if item[0] < latest[0]]
    if older:
        first = min(older, key=lambda item: item[0])
        effect = effects.without(project, {item[2].path for item in older})
        yield fail(
            f"{len(older)} of {len(test)} test pictures are older than the newest of train by `{column}`: test starts {first[1]}"
            f" ({first[2].path}), train ends {latest[1]} ({latest[2].path})",
            at(first[2].file, first[2].line), at(latest[2].file, latest[2].line), fix=FIX, effect=effect, items=[f"{data.RAW}/{item[2].path}" for item in older],
        )  # fmt: skip


def _newest_of_groups(items: Dated) -> Dated:
    """The pictures, each with the newest moment of its group: a group goes where its newest picture goes."""
    newest: dict[str, float] = {}
    for when, _, row in items:
        if row.group:
            newest[row.group] = max(when, newest.get(row.group, when))
    return [(newest.get(row.group, when), text, row) for when, text, row in items]
