"""model.normalised-twice."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import pipelines, trained
from mlscaffold.evidence.runs import Step
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project, Unknown

FACTOR = 1.8
WIDE, FLAT = 2.5, 0.35


@check(proves="fits-one-batch", reads=("reports/model", "pipeline.json"))
def normalised_twice(project: Project) -> Iterator[Finding]:
    """What reaches the backbone has a mean of about 0 and a spread of about 1.

    ## Why
    Normalised in the transforms and again in the first layer, pictures arrive as nothing that the weights were made for; training
    runs, and is worse than it need be.

    ## Evidence
    Mean and spread of the batch in the watched step of `overfit.json`: as the loader gave it, and as it reached the first layer with
    weights. Pixels from 0 to 1 deviate by 0.5 at most, so a second normalisation widens the spread at least twice: 1.8 times fails, and
    so does a spread above 2.5 at all (statistics of ImageNet on black and white give 2.2). One below 0.35 warns, where
    `pipeline.json` names a mean or a deviation.

    ## Fix
    Normalise in one place: `pipeline.json`, which service and conversion read too.
    """
    proof = trained.overfit(project)
    fix = f"normalise in one place, then python -m {project.settings.package}.train --overfit-batch"
    if proof.step is None or proof.step.input is None:
        raise Unknown(
            "overfit.json does not say what reached the backbone", path=proof.path, fix=f"python -m {project.settings.package}.train --overfit-batch"
        )  # fmt: skip
    yield from of_step(project, proof.step, path=proof.path, fix=fix)


def of_step(project: Project, step: Step, *, path: str, fix: str) -> Iterator[Finding]:
    """A finding where the input of the backbone is far from normal."""
    found, given = step.input, step.given
    if found is None:
        return
    told = f"input mean {found.mean:.2g}, spread {found.std:.2g}"
    again = given is not None and given.std > FLAT and found.std > FACTOR * given.std
    if again and given is not None:
        yield fail(
            f"{told} reach the backbone, the loader gave {given.mean:.2g} and {given.std:.2g}: normalised twice; about 0 and 1 wanted", path,
            pipelines.FILE, fix=fix,
        )  # fmt: skip
    elif found.std > WIDE:
        yield fail(
            f"{told} reach the backbone; about 0 and 1 wanted: normalised twice, or not at all", path, pipelines.FILE, fix=fix
        )
    elif found.std < FLAT and _normalises(project):
        yield warn(
            f"{told} reach the backbone; about 0 and 1 wanted: is pipeline.json's mean and std applied?",
            path,
            pipelines.FILE,
            fix=fix,
        )


def _normalises(project: Project) -> bool:
    try:
        recipe = pipelines.of(project)
    except Missing:
        return False
    return any(abs(m) > 1e-6 for m in recipe.mean) or any(abs(s - 1) > 1e-6 for s in recipe.std)
