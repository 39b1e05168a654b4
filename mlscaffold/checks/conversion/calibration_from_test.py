"""An integer export was calibrated on train, never on test."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.evidence import data, exports, pipelines
from mlscaffold.evidence.exports import Calibrated, Card
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import is_test

FEW = 32


@check(proves="same-answers", reads=("exports", "data/processed/*/annotations.csv"))
def calibration_from_test(project: Project) -> Iterator[Finding]:
    """An integer export was calibrated on train, never on test.

    ## Why
    Calibrated on the exam: its accuracy on test says nothing any more.

    ## Evidence
    Split, data digest and number of pictures of `calibration` in each card; paths and pixel digests in `calibration.csv` beside
    it against the test split. Fewer than 32 pictures are a warning: the range of an activation hangs on its rarest values.

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
        if seen := _tested(project, card):
            yield fail(
                f"{len(seen)} of {used.n} calibration pictures of {card.target} are in test, first {seen[0].path}",
                at(calibration_file(card), seen[0].line), card.path, fix=command(project, card),
            )  # fmt: skip
            continue
        exams = [
            name for name in filter(is_test, data.prepared_splits(project)) if used.data and used.data == _digest(project, name)
        ]
        if exams or used.split != "train":
            split = exams[0] if exams else used.split
            say = fail if is_test(split) else warn
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


def calibration_file(card: Card) -> str:
    """Where the pictures that calibrated an export are listed."""
    return f"{folder_of(card)}/calibration.csv"


def calibrated(project: Project, card: Card) -> tuple[Calibrated, ...]:
    """The pictures that calibrated an export, as its table lists them; none where there is no table."""
    path = calibration_file(card)
    return project.read(exports.read_calibration, path) if project.exists(path) else ()


def _tested(project: Project, card: Card) -> list[Calibrated]:
    """The calibration pictures that lie in test, by path or by pixels."""
    rows = calibrated(project, card)
    if not rows:
        return []
    try:
        exam = {row.digest for row in data.processed(project) if is_test(row.split)}
    except Missing:
        exam = set()
    return [row for row in rows if is_test(row.path.split("/")[0]) or row.digest in exam]


def _digest(project: Project, split: str) -> str:
    try:
        return pipelines.data_digest(project, split)
    except Missing:
        return ""
