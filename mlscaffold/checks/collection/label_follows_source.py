"""collection.label-follows-source."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from mlscaffold.checks import at, check, warn
from mlscaffold.evidence import data, media, schema
from mlscaffold.evidence.collection import composed, source_of
from mlscaffold.evidence.data import RAW, Annotation
from mlscaffold.evidence.wording import few
from mlscaffold.model import Evidence, Finding
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


@check(proves="provenance", reads=(RAW, schema.FILE))
def label_follows_source(project: Project) -> Iterator[Finding]:
    """Where a picture comes from does not tell its label.

    ## Why
    If every "defect" comes from line A and every "ok" from line B, the model learns the line: a hundred per cent on the test set,
    and nothing on line C.

    ## Evidence
    Labels of the annotation files against the source (the first folder below `data/raw`) and against columns that tell of the
    taking, such as `camera`, `line` or `site`: each source with a single class, a class that has a source to itself, or a source
    that tells the label of most pictures. Attributes that the schema declares are looked at by
    `collection.label-follows-attribute`. Formats and sizes of the files, since sets that were glued together often differ in
    them. One source, one value or one format says nothing.

    ## Fix
    Collect every class from every source; until then, hold one source back as the test set.
    """
    rows = [row for row in data.annotation_rows(project) if row.label]
    if not rows:
        raise Missing("no annotation file has a row", path=RAW, fix="mlscaffold data import FOLDER")
    yield from _found(
        "source", _table((source_of(composed(row.path)), row.label) for row in rows), lambda origin: at(f"{RAW}/{origin}")
    )
    # What the schema declares is looked at by collection.label-follows-attribute.
    declared = project.read(schema.read, schema.FILE).attributes if project.exists(schema.FILE) else {}
    columns = {name for row in rows for name in row.attributes if name not in declared}
    for name in sorted(name for name in columns if ORIGIN.fullmatch(name)):
        where = {row.attributes[name]: at(row.file, row.line) for row in reversed(rows) if row.attributes.get(name)}
        yield from _found(
            f"value of `{name}`", _table((row.attributes.get(name, ""), row.label) for row in rows), where.__getitem__
        )
    yield from _files(project, {composed(row.path): row for row in rows})


def _files(project: Project, rows: Mapping[str, Annotation]) -> Iterator[Finding]:
    """What the files themselves give away: sets that were glued together are often of two formats, or of two sizes."""
    facts = {composed(path): fact for path, fact in media.facts(project, data.raw_media(project), base=RAW).items()}
    seen = {path: fact for path, fact in facts.items() if path in rows and fact.decode_ok}
    formats = {path: f"{fact.format} ({fact.mode})" for path, fact in seen.items()}
    sizes = {path: f"{fact.width} x {fact.height}" for path, fact in seen.items()}
    for noun, forms in (("file format", formats), ("picture size", sizes)):
        where = {form: at(f"{RAW}/{path}") for path, form in sorted(forms.items(), reverse=True)}
        # A size follows from what is on the picture more easily than a format does: only the clear case is told.
        yield from _found(
            noun,
            _table((form, rows[path].label) for path, form in forms.items()),
            where.__getitem__,
            clear=noun == "picture size",
        )


def _table(pairs: Iterable[tuple[str, str]]) -> Table:
    found: Table = defaultdict(Counter)
    for origin, label in pairs:
        if origin:
            found[origin][label] += 1
    return found


def _found(noun: str, table: Table, where: Callable[[str], Evidence], *, clear: bool = False) -> Iterator[Finding]:
    told = _told(noun, table, clear=clear)
    if told:
        yield warn(
            told, *map(where, list(table)[:3]), fix="collect every class from every source, or test on a source of its own"
        )


def _told(noun: str, table: Table, *, clear: bool) -> str:
    """What the origin tells of the label, in words; empty where it is no more than chance may give."""
    labels: Counter[str] = sum(table.values(), Counter())
    # Hundreds of sources with a few pictures each (one a person, one a day) have one class by chance.
    thin = len(table) > 2 and sum(labels.values()) / len(table) < 5
    if len(table) < 2 or len(labels) < 2:
        return ""
    single = {origin: next(iter(held)) for origin, held in table.items() if len(held) == 1}
    if len(single) == len(table) and not thin:
        pairs = few([f'{origin} "{label}"' for origin, label in single.items()])
        return f"each of {len(table)} {_plural(noun)} supplies exactly one class: {pairs}"
    if clear:
        return ""
    owned = _owned(single, labels, table)
    if owned:
        label, origins = next(iter(owned.items()))
        more = f"; so it is with {few(list(owned)[1:])}" if len(owned) > 1 else ""
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
    return noun.replace("value of", "values of", 1) if noun.startswith("value of") else f"{noun}s"
