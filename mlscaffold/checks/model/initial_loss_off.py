"""model.initial-loss-off."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlscaffold.checks import check, warn
from mlscaffold.evidence import trained
from mlscaffold.model import Finding
from mlscaffold.project import Project

MARGIN = 0.3


@check(proves="fits-one-batch", reads=("reports/model",))
def initial_loss_off(project: Project) -> Iterator[Finding]:
    """Before training the loss is that of guessing.

    ## Why
    A new head knows nothing, so cross entropy begins at the logarithm of the number of classes. Far above it the inputs are not
    normalised or the head is badly initialised; far below it the model has seen the answers.

    ## Evidence
    `initial_loss` and the first of `losses` in `overfit.json` against ln(classes), within 30 %.

    ## Fix
    Look at the first batch as it reaches the model, and at the head's weights.
    """
    proof = trained.overfit(project)
    fix = f"python -m {project.settings.package}.train --overfit-batch"
    first = proof.losses[0] if proof.losses else proof.initial_loss
    if abs(first - proof.initial_loss) > max(1e-3, 0.01 * abs(first)):
        yield warn(f"initial_loss is {proof.initial_loss:.3g}, the curve begins at {first:.3g}", proof.path, fix=fix)
    wanted = math.log(proof.outputs) if proof.outputs > 1 else 0.0
    if wanted and not abs(first - wanted) <= MARGIN * wanted:
        yield warn(
            f"the loss begins at {first:.3g}; guessing among {proof.outputs} classes gives {wanted:.3g} ({1 - MARGIN:g} to {1 + MARGIN:g} times that)",
            proof.path, fix=fix,
        )  # fmt: skip
