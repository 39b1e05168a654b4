"""model.frozen-norm-moves."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, warn
from mlscaffold.evidence import trained
from mlscaffold.evidence.runs import Step
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="loaded-backbone", reads=("reports/model",))
def frozen_norm_moves(project: Project) -> Iterator[Finding]:
    """Frozen layers of batch norm keep their statistics.

    ## Why
    A frozen backbone in training mode still averages what it sees: its weights stay, its means do not, and the pretrained features drift.

    ## Evidence
    The watched step of `overfit.json`: layers of batch norm without a trainable parameter whose running mean or variance moved.

    ## Fix
    Put the frozen part into evaluation mode at the start of every training epoch (`self.network.eval()` in `on_train_epoch_start`).
    """
    proof = trained.overfit(project)
    yield from of_step(
        proof.step, proof.path, fix=f"freeze the statistics too, then python -m {project.settings.package}.train --overfit-batch"
    )


def of_step(step: Step | None, path: str, *, fix: str) -> Iterator[Finding]:
    """A finding where frozen statistics moved in a step."""
    if step and step.frozen_moved:
        who = "updates its" if step.frozen_moved == 1 else "update their"
        yield warn(
            f"{step.frozen_moved} of {step.frozen} frozen layers of batch norm {who} statistics in a step; 0 wanted",
            path,
            fix=fix,
        )
