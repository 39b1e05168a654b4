"""model.nothing-trainable."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import trained
from mlscaffold.evidence.runs import Step
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="fits-one-batch", reads=("reports/model",))
def nothing_trainable(project: Project) -> Iterator[Finding]:
    """The head, at least, can learn.

    ## Why
    With everything frozen a run ends after all its epochs, and nothing has changed.

    ## Evidence
    `trainable` and `parameters` in `overfit.json`: a head has at least one trainable number for each output. The loss of the one
    batch, which must move. And the watched step: trainable parameters that the optimiser does not know (it was built before they were
    unfrozen), and parameters that a step moves.

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
    elif proof.step:
        yield from of_step(proof.step, proof.path, outputs=proof.outputs, fix=f"build the optimiser after unfreezing, then {fix}")


def of_step(step: Step, path: str, *, outputs: int, fix: str) -> Iterator[Finding]:
    """Findings about what the optimiser knows and moves in a step."""
    if step.trainable is None or step.optimised is None:
        return
    least = max(1, outputs)
    if step.trainable < least:
        yield fail(f"{step.trainable} parameters are trainable in a step; {least} at least are wanted", path, fix=fix)
    elif step.optimised < least:
        yield fail(f"the optimiser knows {step.optimised} of {_millions(step.trainable)} trainable parameters", path, fix=fix)
    elif step.optimised < step.trainable:
        yield warn(
            f"the optimiser knows {_millions(step.optimised)} of {_millions(step.trainable)} trainable parameters", path, fix=fix
        )
    elif step.moved is not None and step.moved < least:
        yield fail(f"a step moves {step.moved} of {_millions(step.optimised)} parameters that the optimiser knows", path, fix=fix)


def _millions(n: int) -> str:
    return f"{n / 1e6:.1f} M" if n >= 1e6 else str(n)
