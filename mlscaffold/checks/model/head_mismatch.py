"""model.head-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import data, trained
from mlscaffold.evidence.pipelines import classes_digest
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="fitting-head", reads=("reports/model", "data/schema.toml", "reports/training"))
def head_mismatch(project: Project) -> Iterator[Finding]:
    """The model has one output for each class, in the order of the schema.

    ## Why
    With an output too many, or two classes exchanged, training runs without a complaint and the answers are wrong.

    ## Evidence
    `outputs` and the digest of the class map in `overfit.json`, and the class list in the parameters of the chosen run, against
    `classes` of `data/schema.toml`.

    ## Fix
    Replace the head with one of as many outputs as there are classes, and take their order from `data/schema.toml`.
    """
    classes, proof = data.classes(project), trained.overfit(project)
    fix = f"python -m {project.settings.package}.train --overfit-batch"
    if proof.outputs != len(classes):
        yield fail(
            f"the last layer has {proof.outputs} outputs, {len(classes)} classes wanted",
            proof.path,
            fix=f"replace the head, then {fix}",
        )
    elif proof.classes != classes_digest(classes):
        yield fail(
            f"the model was made for another class map (digest {proof.classes[:12]}); data/schema.toml has {classes_digest(classes)[:12]}",
            proof.path, "data/schema.toml", fix=fix,
        )  # fmt: skip
    yield from _parameters(project, classes)


def _parameters(project: Project, classes: list[str]) -> Iterator[Finding]:
    try:
        found = trained.params(project, trained.trained(project))
    except Missing:
        return
    named = found.model.get("classes")
    if not isinstance(named, list) or named == classes:
        return
    names = [str(name) for name in named]
    fix = f"python -m {project.settings.package}.train"
    if len(names) != len(classes):
        yield fail(f"the chosen run has {len(names)} classes, data/schema.toml {len(classes)}", found.path, fix=fix)
    for i, (theirs, ours) in enumerate(zip(names, classes, strict=False)):
        if theirs != ours:
            yield fail(
                f'index {i} is "{theirs}" in params.yaml, "{ours}" in data/schema.toml', found.path, "data/schema.toml", fix=fix
            )
            return
