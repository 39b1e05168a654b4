"""The answers on the real world agree with themselves, and with what the owner wants to hear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mlscaffold.checks import at, check, fail
from mlscaffold.checks.tuning.real_world_missing import read, right
from mlscaffold.evidence import data, tables
from mlscaffold.evidence.studies import Guess
from mlscaffold.model import Finding
from mlscaffold.project import ABSENT, Project

ROUNDING = 2e-3
EXAMPLES = "docs/examples"
READS = ("reports/tuning", "data/schema.toml", EXAMPLES)


@check(proves="real-world", reads=READS)
def inference_contradicts(project: Project) -> Iterator[Finding]:
    """The answers on the real world agree with themselves, and with what the owner wants to hear.

    ## Why
    `inference.csv` is filled in by hand: an answer or a verdict that was typed there passes for one of the model, or of a person.

    ## Evidence
    `confidence` and `margin` of each row must be possible for so many classes (the second is what is left of the first, at most);
    `unsure` must follow from them in the same way in all rows; the same picture has one answer. A picture that lies in
    `docs/examples` too is right where the answer is the owner's, and wrong where it is not. Whether the answers are those of the
    model is what the deep check `tuning.inference-differs` tells.

    ## Fix
    `python -m <package>.infer`, which keeps the verdicts; then look at those that contradict.
    """
    inference = read(project)
    rows, fix = inference.rows, f"python -m {project.settings.package}.infer data/field"
    yield from _impossible(rows, len(data.classes(project)), inference.path, fix=fix)
    yield from _unsure(rows, inference.path, fix=fix)
    yield from _twice(rows, inference.path, fix=fix)
    yield from _owner(project, rows, inference.path)


def _impossible(rows: Sequence[Guess], classes: int, path: str, *, fix: str) -> Iterator[Finding]:
    """Rows whose second best class would have a probability that cannot be: more than the best, than what is left, or too little of it."""
    odd = [
        row
        for row in rows
        if not (
            max(0.0, (1 - row.confidence) / max(1, classes - 1)) - ROUNDING
            <= row.confidence - row.margin
            <= 1 - row.confidence + ROUNDING
        )
        or row.margin < -ROUNDING
    ]
    if odd:
        first = odd[0]
        yield fail(
            f"{len(odd)} of {len(rows)} rows have a confidence and a margin that cannot go together, first {first.path}: {first.confidence:.3f}"
            f" and {first.margin:.3f} leave {first.confidence - first.margin:.3f} for the second of {classes} classes",
            at(path, first.line), fix=fix,
        )  # fmt: skip


def _unsure(rows: Sequence[Guess], path: str, *, fix: str) -> Iterator[Finding]:
    """A row that is sure although another one, which is not, has a larger confidence and a larger margin."""
    unsure = [row for row in rows if row.unsure]
    odd = [(a, b) for a in rows if not a.unsure for b in unsure if a.confidence <= b.confidence and a.margin <= b.margin]
    if odd:
        sure, other = odd[0]
        yield fail(
            f"{len({a.path for a, _ in odd})} of {len(rows)} rows are sure although a surer one is not, first {sure.path}"
            f" ({sure.confidence:.2f}, margin {sure.margin:.2f}) beside {other.path} ({other.confidence:.2f}, margin {other.margin:.2f})",
            at(path, sure.line), fix=fix,
        )  # fmt: skip


def _twice(rows: Sequence[Guess], path: str, *, fix: str) -> Iterator[Finding]:
    answers = defaultdict(list)
    for row in rows:
        answers[row.digest].append(row)
    odd = [same for same in answers.values() if len({row.prediction for row in same}) > 1]
    if odd:
        a, b = odd[0][0], next(row for row in odd[0] if row.prediction != odd[0][0].prediction)
        yield fail(
            f"{len(odd)} pictures have two answers: {a.path} is {a.prediction}, {b.path}, the same picture, {b.prediction}",
            at(path, b.line), fix=fix,
        )  # fmt: skip


def _owner(project: Project, rows: Sequence[Guess], path: str) -> Iterator[Finding]:
    """Verdicts on pictures of `docs/examples` that are not what the owner wants to hear of them."""
    table = f"{EXAMPLES}/answers.csv"
    if not project.exists(table):
        return
    names = {name.casefold(): name for name in data.classes(project)}
    wanted = {}
    for example in project.read(tables.read, table).rows:
        digest = project.digest(f"{EXAMPLES}/{example.get('path') or example.get('file')}")
        answer = names.get(example.get("answer").strip().casefold())
        if digest != ABSENT and answer:
            wanted[digest] = answer
    judged = [row for row in rows if row.digest in wanted and row.verdict.strip()]
    odd = [row for row in judged if right(row) != (row.prediction == wanted[row.digest])]
    if odd:
        first = odd[0]
        yield fail(
            f"{len(odd)} of {len(judged)} verdicts on pictures of {EXAMPLES} are not the owner's: {first.path} is answered {first.prediction}"
            f' and called "{first.verdict}"; the owner says {wanted[first.digest]}',
            at(path, first.line), table, fix=f"look at it again, and edit {path}",
        )  # fmt: skip
