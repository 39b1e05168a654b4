"""Each export, asked now, answers what its table says."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, unknown
from mlscaffold.checks.conversion.digest_differs import on_disk
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence import deep, judged, scored
from mlscaffold.evidence.exports import Card
from mlscaffold.evidence.predictions import Prediction
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown

ROWS = 100
TOLERANCE = {"fp32": 0.01, "fp16": 0.02}
INTEGER = 0.05
STEADY = 1e-4


@check(proves="same-answers", reads=("exports", "pipeline.json"), deep=True)
def parity(project: Project) -> Iterator[Finding]:
    """Each export, asked now, answers what its table says.

    ## Why
    A card is a claim. An export with dropout left on answers differently each time.

    ## Evidence
    A hundred test pictures through the export itself, by the project's own `convert TARGET --predict`, against
    `exports/<target>/predictions.csv`. Probabilities may differ by 0.01 (fp32), 0.02 (fp16) or 0.05 (int8), which is what other
    kernels on another processor make of the same weights; one picture in a hundred may pass that. One that differs is asked a
    second time: where it differs from itself too, something in it is random.

    ## Fix
    Convert again, from a model in evaluation mode.
    """
    for card in cards(project):
        try:
            yield from _ask(project, card)
        except Unknown as reason:  # one runtime that is not here hides no other
            yield unknown(f"{card.target}: {reason.reason}", reason.path or card.path, fix=reason.fix)


def _ask(project: Project, card: Card) -> Iterator[Finding]:
    path = f"{folder_of(card)}/predictions.csv"
    if not card.verified_by and not project.exists(path):
        raise Unknown("its answers were computed nowhere yet", path=card.path)
    rows = scored.by_path(judged.table(project, path))
    if not on_disk(project, card)[0]:
        raise Unknown(f"{folder_of(card)}/{card.file} is not on this machine", path=card.path, fix=command(project, card))
    wanted = deep.spread(list(rows), ROWS)
    here = deep.present(project, [f"data/processed/{name}" for name in wanted])
    if len(here) < len(wanted):
        raise Unknown(f"{len(here)} of {len(wanted)} test pictures are on this machine", path="data/processed/test")
    answers = deep.export_predict(project, card.target, here)
    order = [answers.classes.index(name) for name in judged.table(project, path).classes if name in answers.classes]
    if len(order) != len(answers.classes):
        yield fail(
            f"{card.target} answers the classes {', '.join(answers.classes)}; its table has others",
            path,
            fix=command(project, card),
        )
        return
    differences = {name: _difference(answers.rows[f"data/processed/{name}"], rows[name], order) for name in wanted}
    limit = next((value for key, value in TOLERANCE.items() if card.quantisation.lower().startswith(key)), INTEGER)
    wide = [name for name, difference in differences.items() if difference > limit]
    if len(wide) > len(wanted) // 100:
        first = max(wide, key=lambda name: differences[name])
        yield fail(
            f"{card.target}: {len(wide)} of {len(wanted)} answers differ from its table, up to {differences[first]:.2f} ({first});"
            f" {limit} is the noise of machines{_twice(project, card, answers, here)}",
            at(path, rows[first].line), fix=command(project, card),
        )  # fmt: skip


def _twice(project: Project, card: Card, answers: deep.Answers, paths: list[str]) -> str:
    """Whether an export that differs from its table differs from itself too, in words."""
    again = deep.export_predict(project, card.target, paths)
    apart = max(
        abs(one - other)
        for path in paths
        for one, other in zip(answers.rows[path].probabilities, again.rows[path].probabilities, strict=True)
    )
    return f"; asked twice, it differs from itself by {apart:.2f}: was it exported in training mode?" if apart > STEADY else ""


def _difference(answer: deep.Answer, recorded: Prediction, order: list[int]) -> float:
    return max(abs(answer.probabilities[i] - p) for i, p in zip(order, recorded.probabilities, strict=True))
