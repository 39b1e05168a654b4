"""model.nothing-trainable."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import trained
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="fits-one-batch", reads=("reports/model",))
def nothing_trainable(project: Project) -> Iterator[Finding]:
    """The head, at least, can learn.

    ## Why
    With everything frozen a run ends after all its epochs, and nothing has changed.

    ## Evidence
    `trainable` and `parameters` in `overfit.json`: a head has at least one trainable number for each output. And the loss of the one
    batch, which must move.

    ## Fix
    Unfreeze the head before the optimiser is built.
    """
    proof = trained.overfit(project)
    fix = f"python -m {project.settings.package}.train --overfit-batch"
    if proof.trainable > proof.parameters:
        yield fail(f"{proof.trainable} of {proof.parameters} parameters are trainable, which cannot be", proof.path, fix=fix)
    elif proof.trainable < max(1, proof.outputs):
        yield fail(
            f"{proof.trainable} of {_millions(proof.parameters)} parameters are trainable",
            proof.path,
            fix=f"unfreeze the head, then {fix}",
        )
    elif len(proof.losses) > 2 and len(set(proof.losses)) == 1:
        yield fail(
            f"{_millions(proof.trainable)} parameters are trainable, and the loss is {proof.losses[0]:.4g} in all {len(proof.losses)} steps:"
            " does the optimiser know them?",
            proof.path, fix=fix,
        )  # fmt: skip


def _millions(n: int) -> str:
    return f"{n / 1e6:.1f} M" if n >= 1e6 else str(n)
