"""model.cannot-overfit-batch."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import data, trained, withdrawals
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.trees import composed

SHARE, LOW = 0.1, 0.1
USUAL = 8


@check(proves="fits-one-batch", reads=("reports/model", "data/processed/*/annotations.csv", "data/withdrawn"))
def cannot_overfit_batch(project: Project) -> Iterator[Finding]:
    """The model learned one batch by heart.

    ## Why
    A model that cannot fit eight pictures has a bug that no training will cure.

    ## Evidence
    The recorded curve of `overfit.json`: at its end the loss is below a tenth of its start, or below 0.1, and every picture is
    right. The batch holds more than one class, and pictures of train only, which are still there (or were withdrawn) and have these
    labels: most of them at least, since a label may have been corrected since.

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
    yield from _pictures(project, dict(proof.batch), proof.path, fix)


def _pictures(project: Project, batch: dict[str, str], path: str, fix: str) -> Iterator[Finding]:
    """The pictures that the batch names against those of today: of train, still there, with these labels."""
    try:
        rows = {row.path: row for row in data.processed(project)}
    except Missing:
        return
    n, known = len(batch), {composed(p): label for p, label in batch.items()}
    foreign = [p for p in known if p in rows and rows[p].split != "train"]
    if foreign:
        yield fail(f"{len(foreign)} of {n} pictures of the batch are not of train, first {foreign[0]}", path, fix=fix)
    stones = {stone.predicted for stone in withdrawals.tombstones(project)}
    gone = [p for p in known if p not in rows and withdrawals.digest_of(p) not in stones]
    if gone:
        say = fail if len(gone) > n / 2 else warn
        yield say(
            f"{len(gone)} of {n} pictures of the batch are in no split any more, first {gone[0]}: what was proved cannot be looked at",
            path, fix=fix,
        )  # fmt: skip
    here = [p for p in known if p in rows]
    other = [p for p in here if rows[p].label != known[p]]
    if len(other) > len(here) / 2:
        yield fail(
            f"{len(other)} of {n} labels of the batch are not the annotated ones: {other[0]} is {rows[other[0]].label}, not {known[other[0]]}",
            path, rows[other[0]].file, fix=fix,
        )  # fmt: skip
