"""preparation.class-missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import data
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project
from mlscaffold.splitnames import BASE, HINT, is_split

NEEDED = ("train", "validation", "test")


@check(proves="sized-splits", reads=("data/splits", "data/schema.toml"), tells=("data/splits/*",))
def class_missing(project: Project) -> Iterator[Finding]:
    """Every class of the schema is in train, validation and test, and no other class is.

    ## Why
    Nothing is known of a class that test does not hold, and nothing is learned of one that train does not hold.

    ## Evidence
    Labels of the split tables, counted, against `classes` of `data/schema.toml`. The eyeball split, `augmented` and test sets with a name may lack classes.

    ## Fix
    Collect more of the class, or take it out of the schema; then `mlscaffold data split`.
    """
    classes = data.classes(project)
    rows = data.splits(project)
    counts = {s: Counter(r.label for r in rows if r.split == s) for s in BASE}
    odd = [r for r in rows if not is_split(r.split)]
    if odd:
        yield fail(
            f"{count(len(odd), 'row names', 'rows name')} a split that does not exist: {odd[0].split!r}",
            at(odd[0].file, odd[0].line),
            fix=HINT,
        )
    empty = [s for s in NEEDED if not counts[s]]
    if empty:
        yield fail(f"no picture is in {' and '.join(empty)}", "data/splits", fix="mlscaffold data split")
    needed = [s for s in NEEDED if s not in empty]
    missing = [c for c in classes if any(not counts[s][c] for s in needed)]
    if missing:
        told = [f'"{c}": {" / ".join(str(counts[s][c]) for s in needed)}' for c in missing]
        yield fail(
            f"{len(missing)} of {len(classes)} classes are not in every split; pictures in {' / '.join(needed)}: {few(told)}",
            "data/splits", "data/schema.toml", fix="collect more of it, then mlscaffold data split",
        )  # fmt: skip
    foreign = [r for r in rows if r.label not in classes]
    if foreign:
        names = sorted({r.label or "(empty)" for r in foreign})
        yield fail(
            f"{count(len(foreign), 'row')} have a label that data/schema.toml does not name: {few(names)}",
            *(at(r.file, r.line) for r in foreign[:3]), items=[f"{data.RAW}/{r.path}" for r in foreign], fix="mend data/schema.toml or the raw annotations, then mlscaffold data split",
        )  # fmt: skip
