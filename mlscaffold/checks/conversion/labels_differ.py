"""The outputs of each export are the classes of the schema, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlscaffold.checks import check, fail
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import data, packed, predictions
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Effect, Finding
from mlscaffold.project import ABSENT, Missing, Project


@check(proves="converted-model", reads=("exports", "data/schema.toml"))
def labels_differ(project: Project) -> Iterator[Finding]:
    """The outputs of each export are the classes of the schema, in their order.

    ## Why
    Labels packed in another order: the app says dress where the model means daisy, with full confidence.

    ## Evidence
    `classes` and the shape of the output in each card against `data/schema.toml`; and the names inside the file, which an app
    reads (metadata of ONNX and Core ML, the list packed behind a LiteRT model), where it is on this machine. How often people would
    read the right name follows from the predictions of the export.

    ## Fix
    Convert again.
    """
    names = data.classes(project)
    for card in cards(project):
        fix = command(project, card)
        inside, file = _packed(project, card)
        if odd := _first_difference(card.classes, names):
            told = f"{card.target}: {odd[0]} in the export, {odd[1]} in the schema"
            yield fail(told, card.path, "data/schema.toml", fix=fix, effect=_shown(project, card, names))
        elif card.output.shape and card.output.shape[-1] != len(names):
            yield fail(
                f"{card.target} has {card.output.shape[-1]} outputs; the schema has {len(names)} classes", card.path, fix=fix
            )
        elif inside and (odd := _first_difference(inside, names)):
            told = f"{card.target}: {odd[0]} inside {card.file}, {odd[1]} in the schema and on the card"
            yield fail(told, file, card.path, "data/schema.toml", fix=fix)


def _first_difference(told: Sequence[str], names: Sequence[str]) -> tuple[str, str] | None:
    """The first place at which two lists of classes differ, and what stands there in each."""
    for place in range(max(len(told), len(names))):
        one, other = (x[place] if place < len(x) else "nothing" for x in (told, names))
        if one != other:
            return f'index {place} is "{one}"', f'"{other}"'
    return None


def _packed(project: Project, card: Card) -> tuple[tuple[str, ...], str]:
    """The class names inside an export that is on this machine, and the file that holds them."""
    path = f"{folder_of(card)}/{card.file}"
    if card.target == "coreml":
        path = next((p for p in sorted(project.digests(folder_of(card))) if p.startswith(path) and p.endswith(".mlmodel")), path)
    reader = packed.READERS.get(card.target)
    if reader is None or project.digest(path) == ABSENT:
        return (), path
    return project.read(reader, path), path


def _shown(project: Project, card: Card, names: list[str]) -> Effect | None:
    """How often the export is right as measured, and with the labels that its card gives to the outputs."""
    try:
        table = project.read(predictions.read, f"{folder_of(card)}/predictions.csv")
    except (Missing, ScaffoldError):
        return None
    label = dict(zip(names, card.classes, strict=False))
    return Effect("accuracy", table.accuracy, sum(label.get(r.prediction) == r.label for r in table.rows) / len(table.rows))
