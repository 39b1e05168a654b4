"""The evaluation saw today's test data, classes and pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import data, judged, pipelines, runs, testsets
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import TEST, is_named_test

READS = (
    "reports/evaluation",
    "reports/training/chosen.toml",
    "data/processed/*/annotations.csv",
    "data/splits/tests",
    "data/schema.toml",
    "pipeline.json",
    "data/withdrawn",
)


@check(proves="test-predictions", reads=READS)
def data_stale(project: Project) -> Iterator[Finding]:
    """The evaluation saw today's test data, classes and pipeline.

    ## Why
    A label corrected after the evaluation changes the number, and nobody sees it.

    ## Evidence
    Digests of data, class map and pipeline in `provenance.json` of the evaluation, recomputed from today's files, for every test set;
    the versions of the test sets in `data/splits/tests`. Pictures that were withdrawn since (`data/withdrawn`) are counted as they
    were: `evaluation.wrong-split` says how many.

    ## Fix
    Evaluate again. If the pipeline moved, train again first.
    """
    one = judged.judged(project)[0]
    moved, wrong = differences(project, f"{one.folder}/provenance.json", splits=tested(project))
    for what in wrong:
        yield fail(what, f"{one.folder}/provenance.json", fix=judged.command(project, one.metrics))
    if moved:
        raise Missing(
            f"the evaluation {one.run} is older than {', '.join(moved)}",
            path=one.folder,
            fix=judged.command(project, one.metrics),
        )


def differences(project: Project, file: str, *, splits: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What has moved since a run, and what its record says wrongly; that pictures were withdrawn since is neither."""
    record = project.read(runs.read_provenance, file)
    moved, wrong = [], []
    for split in splits:
        used = record.data.get(split)
        if used is None:
            if split == TEST:
                wrong.append("its provenance names no test data")
            elif is_named_test(split):
                moved.append(f"the test set {split} ({len(data.processed(project, split))} pictures)")
            continue
        here = len(data.processed(project, split))
        withdrawn = pipelines.withdrawn_since(project, split, used.digest)
        if withdrawn is None:
            counts, version = f"{used.samples} pictures then, {here} now", testsets.newer(project, vars(used), split)
            moved.append(f"{version.name} ({version.made}; {counts})" if version else f"the {split} data ({counts})")
        elif used.samples != here + withdrawn:
            wrong.append(f"it used {used.samples} of {here} {split} pictures")
    if record.classes and record.classes != pipelines.classes_digest(data.classes(project)):
        moved.append("the classes of data/schema.toml")
    if record.pipeline and record.pipeline != pipelines.pipeline_digest(project):
        moved.append("pipeline.json")
    return moved, wrong


def tested(project: Project) -> tuple[str, ...]:
    """The splits that an evaluation is to have seen as they are today."""
    return (TEST, "eyeball", *filter(is_named_test, data.prepared_splits(project)))
