"""collection.dark-or-blurred."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, warn
from mlscaffold.evidence.oddities import inventory, places, told
from mlscaffold.model import Finding
from mlscaffold.project import Project

CHECK = "collection.dark-or-blurred"
WORDS = {"dark": "nearly black", "bright": "nearly white", "blurry": "blurred beside the others"}


@check(proves="raw-data", reads=("data/raw", "mlscaffold.toml"))
def dark_or_blurred(project: Project) -> Iterator[Finding]:
    """Pictures are exposed and sharp as the others are.

    ## Why
    What a person cannot recognise, a label cannot be right about.

    ## Evidence
    Grey values and sharpness of each raw picture that is here. Nearly black: 99 of 100 pixels are below 30 of 255; nearly white:
    99 of 100 are above 225; on 744 photographs of four public sets neither rule found one. Blurred: the variance of the Laplacian is
    below a sixth of the median of this set (sets differ tenfold, so no fixed number travels), and below a quarter for its contrast:
    0 to 3 % of those photographs, and 87 to 100 % of copies that were blurred by two pixels. So it is told from 3 % on; single
    ones are shown by `mlscaffold data scan data/raw`. Fewer than 20 pictures are not compared. Settings: `dark`, `bright`, `blur`
    (how many times less sharp than usual), `blurred` (share).

    ## Fix
    Look at them (`mlscaffold check --lists FOLDER`, then `mlscaffold data relabel FILE`). Keep what the model will meet too; take out
    what nobody can name.
    """
    from mlscaffold.datasets.inspection import Limits, light, sharpness

    seen = inventory(project)
    limits = Limits(
        dark=project.option(CHECK, "dark", 30),
        bright=project.option(CHECK, "bright", 225),
        blur=project.option(CHECK, "blur", 6.0),
    )
    for found in [*light(seen, limits), *sharpness(seen, limits)]:
        few = found.kind == "blurry" and found.count <= project.option(CHECK, "blurred", 0.03) * len(seen)
        if found.kind in WORDS and not few:
            yield warn(
                told(found, len(seen), WORDS[found.kind]),
                *places(found)[:3],
                fix="look at them: mlscaffold check --lists FOLDER",
                items=places(found),
            )
