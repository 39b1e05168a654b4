"""Each export was made from the refined model, and measured on today's test data."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.checks.conversion.target_missing import cards, command
from mlscaffold.evidence import chain, data, pipelines
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

READS = (
    "exports",
    "reports/tuning/chosen.toml",
    "reports/training/chosen.toml",
    "data/processed/test/annotations.csv",
    "data/withdrawn",
)


@check(proves="converted-model", reads=READS)
def source_stale(project: Project) -> Iterator[Finding]:
    """Each export was made from the refined model, and measured on today's test data.

    ## Why
    The model was tuned and nobody exported again: the phone runs the old one.

    ## Evidence
    The source's checkpoint digest in each card against tuning's choice (training's, without one); the digest and number of the
    test
    rows that the card was measured on.

    ## Fix
    Convert again.
    """
    model, found = chain.model(project), cards(project)
    n = len(data.processed(project, "test"))
    old = [card for card in found if card.checkpoint != model.checkpoint]
    if old:
        stage6 = chain.chosen(project, "training").checkpoint if model.stage == "tuning" else ""
        which = " (stage 6's)" if old[0].checkpoint == stage6 else ""
        raise Missing(
            f"{', '.join(c.target for c in old)}: export of {old[0].checkpoint[:12]}{which}, the refined model is {model.checkpoint[:12]}",
            path=old[0].path, fix=command(project, old[0]),
        )  # fmt: skip
    for card in found:
        if card.run and card.run != model.run:
            yield fail(
                f"{card.target}: the card says run {card.run}; checkpoint {card.checkpoint[:12]} is of {model.run}",
                card.path, model.file, fix=command(project, card),
            )  # fmt: skip
        if card.evaluation is None:
            raise Missing(f"{card.target} was not measured on test", path=card.path, fix=command(project, card))
        if card.evaluation.split != "test":
            yield fail(
                f"{card.target} was measured on {card.evaluation.split}; test is wanted", card.path, fix=command(project, card)
            )
        elif card.evaluation.data and pipelines.withdrawn_since(project, "test", card.evaluation.data) is None:
            raise Missing(
                f"{card.target} was measured before the test data moved ({card.evaluation.n} pictures then, {n} now)",
                path=card.path, fix=command(project, card),
            )  # fmt: skip
