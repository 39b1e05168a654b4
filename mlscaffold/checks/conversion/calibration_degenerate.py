"""An integer export was calibrated with many different pictures, prepared as in training."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, unknown
from mlscaffold.checks.conversion.calibration_from_test import calibrated, calibration_file
from mlscaffold.checks.conversion.target_missing import cards, command
from mlscaffold.evidence import data, pipelines
from mlscaffold.evidence.exports import Calibrated, Card
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FEW = 32
READS = ("exports", "pipeline.json", "data/processed/*/annotations.csv")


@check(proves="same-answers", reads=READS)
def calibration_degenerate(project: Project) -> Iterator[Finding]:
    """An integer export was calibrated with many different pictures, prepared as in training.

    ## Why
    A loader that yields one picture a thousand times, or pictures that nobody normalised, gives the integers a range that no real
    picture has; the export then errs without any error message.

    ## Evidence
    `exports/<target>/calibration.csv`, a row for every picture that the converter was fed: different pixel digests among them
    (at least 32, or as many as rows), the number on the card, the digests of `data/processed` for the same paths; the pipeline that
    `calibration` on the card names against `pipeline.json`.

    ## Fix
    Feed the converter different pictures of `data/processed/train`, through `pipeline.json`, and list them.
    """
    for card in cards(project):
        used, fix = card.calibration, command(project, card)
        if used is None:
            continue
        if used.pipeline and used.pipeline != pipelines.pipeline_digest(project):
            yield fail(
                f"the calibration pictures of {card.target} were prepared by pipeline {used.pipeline[:12]},"
                f" pipeline.json is {pipelines.pipeline_digest(project)[:12]}",
                card.path, "pipeline.json", fix=fix,
            )  # fmt: skip
        rows, file = calibrated(project, card), calibration_file(card)
        if not rows:
            yield unknown(
                f"nobody can see which {used.n} pictures calibrated {card.target}: {file} lists none",
                card.path,
                fix=f"write {file}",
            )
            continue
        distinct = len({row.digest for row in rows})
        if distinct < min(FEW, len(rows)):
            pictures = "picture" if distinct == 1 else "pictures"
            yield fail(
                f"{card.target} was calibrated on {distinct} distinct {pictures} among {len(rows)}; at least {min(FEW, len(rows))} are wanted",
                at(file, rows[0].line), card.path, fix=fix,
            )  # fmt: skip
        if used.n != len(rows):
            yield fail(
                f"the card of {card.target} says {used.n} calibration pictures, {file} has {len(rows)}", card.path, file, fix=fix
            )
        yield from _changed(project, card, rows, fix=fix)


def _changed(project: Project, card: Card, rows: tuple[Calibrated, ...], *, fix: str) -> Iterator[Finding]:
    """Pictures of the processed data that the converter saw with other pixels."""
    try:
        known = {row.path: row.digest for row in data.processed(project)}
    except Missing:
        return
    other = [row for row in rows if known.get(row.path, row.digest) != row.digest]
    if other:
        yield fail(
            f"{len(other)} of {len(rows)} calibration pictures of {card.target} have other pixels than data/processed, first {other[0].path}",
            at(calibration_file(card), other[0].line), fix=fix,
        )  # fmt: skip
