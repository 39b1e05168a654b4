"""An integer export was calibrated on train, never on test."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.checks.conversion.target_missing import cards, command
from mlscaffold.evidence import pipelines
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FEW = 32


@check(proves="same-answers", reads=("exports", "data/processed/test/annotations.csv"))
def calibration_from_test(project: Project) -> Iterator[Finding]:
    """An integer export was calibrated on train, never on test.

    ## Why
    Calibrated on the exam: its accuracy on test says nothing any more.

    ## Evidence
    Split, data digest and number of pictures of `calibration` in each card. Fewer than 32 pictures are a warning: the range of an
    activation hangs on its rarest values.

    ## Fix
    Convert again, with pictures of train.
    """
    for card in cards(project):
        used = card.calibration
        if used is None:
            if card.quantisation.lower() in ("int8", "int8-full", "full-int8"):
                yield warn(
                    f"{card.target} is {card.quantisation} and its card names no calibration",
                    card.path,
                    fix=command(project, card),
                )
            continue
        try:
            exam = pipelines.data_digest(project, "test")
        except Missing:
            exam = ""
        if used.split in ("test", "eyeball", "validation") or (exam and used.data == exam):
            split = "test" if exam and used.data == exam else used.split
            say = fail if split == "test" else warn
            yield say(
                f"{card.target} was calibrated on {used.n} pictures of {split}; train is wanted",
                card.path,
                fix=command(project, card),
            )
        elif used.n < FEW:
            yield warn(
                f"{card.target} was calibrated on {used.n} pictures; at least {FEW} are wanted",
                card.path,
                fix=command(project, card),
            )
