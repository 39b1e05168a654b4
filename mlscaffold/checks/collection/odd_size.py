"""collection.odd-size."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, warn
from mlscaffold.evidence.oddities import inventory, places, told
from mlscaffold.model import Finding
from mlscaffold.project import Project

CHECK = "collection.odd-size"
WORDS = {"odd-size": "of a size unlike the others'", "odd-shape": "of a shape unlike the others'"}


@check(proves="raw-data", reads=("data/raw", "mlscaffold.toml"))
def odd_size(project: Project) -> Iterator[Finding]:
    """Pictures are of about the same size and shape.

    ## Why
    Thumbnails, icons and panoramas among photographs come from another source; squeezed to the model's input they show little.

    ## Evidence
    Width and height, upright, of each raw picture that is here: a side below a quarter of its median or above four times of it, or a
    ratio of the sides three times away from the usual one. The rule of quartiles that others use has no use where half of the
    pictures share one size: it called 105 of 507 sound photographs odd, this one none. Fewer than 20 pictures are not compared.
    Settings: `size`, `shape` (how many times).

    ## Fix
    Look where they come from. Take out what is no photograph; fetch the originals of thumbnails.
    """
    from mlscaffold.datasets.inspection import Limits, sizes

    seen = inventory(project)
    limits = Limits(size=project.option(CHECK, "size", 4.0), shape=project.option(CHECK, "shape", 3.0))
    for found in sizes(seen, limits):
        yield warn(
            told(found, len(seen), WORDS[found.kind]),
            *places(found)[:3],
            fix="look where they come from: mlscaffold check --lists FOLDER",
            items=places(found),
        )
