"""problem.answers-missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, tables
from mlscaffold.evidence.tables import Row
from mlscaffold.evidence.wording import count, few, is_placeholder
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FOLDER = "docs/examples"
TABLE = f"{FOLDER}/answers.csv"
ENOUGH = 5
FIX = f"put inputs into {FOLDER}, and the owner's answers into {TABLE}"


@check(proves="wanted-answers", reads=(FOLDER, "data/schema.toml"))
def answers_missing(project: Project) -> Iterator[Finding]:
    """Real inputs lie beside the answers that the owner wants.

    ## Why
    Ten examples with answers show what the words do not: what comes in on a bad day, and which answer would have helped.

    ## Evidence
    `docs/examples/answers.csv` (columns `path`, `answer`, `by`) against the files beside it, told apart by content, and
    once there is a class map against that: most answers are classes of it, and not all the same one.
    Setting `examples`: fewer make a warning (default 5).

    ## Fix
    Put real inputs into `docs/examples`, ask the problem's owner for the right answer to each, and write it into `answers.csv`.
    """
    inputs = [f for f in project.glob(f"{FOLDER}/**") if _is_input(f)]
    if not project.exists(TABLE):
        if inputs:
            yield fail(f"{count(len(inputs), 'input')} in {FOLDER}, and no {TABLE} with the wanted answers", FOLDER, fix=FIX)
            return
        raise Missing(f"{FOLDER} holds no input with a wanted answer", path=FOLDER, fix=FIX)
    table = project.read(tables.read, TABLE)
    column = "file" if "file" in table.header and "path" not in table.header else "path"
    table.need(column, "answer")
    if not table.rows and not inputs:
        raise Missing(f"{TABLE} names no example", path=TABLE, fix=FIX)
    yield from _rows(project, table.rows, column, inputs)
    yield from _classes(project, table.rows)


def _classes(project: Project, rows: tuple[Row, ...]) -> Iterator[Finding]:
    """Answers that are no classes of this project, or all the same one: examples of another problem, or of a small part of it."""
    if not project.settings.task.endswith("classification") or not project.exists("data/schema.toml"):
        return
    try:
        names = {name.casefold() for name in data.classes(project)}
    except Missing:  # as generated: there are no classes yet
        return
    told = [r for r in rows if not is_placeholder(r["answer"])]
    strange = [r for r in told if r["answer"].strip().casefold() not in names]
    if len(strange) > len(told) / 2:
        yield warn(
            f"{len(strange)} of {count(len(told), 'answer')} are no class of data/schema.toml: {few(sorted({r['answer'] for r in strange}))}",
            at(TABLE, strange[0].line), "data/schema.toml", fix=f"edit {TABLE}: the answers in the words of the class map",
        )  # fmt: skip
    elif len(told) >= ENOUGH and len({r["answer"].casefold() for r in told}) == 1 and len(names) > 1:
        yield warn(
            f"all {len(told)} examples have the same answer, {told[0]['answer']}: what of the other {len(names) - 1} classes?",
            TABLE,
            fix=FIX,
        )


def _rows(project: Project, rows: tuple[Row, ...], column: str, inputs: list[str]) -> Iterator[Finding]:
    elsewhere = [r for r in rows if "://" in r[column] or r[column].startswith(("/", "\\\\"))]
    named = {f"{FOLDER}/{r[column]}": r for r in rows if r not in elsewhere}
    absent = [r for path, r in named.items() if path not in inputs]
    if absent:
        named_so = few([r[column] or "(empty)" for r in absent])
        what = f"{len(absent)} of {count(len(rows), 'answer')} name no file in {FOLDER}: {named_so}"
        yield fail(what, *(at(TABLE, r.line) for r in absent[:3]), fix=FIX)
    silent = [r for r in rows if is_placeholder(r["answer"]) and r["answer"].casefold() not in ("none", "无")]
    if silent:
        what = f"{len(silent)} of {count(len(rows), 'example')} have no answer: {few([r[column] for r in silent])}"
        yield fail(what, *(at(TABLE, r.line) for r in silent[:3]), fix=f"ask the problem's owner, and edit {TABLE}")
    left = [path for path in inputs if path not in named]
    if left:
        yield warn(
            f"{count(len(left), 'input')} without an answer: {few([PurePosixPath(p).name for p in left])}", *left[:3], fix=FIX
        )
    distinct = len({project.digest(path) for path in named if path in inputs}) + len({r[column] for r in elsewhere})
    wanted = project.option("problem.answers-missing", "examples", 5)
    if not absent and distinct < wanted:
        yield warn(f"{count(distinct, 'different example')} with an answer; at least {wanted} show what comes in", TABLE, fix=FIX)


def _is_input(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return path != TABLE and not name.lower().startswith(("readme", ".")) and "/." not in path
