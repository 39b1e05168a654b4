"""Every target of the settings has an export with a card."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import exports
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="converted-model", reads=("exports", "mlscaffold.toml"))
def target_missing(project: Project) -> Iterator[Finding]:
    """Every target of the settings has an export with a card.

    ## Why
    The app of one platform waits for a file that nobody made.

    ## Evidence
    `[mobile] targets` of `mlscaffold.toml` against `exports/<target>/card.json`, and the target that each card names.

    ## Fix
    `python -m <package>.convert all`, or take the target out of the settings.
    """
    found = cards(project)
    for card in found:
        folder = card.path.split("/")[1]
        if card.target != folder:
            yield fail(f"the card in exports/{folder} is of {card.target}: a copy?", card.path,
                       fix=f"python -m {project.settings.package}.convert {folder}")  # fmt: skip
    made = {card.path.split("/")[1] for card in found}
    lacking = [target for target in project.settings.targets if target not in made]
    if lacking:
        raise Missing(
            f"{len(lacking)} of {len(project.settings.targets)} targets have no export: {', '.join(lacking)}", path="exports",
            fix=f"python -m {project.settings.package}.convert {lacking[0]}",
        )  # fmt: skip


def cards(project: Project) -> list[Card]:
    """The card of every export; raises `Missing` where there is none."""
    paths = project.glob("exports/*/card.json")
    if not paths:
        raise Missing("exports has no converted model", path="exports", fix=f"python -m {project.settings.package}.convert all")
    return [project.read(exports.read, path) for path in paths]


def folder_of(card: Card) -> str:
    """The folder that a card lies in."""
    return card.path.rsplit("/", 1)[0]


def command(project: Project, card: Card) -> str:
    """The script that makes an export anew."""
    return f"python -m {project.settings.package}.convert {card.target}"
