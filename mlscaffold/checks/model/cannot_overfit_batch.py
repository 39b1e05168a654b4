"""model.cannot-overfit-batch."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import data, trained
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

SHARE, LOW = 0.1, 0.1
USUAL = 8


@check(proves="fits-one-batch", reads=("reports/model", "data/processed/*/annotations.csv"))
def cannot_overfit_batch(project: Project) -> Iterator[Finding]:
    """The model learned one batch by heart.

    ## Why
    A model that cannot fit eight pictures has a bug that no training will cure.

    ## Evidence
    The recorded curve of `overfit.json`: at its end the loss is below a tenth of its start, or below 0.1, and every picture is
    right. The batch holds more than one class, and pictures of train only.

    ## Fix
    Look at the labels of the batch, the learning rate, what is frozen, and whether the loss takes logits.
    """
    proof = trained.overfit(project)
    fix = f"python -m {project.settings.package}.train --overfit-batch"
    n = len(proof.batch)
    if not proof.losses:
        yield fail("overfit.json holds no losses", proof.path, fix=fix)
        return
    first, last = proof.losses[0], proof.losses[-1]
    right = proof.accuracies[-1] if proof.accuracies else math.nan
    learned = math.isfinite(last) and (last < SHARE * first or last < LOW)
    if not learned or (proof.accuracies and not right >= 1):
        yield fail(
            f"the run on one batch ends at loss {last:.3g} after {len(proof.losses)} steps (it began at {first:.3g}), accuracy {right:.2f} on"
            f" {n} pictures; below {max(LOW, SHARE * first):.2g} and 1.0 are wanted",
            proof.path, fix=fix,
        )  # fmt: skip
    elif min(proof.losses) < 0:
        yield fail(f"the loss falls to {min(proof.losses):.3g}; cross entropy is never below 0", proof.path, fix=fix)
    elif not proof.accuracies:
        yield warn("overfit.json holds no accuracies: whether every picture is right is not known", proof.path, fix=fix)
    labels = {label for _, label in proof.batch}
    if n and len(labels) < 2:
        yield fail(f"all {n} pictures of the batch are {labels.pop()}: one answer fits them all", proof.path, fix=fix)
    elif n < USUAL:
        yield warn(f"the batch has {n} pictures; with fewer than {USUAL} chance does it", proof.path, fix=fix)
    yield from _foreign(project, [path for path, _ in proof.batch], proof.path, fix)


def _foreign(project: Project, batch: list[str], path: str, fix: str) -> Iterator[Finding]:
    try:
        split_of = {row.path: row.split for row in data.processed(project)}
    except Missing:
        return
    foreign = [p for p in batch if split_of.get(p, "train") != "train"]
    if foreign:
        yield fail(f"{len(foreign)} of {len(batch)} pictures of the batch are not of train, first {foreign[0]}", path, fix=fix)
