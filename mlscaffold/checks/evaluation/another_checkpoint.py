"""The evaluation is of the chosen checkpoint, and its files are of one run."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import chain, judged, runs
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="test-predictions", reads=("reports/evaluation", "reports/training/chosen.toml"))
def another_checkpoint(project: Project) -> Iterator[Finding]:
    """The evaluation is of the chosen checkpoint, and its files are of one run.

    ## Why
    The last weights evaluated and the best ones released: the number is of a model that nobody uses.

    ## Evidence
    The checkpoint digest in the evaluation's `provenance.json` against `reports/training/chosen.toml`; the run that it names
    against
    its folder; predictions that are those of another checkpoint to the last digit.

    ## Fix
    Evaluate the chosen checkpoint.
    """
    one = judged.judged(project)[0]  # without one: Missing, naming both checkpoints
    fix = judged.command(project, one.metrics)
    file = f"{one.folder}/provenance.json"
    record = project.read(runs.read_provenance, file)
    if record.run != one.run:
        yield fail(f"the folder is {one.run}, its provenance is of run {record.run}: a copy?", file, fix=fix)
    if record.stage != "evaluation":
        yield fail(f"the provenance is of {record.stage}; that of an evaluation is wanted", file, fix=fix)
    told = judged.numbers(project, one)
    if told.of == "tuning" and chain.chosen(project, "training").checkpoint == one.checkpoint:
        keeps = project.exists("reports/tuning/chosen.toml") and chain.chosen(project, "tuning").keep
        if not keeps:
            yield fail("the numbers say that they are of tuning's choice; the checkpoint is training's", one.metrics, fix=fix)
    mine = project.digest(one.predictions)
    for other in chain.evaluations(project):
        path = f"{other.folder}/predictions.csv"
        if other.checkpoint not in ("", one.checkpoint) and project.digest(path) == mine and project.exists(path):
            yield fail(
                f"its predictions are those of {other.run}, which is of checkpoint {other.checkpoint[:12]},"
                f" not {one.checkpoint[:12]}",
                one.predictions, path, fix=fix,
            )  # fmt: skip
    if not project.exists(one.predictions):
        raise Missing(f"{one.predictions} is missing", path=one.predictions, fix=fix)
