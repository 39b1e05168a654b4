"""collection.schema-violation."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.datasets.record import is_clutter
from mlscaffold.evidence import data, toml
from mlscaffold.evidence.data import Annotation
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Missing, Project

SCHEMA = "data/schema.toml"
FIX = f"correct the labels, or add the class to {SCHEMA}"


@check(
    proves="annotations",
    reads=("data/raw", SCHEMA),
    tells=(
        "data/schema.toml",
        "data/raw/*annotations.csv",
    ),
)
def schema_violation(project: Project) -> Iterator[Finding]:
    """Labels and attributes use the words of the schema.

    ## Why
    `T-shirt`, `t-shirt` and `tshirt` become three classes, and `.ipynb_checkpoints` becomes class 0 and shifts every index.

    ## Evidence
    Every label and attribute of the annotation files against `data/schema.toml`; class names against each other, without case,
    blanks and marks.

    ## Fix
    Correct the labels, or add what is truly a class to the schema.
    """
    classes = data.classes(project)
    yield from _class_list(classes)
    rows = data.annotation_rows(project)
    if not rows:
        raise Missing("no annotation file has a row", path="data/raw", fix="mlscaffold data import FOLDER")
    known = {plain(name): name for name in classes}
    strange = [row for row in rows if row.label and row.label not in classes]
    variants = [row for row in strange if plain(row.label) in known]
    if variants:
        spelt = Counter(row.label for row in variants)
        pairs = [f'"{label}" for "{known[plain(label)]}" ({count(n, "row")})' for label, n in spelt.most_common()]
        yield fail(
            f"{count(len(spelt), 'label')} in another spelling than the schema's: {few(pairs)}",
            *_places(variants),
            fix=FIX,
            items=_pictures(variants),
        )
    others = [row for row in strange if row not in variants]
    if others:
        named = [f'"{label}" ({count(n, "row")})' for label, n in Counter(row.label for row in others).most_common()]
        what = f"{len(others)} of {count(len(rows), 'annotation')} have a label that the schema does not know: {few(named)}"
        yield fail(what, *_places(others), fix=FIX, items=_pictures(others))
    yield from _attributes(project, rows)
    unused = [name for name in classes if name not in {row.label for row in rows}]
    if unused:
        yield warn(
            f"{count(len(unused), 'class', 'classes')} of the schema without a picture: {few(unused, 6)}",
            SCHEMA,
            fix="mlscaffold data import FOLDER",
        )


def plain(label: str) -> str:
    """A label without case, blanks, hyphens and underscores: what two spellings of one word share."""
    return re.sub(r"[\s_\-.]+", "", unicodedata.normalize("NFKC", label)).casefold()


def _class_list(classes: list[str]) -> Iterator[Finding]:
    clutter = [f'"{name}" at index {i}' for i, name in enumerate(classes) if is_clutter(name.strip()) or not name.strip()]
    if clutter:
        yield fail(
            f"the class list names what is no class: {few(clutter)}; {len(classes)} classes found, "
            f"{len(classes) - len(clutter)} wanted",
            SCHEMA,
            fix=f"take it out of {SCHEMA}",
        )
    spelt = Counter(plain(name) for name in classes)
    same = [name for name in classes if spelt[plain(name)] > 1]
    if same:
        named = few([f'"{name}"' for name in same], 6)
        yield fail(
            f"{len(same)} classes of the schema are spellings of {len({plain(n) for n in same})}: {named}",
            SCHEMA,
            fix=f"leave one in {SCHEMA}",
        )


def _attributes(project: Project, rows: list[Annotation]) -> Iterator[Finding]:
    declared = project.read(toml.read, SCHEMA).get("attributes", {})
    for name, values in declared.items() if isinstance(declared, dict) else ():
        allowed = {str(v) for v in values} if isinstance(values, list) else set()
        bad = [row for row in rows if allowed and row.attributes.get(name) and row.attributes[name] not in allowed]
        if bad:
            shown = few([f'"{value}"' for value, _ in Counter(row.attributes[name] for row in bad).most_common()])
            what = f"{count(len(bad), 'annotation')} with {name} {shown}; the schema allows {few(sorted(allowed), 8)}"
            yield fail(what, *_places(bad), fix=FIX, items=_pictures(bad))


def _places(rows: list[Annotation]) -> list[Evidence]:
    return [at(row.file, row.line) for row in rows[:3]]


def _pictures(rows: list[Annotation]) -> list[str]:
    return [f"{data.RAW}/{row.path}" for row in rows]
