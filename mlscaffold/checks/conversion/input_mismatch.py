"""Each export takes pictures as the pipeline makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlscaffold.checks import check, fail
from mlscaffold.checks.conversion.target_missing import cards, command
from mlscaffold.evidence import jsonfile, pipelines
from mlscaffold.evidence.exports import Card
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

_OF_INPUT = re.compile(r"input|image|preproc|normal", re.IGNORECASE)
SCALES = ("scale", "bias", "mean", "std", "image_scale", "preprocessing")


@check(proves="converted-model", reads=("exports", "pipeline.json"))
def input_mismatch(project: Project) -> Iterator[Finding]:
    """Each export takes pictures as the pipeline makes them.

    ## Why
    An export traced with a toy input of 64 pixels answers something for 224 ones too, or scales what is scaled already.

    ## Evidence
    Shape and layout of the input in each card against colour and size in `pipeline.json`; the pipeline's digest; a scaling that
    the export does as well (`options`), though the pipeline does it before.

    ## Fix
    Convert again.
    """
    if not project.exists("pipeline.json"):
        raise Missing("pipeline.json is missing", path="pipeline.json", fix=f"python -m {project.settings.package}.prepare")
    pipeline = project.read(jsonfile.read, "pipeline.json")
    digest = pipelines.pipeline_digest(project)
    for card in cards(project):
        wanted, shape = _wanted(pipeline, card), tuple(card.input.shape)
        if wanted and (len(shape) != len(wanted) or any(a > 0 and a != b for a, b in zip(shape[1:], wanted[1:], strict=True))):
            yield fail(f"{card.target} takes {_text(shape)}, the pipeline makes {_text(wanted)}", card.path, "pipeline.json",
                       fix=command(project, card))  # fmt: skip
        elif card.pipeline != digest:
            yield fail(f"{card.target} was made for pipeline {card.pipeline[:12]}, pipeline.json is {digest[:12]}", card.path,
                       "pipeline.json", fix=command(project, card))  # fmt: skip
        twice = list(_scalings(card.options))
        if twice and card.input.dtype.startswith("float"):
            yield fail(
                f"{card.target} applies {twice[0][0]} = {twice[0][1]} inside; pipeline.json scales the pictures already",
                card.path, "pipeline.json", fix=command(project, card),
            )  # fmt: skip


def _scalings(options: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Options by which an export scales pictures itself, also those below a key that speaks of the input."""
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from _scalings(value) if _OF_INPUT.search(key) else ()
        elif key in SCALES and not _changes_nothing(key, value):
            yield key, value


def _changes_nothing(key: str, value: object) -> bool:
    """Whether a scaling is none: off, a factor of 1, an offset of 0."""
    if value in (None, False, "", "none"):
        return True
    parts = value if isinstance(value, list) else [value]
    neutral = (0,) if key in ("bias", "mean") else (0, 1)
    return all(isinstance(part, (int, float)) and part in neutral for part in parts)


def _wanted(pipeline: dict[str, Any], card: Card) -> tuple[int, ...]:
    size, channels = pipeline.get("size"), 1 if pipeline.get("colour") == "L" else 3
    if not (isinstance(size, list) and len(size) == 2):
        return ()
    height, width = int(size[0]), int(size[1])
    last = card.input.layout.upper() == "NHWC"
    return (1, height, width, channels) if last else (1, channels, height, width)


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
