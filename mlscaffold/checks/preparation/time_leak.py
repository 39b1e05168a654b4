"""preparation.time-leak."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, unknown
from mlscaffold.datasets.timesplit import moment
from mlscaffold.evidence import data, effects, sources, toml
from mlscaffold.evidence.collection import source_of
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.splitnames import is_split, is_test, present

FIX = "mlscaffold data split --again"
Dated = list[tuple[float, str, data.SplitRow]]


@check(
    proves="disjoint-splits", reads=("data/splits", "data/schema.toml", "data/raw/**/annotations.csv", "data/raw/*/source.toml")
)
def time_leak(project: Project) -> Iterator[Finding]:
    """Where time matters, test is later than train.

    ## Why
    A model that has seen next week's light, stock or fashion is asked about last week's: the number holds only backwards.

    ## Evidence
    The column that `time` in `data/schema.toml` names, of every picture in the split tables: nothing in train may be newer than the oldest
    picture of test. Without a declared column there is nothing to hold the splits to. Pictures of one group may be of several days;
    the newest decides for all. Pictures of an extra source need no time; one that has one is held to it.

    ## Fix
    `mlscaffold data split --again` deals by the declared column, or take `time` out of the schema if time does not matter.
    """
    column = project.read(toml.read, "data/schema.toml").get("time", "") if project.exists("data/schema.toml") else ""
    if not column:
        return
    times = {note.path: note.attributes.get(str(column), "") for note in data.annotation_rows(project)}
    rows = [r for r in data.splits(project) if is_split(r.split)]
    dated: dict[str, Dated] = {split: [] for split in present(r.split for r in rows)}
    unread, extra = [], sources.extra(project)
    for row in rows:
        when = moment(times.get(row.path, ""))
        if when is not None:
            dated[row.split].append((when, times[row.path], row))
        elif source_of(row.path) not in extra:
            unread.append(row.path)
    if unread:
        yield unknown(
            f"{len(unread)} of {len(rows)} pictures have no `{column}` that can be read: {few(sorted(unread))}", "data/raw"
        )
    for split in filter(is_test, dated):
        yield from _overlap(project, str(column), split, dated)


def _overlap(project: Project, column: str, split: str, dated: dict[str, Dated]) -> Iterator[Finding]:
    test = _newest_of_groups(dated[split])
    if not test or not dated["train"]:
        return
    latest = max(dated["train"], key=lambda item: item[0])
    older = [item for item in test if item[0] < latest[0]]
    if older:
        first = min(older, key=lambda item: item[0])
        effect = effects.without(project, {item[2].path for item in older}) if split == "test" else None
        yield fail(
            f"{len(older)} of {len(test)} {split} pictures are older than the newest of train by `{column}`: {split} starts {first[1]}"
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
