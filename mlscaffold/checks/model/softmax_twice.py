"""model.softmax-twice."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import trained
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.evidence.runs import Overfit, Step
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

ROWS = 30
NEAR = 0.05
SURE = 0.8


@check(proves="fits-one-batch", reads=("reports/model", "reports/training"))
def softmax_twice(project: Project) -> Iterator[Finding]:
    """The loss takes logits, and the model gives logits.

    ## Why
    Cross entropy applies softmax itself. With a softmax in the model too it still learns, but slowly, and is never sure of anything.

    ## Evidence
    Three witnesses. What cross entropy was given in the watched step of `overfit.json`: outputs that are not negative and sum to 1.
    The curve of that file: with every picture right, the loss stays at the least that softmax of a softmax can give,
    ln(1 + (classes - 1)/e). And `validation.csv` of the chosen run: no probability beyond e/(e + classes - 1), while most rows reach it.

    ## Fix
    Return the logits from `forward`, and apply softmax only where probabilities are wanted (`predict` does).
    """
    fix = f"take the softmax out of the model, then python -m {project.settings.package}.train --overfit-batch"
    proof = trained.overfit(project)
    found = list(of_step(proof.step, proof.path, fix=fix)) or list(_of_curve(proof, fix))
    yield from found
    try:
        table = trained.table(project, trained.trained(project), "validation.csv")
    except Missing:
        return
    yield from of_table(table, fix)


def of_step(step: Step | None, path: str, *, fix: str) -> Iterator[Finding]:
    """A finding where what cross entropy was given are probabilities already."""
    if step and step.sums and step.outputs and step.outputs > 1 and step.least >= 0 and all(abs(s - 1) < 1e-3 for s in step.sums):
        yield fail(
            f"outputs already sum to 1 (least {step.least:.2g}, sums {min(step.sums):.4f} to {max(step.sums):.4f}); the loss applies softmax again:"
            " logits are wanted",
            path, fix=fix,
        )  # fmt: skip


def _of_curve(proof: Overfit, fix: str) -> Iterator[Finding]:
    least = math.log(1 + (proof.outputs - 1) / math.e) if proof.outputs > 1 else math.inf
    if not proof.losses or not proof.accuracies or proof.accuracies[-1] < 1:
        return
    lowest = min(proof.losses)
    if least - 1e-3 <= lowest <= (1 + NEAR) * least:
        yield fail(
            f"every picture of the batch is right and the loss stays at {lowest:.3f}: {least:.3f} is the least that softmax of a softmax"
            f" over {proof.outputs} classes can give; below 0.1 is wanted",
            proof.path, fix=fix,
        )  # fmt: skip


def of_table(table: Predictions, fix: str) -> Iterator[Finding]:
    """A finding where the probabilities are softmax of probabilities.

    Then their logarithms, moved so that they sum to 1, are probabilities again in every row, and near 1 in the surest ones.
    """
    n = len(table.classes)
    if n < 2 or len(table.rows) < ROWS:
        return
    inner = []
    for row in table.rows:
        logs = [math.log(max(p, 1e-12)) for p in row.probabilities]
        shift = (1 - sum(logs)) / n
        if min(logs) + shift < -0.01:
            return
        inner.append(max(logs) + shift)
    if sorted(inner)[int(0.9 * len(inner))] < SURE:
        return
    most = math.e / (math.e + n - 1)
    top = max(row.confidence for row in table.rows)
    yield fail(
        f"no probability of {len(table.rows)} pictures is above {top:.3f}, while {table.accuracy:.3f} are right: {most:.3f} is the most that softmax"
        f" of a softmax over {n} classes can give",
        table.path, fix=fix,
    )  # fmt: skip
