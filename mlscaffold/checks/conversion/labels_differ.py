"""The outputs of each export are the classes of the schema, in their order."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.checks.conversion.target_missing import cards, command
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import data, predictions
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Effect, Finding
from mlscaffold.project import Missing, Project


@check(proves="converted-model", reads=("exports", "data/schema.toml"))
def labels_differ(project: Project) -> Iterator[Finding]:
    """The outputs of each export are the classes of the schema, in their order.

    ## Why
    Labels packed in another order: the app says dress where the model means daisy, with full confidence.

    ## Evidence
    `classes` and the shape of the output in each card against `data/schema.toml`. How often people would read the right name
    follows from the predictions of the export.

    ## Fix
    Convert again.
    """
    names = data.classes(project)
    for card in cards(project):
        if list(card.classes) != names:
            place = next(
                (i for i, (a, b) in enumerate(zip(card.classes, names, strict=False)) if a != b),
                min(len(card.classes), len(names)),
            )
            told = [x[place] if place < len(x) else "nothing" for x in (card.classes, names)]
            yield fail(f'{card.target}: index {place} is "{told[0]}" in the export, "{told[1]}" in the schema', card.path,
                       "data/schema.toml", fix=command(project, card), effect=_shown(project, card, names))  # fmt: skip
        elif card.output.shape and card.output.shape[-1] != len(names):
            yield fail(f"{card.target} has {card.output.shape[-1]} outputs; the schema has {len(names)} classes", card.path,
                       fix=command(project, card))  # fmt: skip


def _shown(project: Project, card: Card, names: list[str]) -> Effect | None:
    """How often the export is right as measured, and with the labels that its card gives to the outputs."""
    try:
        table = project.read(predictions.read, f"{card.path.rsplit('/', 1)[0]}/predictions.csv")
    except (Missing, ScaffoldError):
        return None
    label = dict(zip(names, card.classes, strict=False))
    return Effect("accuracy", table.accuracy, sum(label.get(r.prediction) == r.label for r in table.rows) / len(table.rows))
