"""model.input-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import pipelines, trained
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

SIZES = ("image_size", "input_size", "img_size", "size", "resolution", "input_shape")


@check(proves="fitting-head", reads=("reports/model", "pipeline.json", "reports/training"))
def input_mismatch(project: Project) -> Iterator[Finding]:
    """The model takes pictures as the pipeline gives them.

    ## Why
    A model made for 224 pixels that gets 128 runs, and is worse than it need be.

    ## Evidence
    `input` of `overfit.json`, and sizes and channels in the parameters of the chosen run, against colour and size of `pipeline.json`.

    ## Fix
    Take size and channels from `pipeline.json`, in one place.
    """
    proof, pipeline = trained.overfit(project), pipelines.of(project)
    fix = f"python -m {project.settings.package}.train --overfit-batch"
    wanted = (len(pipeline.colour), *pipeline.size)
    if proof.input != wanted:
        yield fail(
            f"the model was proved on {_shape(proof.input)}, pipeline.json gives {_shape(wanted)}",
            proof.path,
            pipelines.FILE,
            fix=fix,
        )
    try:
        used = trained.params(project, trained.trained(project))
    except Missing:
        return
    fix = f"python -m {project.settings.package}.train"
    channels = used.model.get("channels")
    if isinstance(channels, int) and channels != wanted[0]:
        yield fail(
            f"the model of the chosen run takes {channels} channels, pipeline.json gives {wanted[0]}",
            used.path,
            pipelines.FILE,
            fix=fix,
        )
    for part, table in (("model", used.model), ("data", used.data)):
        for name in SIZES:
            sides = _sides(table.get(name))
            if sides and sides != pipeline.size:
                yield fail(
                    f"{part}.{name} is {sides[0]} × {sides[1]}, pipeline.json gives {pipeline.size[0]} × {pipeline.size[1]}",
                    used.path, pipelines.FILE, fix=fix,
                )  # fmt: skip


def _sides(value: object) -> tuple[int, int] | None:
    """Height and width of a setting: one number, two, or a shape that ends in them."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value, value
    if isinstance(value, list) and len(value) >= 2 and all(isinstance(v, int) for v in value):
        return value[-2], value[-1]
    return None


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape)
