"""collection.label-follows-source."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from mlscaffold.checks import check, warn
from mlscaffold.evidence import data
from mlscaffold.evidence.collection import composed, source_of
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

# Columns beside the label that say where, with what, by whom or when a picture was taken.
ORIGIN = re.compile(
    r"(?:source|origin|camera|device|scanner|sensor|lens|line|lane|site|station|location|place|hospital|clinic|shop|store|batch|session|"
    r"photographer|operator|annotator|labell?er|light|lamp|background|weather|day|date|month|"
    r"quelle|herkunft|kamera|gerät|linie|standort|ort|licht|tag|来源|相机|设备|产线|地点|光照|日期)s?(?:[_ -]?(?:id|no|nr|name))?",
    re.I,
)
EXPLAINED = 0.5  # of the errors of "always the most frequent class"
Table = dict[str, Counter[str]]


@check(proves="provenance", reads=(f"{RAW}/**/annotations.csv",))
def label_follows_source(project: Project) -> Iterator[Finding]:
    """Where a picture comes from does not tell its label.

    ## Why
    If every "defect" comes from line A and every "ok" from line B, the model learns the line: a hundred per cent on the test set,
    and nothing on line C.

    ## Evidence
    Labels of the annotation files against the source (the first folder below `data/raw`) and against columns that tell of the
    taking, such as `camera`, `line` or `site`: each source with a single class, a class that has a source to itself, or a source
    that tells the label of most pictures. One source alone, or one value in a column, says nothing and is left alone.

    ## Fix
    Collect every class from every source; until then, hold one source back as the test set.
    """
    rows = [row for row in data.annotation_rows(project) if row.label]
    if not rows:
        raise Missing("no annotation file has a row", path=RAW, fix="mlscaffold data import FOLDER")
    columns = sorted({name for row in rows for name in row.attributes if ORIGIN.fullmatch(name)})
    seen: dict[str, Table] = {"source": defaultdict(Counter)} | {name: defaultdict(Counter) for name in columns}
    for row in rows:
        if origin := source_of(composed(row.path)):
            seen["source"][origin][row.label] += 1
        for name in columns:
            if value := row.attributes.get(name):
                seen[name][value][row.label] += 1
    for name, table in seen.items():
        told = _told(name, table)
        if told:
            places = [f"{RAW}/{origin}" for origin in list(table)[:3]] if name == "source" else [f"{RAW}: column {name}"]
            yield warn(told, *places, fix="collect every class from every source, or test on a source of its own")


def _told(name: str, table: Mapping[str, Counter[str]]) -> str:
    """What the origin tells of the label, in words; empty where it is no more than chance may give."""
    labels: Counter[str] = sum(table.values(), Counter())
    if len(table) < 2 or len(labels) < 2:
        return ""
    single = {origin: next(iter(held)) for origin, held in table.items() if len(held) == 1}
    noun = name if name == "source" else f"value of `{name}`"
    # Hundreds of sources with a few pictures each (one a person, one a day) have one class by chance.
    thin = sum(labels.values()) / len(table) < 5
    if len(single) == len(table) and not thin:
        pairs = few([f'{origin} "{label}"' for origin, label in single.items()])
        return f"each of {len(table)} {_plural(noun)} supplies exactly one class: {pairs}"
    owned = _owned(single, labels, table)
    if owned:
        label, origins = next(iter(owned.items()))
        more = f"; so it is with {few([f'{other}' for other in list(owned)[1:]])}" if len(owned) > 1 else ""
        return (
            f'class "{label}": {labels[label]} of {labels[label]} pictures come from {noun} {few(origins)}, '
            f"and no other class does{more}"
        )
    return "" if thin else _explained(noun, table, labels)


def _owned(single: Mapping[str, str], labels: Counter[str], table: Mapping[str, Counter[str]]) -> dict[str, list[str]]:
    """Classes of some size that come only from origins which have nothing else."""
    found = {}
    for label, n in labels.most_common():
        origins = [origin for origin, only in single.items() if only == label]
        if origins and n >= 5 * len(origins) and sum(table[origin][label] for origin in origins) == n:
            found[label] = origins
    return found


def _explained(noun: str, table: Mapping[str, Counter[str]], labels: Counter[str]) -> str:
    """Goodman and Kruskal's lambda, in the shares that it is made of."""
    n = sum(labels.values())
    alone, most = labels.most_common(1)[0]
    by_origin = sum(max(held.values()) for held in table.values())
    if n == most or (by_origin - most) / (n - most) < EXPLAINED:
        return ""
    return (
        f'the {noun} alone tells the label of {by_origin / n:.0%} of {n} pictures; always saying "{alone}" tells {most / n:.0%}'
    )


def _plural(noun: str) -> str:
    return noun.replace("value of", "values of") if noun.startswith("value") else f"{noun}s"
