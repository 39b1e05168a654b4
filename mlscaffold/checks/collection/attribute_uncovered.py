"""collection.attribute-uncovered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, schema
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.practice.intervals import wilson
from mlscaffold.project import Missing, Project

CHECK = "collection.attribute-uncovered"
MOST, EMPTY, ENOUGH = 0.9, 0.1, 20
FIX = "collect what is lacking, or take the value out of data/schema.toml"


@check(proves="statistics", reads=("data/raw/**/annotations.csv", schema.FILE, "mlscaffold.toml"))
def attribute_uncovered(project: Project) -> Iterator[Finding]:
    """The collection shows every variety that the schema names.

    ## Why
    Who wrote `light = ["day", "lamp", "flash"]` knows that the model will meet all three. What it never saw it will meet for the
    first time in production.

    ## Evidence
    For each attribute of `data/schema.toml`: whether the annotation files have its column (failure where none has), how many
    pictures have no value, values without a picture, and a value that more than nine in ten pictures have (with its interval, from 20
    pictures on). Values that the schema does not allow are told by `collection.schema-violation`. Settings: `most`, `empty` (shares).

    ## Fix
    Collect what is lacking; or take the value out of the schema, and say in stage 1 that the model is not for it.
    """
    declared = project.read(schema.read, schema.FILE).attributes
    rows = [row for row in data.annotation_rows(project) if row.label]
    if not rows:
        raise Missing("no annotation file has a row", path=data.RAW, fix="mlscaffold data import FOLDER")
    for name, values in declared.items():
        without = sorted({row.file for row in rows if name not in row.attributes})
        held = [row for row in rows if row.attributes.get(name)]
        if not held:
            yield fail(
                f"no annotation has a value of `{name}`, which data/schema.toml declares",
                *without[:3] or (schema.FILE,),
                fix=f"add the column `{name}` to the annotations, or take it out of data/schema.toml",
            )
            continue
        bare = [row for row in rows if not row.attributes.get(name)]
        if len(bare) > project.option(CHECK, "empty", EMPTY) * len(rows):
            files = f"; {count(len(without), 'annotation file')} without the column" if without else ""
            yield warn(
                f"{len(bare)} of {count(len(rows), 'picture')} have no value of `{name}`{files}: {few([row.path for row in bare])}",
                *(at(row.file, row.line) for row in bare[:3]),
                fix=f"note `{name}` of each",
                items=[f"{data.RAW}/{row.path}" for row in bare],
            )
        counts = Counter(row.attributes[name] for row in held)
        lacking = [value for value in values if not counts[value]]
        if lacking:
            yield warn(
                f"no picture of {count(len(lacking), 'value')} of `{name}`: {few(lacking, 6)}; there are "
                + few([f"{n} {value}" for value, n in counts.most_common()]),
                schema.FILE,
                fix=FIX,
            )
        value, n = counts.most_common(1)[0]
        if len(held) >= ENOUGH and (len(counts) > 1 or not values) and n > project.option(CHECK, "most", MOST) * len(held):
            low, high = wilson(n, len(held))
            yield warn(
                f"`{name}` is {value} on {n} of {count(len(held), 'picture')} ({low:.0%} to {high:.0%}): of the others little is known",
                schema.FILE,
                fix=FIX,
            )
