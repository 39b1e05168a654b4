"""model.step-differs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from mlscaffold.checks import check, fail, warn
from mlscaffold.checks.model import frozen_norm_moves, normalised_twice, nothing_trainable, softmax_twice
from mlscaffold.evidence import data, deep, runs, trained
from mlscaffold.evidence.deep import VerbFailed
from mlscaffold.evidence.runs import Step
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown

TIMEOUT = 300.0


@check(proves="fits-one-batch", reads=("reports/model", "configs", "pipeline.json", "data/schema.toml"), deep=True)
def step_differs(project: Project) -> Iterator[Finding]:
    """One step of training with today's code is sound, and is that of the proof.

    ## Why
    The proof is of the code as it was. A softmax added since, a second normalisation or an optimiser built too early shows in the
    first step, and in no error.

    ## Evidence
    One step, run by the project's own `train --probe` with its settings: the tensor that reaches the first layer with weights, what
    cross entropy takes, the number of outputs, what the optimiser knows and moves, frozen statistics that move. It is judged as the
    record in `overfit.json` is, and the number of trainable parameters is compared with that record.

    ## Fix
    Mend the code, and prove the model again with `train --overfit-batch`.
    """
    proof, classes = trained.overfit(project), data.classes(project)
    package = project.settings.package
    step = _probe(project)
    fix = f"mend {package}/model.py, then python -m {package}.train --overfit-batch"
    if step.outputs is not None and step.outputs != len(classes):
        yield fail(f"the loss takes {step.outputs} outputs, {len(classes)} classes wanted", f"{package}/model.py", fix=fix)
    code = f"{package}/model.py"
    yield from softmax_twice.of_step(step, code, fix=fix)
    yield from normalised_twice.of_step(project, step, path=code, fix=fix)
    yield from frozen_norm_moves.of_step(step, code, fix=fix)
    yield from nothing_trainable.of_step(step, code, outputs=len(classes), fix=fix)
    if step.trainable is not None and step.trainable != proof.trainable:
        yield warn(
            f"{step.trainable} parameters are trainable with today's code and settings, {proof.trainable} in the proof",
            proof.path, fix=f"python -m {package}.train --overfit-batch",
        )  # fmt: skip


def _probe(project: Project) -> Step:
    """What one step of the project's own training does; raises `Unknown` where its `train` cannot say."""
    for path in project.glob("configs/*"):
        project.digest(path)  # noted: other settings, another step
    with tempfile.TemporaryDirectory(prefix="mlscaffold-") as folder:
        output = Path(folder) / "step.json"
        try:
            done = deep.run_verb(project, "train", ["--probe", str(output)], timeout=TIMEOUT)
        except VerbFailed as problem:
            if "--probe" in str(problem) or "probe_step" in str(problem):
                raise Unknown("the project's train knows no --probe, so that a step cannot be watched") from None
            raise
        if not output.is_file():
            raise Unknown(f"train --probe wrote nothing: {done.last_line}")
        return runs.read_step(output.read_bytes(), "step of today's code")
