"""collection.blank-image."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence.oddities import inventory, places, told
from mlscaffold.model import Finding
from mlscaffold.project import Project

CHECK = "collection.blank-image"


@check(proves="raw-data", reads=("data/raw", "mlscaffold.toml"))
def blank_image(project: Project) -> Iterator[Finding]:
    """Every picture shows something.

    ## Why
    A lens cap, a lost exposure or an empty crop has a label all the same: the model learns it from nothing, and in test it is a coin
    that is tossed.

    ## Evidence
    The deviation of the grey values of each raw picture that is here: below 6 of 255 nothing can be seen. Of 744 photographs of four
    public sets none lies below. Setting: `deviation`.

    ## Fix
    Take them out together with their rows. Where blank is a class of its own, waive it and say so.
    """
    from mlscaffold.datasets.inspection import Limits, light

    seen = inventory(project)
    limits = Limits(blank=project.option(CHECK, "deviation", 6.0))
    for found in light(seen, limits):
        if found.kind == "blank":
            yield fail(
                told(found, len(seen), "blank"),
                *places(found)[:3],
                fix="take them out together with their rows",
                items=places(found),
            )
