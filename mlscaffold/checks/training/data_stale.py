"""training.data-stale."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import data, pipelines, sources, trained
from mlscaffold.evidence.moved import differences
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import AUGMENTED

READS = (
    "reports/training",
    "data/processed/*/annotations.csv",
    "data/schema.toml",
    "pipeline.json",
    "data/withdrawn",
    "data/raw/*/source.toml",
)


@check(proves="recorded-run", reads=READS)
def data_stale(project: Project) -> Iterator[Finding]:
    """The chosen run was trained on today's data, classes and pipeline.

    ## Why
    A model of yesterday's labels, measured on today's, is neither.

    ## Evidence
    Digests of train, validation (and `augmented`), class map and pipeline in `provenance.json`, recomputed from the processed annotations,
    `data/schema.toml` and `pipeline.json`; the weights of extra sources; and the copy of `pipeline.json` beside the run. How many labels
    and pictures differ is counted where the commit of the run is here. A changed test label moves nothing here, nor do pictures that were
    withdrawn since (`data/withdrawn`).

    ## Fix
    Train again.
    """
    run = trained.trained(project)
    record = trained.provenance(project, run)
    fix = f"python -m {project.settings.package}.train"
    moved = []
    for split in ("train", AUGMENTED, "validation"):
        used = record.data.get(split)
        if used is None:
            continue
        here = len(data.processed(project, split))
        today = pipelines.data_digest(project, split)
        withdrawn = pipelines.withdrawn_since(project, split, used.digest)
        if withdrawn is None:
            told = differences(project, record, split)
            what = f"data {used.digest[:8]} with {used.samples} pictures then, {today[:8]} with {here} now"
            moved.append(f"{split} ({what}{': ' * bool(told)}{told})")
        elif used.samples != here + withdrawn:
            yield fail(f"the run used {used.samples} of {here} pictures of {split}", record.path, fix=fix)
    if record.classes and record.classes != pipelines.classes_digest(data.classes(project)):
        moved.append("the classes of data/schema.toml")
    weights = {name: one.weight for name, one in sources.extra(project).items()}
    changed = [
        f"{name} {then:g} then, {weights.get(name, 1):g} now"
        for name, then in record.weights.items()
        if weights.get(name, 1) != then
    ]
    if changed:
        moved.append(f"the weights of extra sources ({few(changed)})")
    copy = run.path(pipelines.FILE)
    if record.pipeline and project.exists(copy) and pipelines.pipeline_digest(project, copy) != record.pipeline:
        yield fail("the copy of pipeline.json beside the run is not the one it was trained with", copy, record.path, fix=fix)
    if record.pipeline and project.exists(pipelines.FILE) and record.pipeline != pipelines.pipeline_digest(project):
        moved.append("pipeline.json")
    if moved:
        raise Missing(f"run {run.run} was trained before a change of {', '.join(moved)}", path=record.path, fix=fix)
