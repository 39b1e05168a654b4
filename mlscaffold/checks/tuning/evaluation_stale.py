"""The refined model was evaluated on today's test data."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.checks.evaluation.data_stale import differences, tested
from mlscaffold.evidence import chain, judged
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import AUGMENTED

READS = (
    "reports/evaluation",
    "reports/tuning",
    "data/processed/*/annotations.csv",
    "data/splits/tests",
    "data/schema.toml",
    "pipeline.json",
    "data/withdrawn",
)


@check(proves="refined-model", reads=READS)
def evaluation_stale(project: Project) -> Iterator[Finding]:
    """The refined model was evaluated on today's test data.

    ## Why
    A number of another checkpoint, or of another test set, says nothing of the model that goes on.

    ## Evidence
    The newest evaluation of the checkpoint in `reports/tuning/chosen.toml`; its digests of data, classes and pipeline against
    today's;
    the training and validation data that the refined run used.

    ## Fix
    `python -m <package>.evaluate --of tuning`.
    """
    choice = chain.chosen(project, "tuning")
    one = judged.newest(project)
    fix = f"python -m {project.settings.package}.evaluate --of tuning"
    moved, wrong = differences(project, f"{one.folder}/provenance.json", splits=tested(project))
    for what in wrong:
        yield fail(f"the evaluation of tuning's choice: {what}", f"{one.folder}/provenance.json", fix=fix)
    if moved:
        raise Missing(f"the evaluation {one.run} is older than {', '.join(moved)}", path=one.folder, fix=fix)
    record = f"{choice.folder}/provenance.json"
    if not choice.keep and project.exists(record):
        moved, _ = differences(project, record, splits=("train", AUGMENTED, "validation"))
        if moved:
            tune = f"python -m {project.settings.package}.tune"
            raise Missing(f"run {choice.run} is older than {', '.join(moved)}", path=record, fix=tune)
