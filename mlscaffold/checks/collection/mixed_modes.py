"""collection.mixed-modes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlscaffold.checks import check, warn
from mlscaffold.evidence import pipelines
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.oddities import inventory
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project

if TYPE_CHECKING:
    from mlscaffold.datasets.inventory import Inventory

DEEP, CLEAR = {"I", "F", "I;16", "I;16B", "I;16L"}, {"RGBA", "LA", "PA", "La", "RGBa"}


@check(proves="raw-data", reads=("data/raw", pipelines.FILE))
def mixed_modes(project: Project) -> Iterator[Finding]:
    """Pictures are stored in one mode, or a recorded recipe brings them to one.

    ## Why
    Sixteen bits become white, transparent becomes black, and of an animation the loader takes whichever frame it likes: silently, and
    another way in training than on the phone.

    ## Evidence
    Mode and frames of each raw picture that is here. Sixteen-bit or floating, transparent and animated ones among others lose something
    in every conversion. Grey or palette pictures among coloured ones (or the other way round) are told only until `pipeline.json`
    records the colours that all are brought to. CMYK is told by `collection.unreadable-image`. A mode that more than half of the
    pictures have is the mode of the set.

    ## Fix
    Convert them once, by a script that is kept, and put the result into `data/raw`; decide which frame counts.
    """
    seen = inventory(project)
    modes, formats = _column(seen, "mode"), _column(seen, "format")
    frames = seen.column("frames").tolist()
    moving = [n > 1 and kind not in ("JPEG", "MPO") for n, kind in zip(frames, formats, strict=True)]
    kinds = {
        "of 16 bits or floating point": [mode in DEEP for mode in modes],
        "partly transparent": [mode in CLEAR for mode in modes],
        "of several frames": moving,
    }
    if not project.exists(pipelines.FILE):
        usual = Counter(mode in ("1", "L") for mode in modes).most_common(1)
        grey = bool(usual) and usual[0][0]
        kinds["coloured" if grey else "grey"] = [
            (mode in ("1", "L")) is not grey and mode in ("1", "L", "RGB", "P") for mode in modes
        ]
    for words, those in kinds.items():
        odd = [path for path, is_one in zip(seen.paths, those, strict=True) if is_one]
        if odd and 2 * len(odd) <= len(seen):
            yield warn(
                f"{len(odd)} of {count(len(seen), 'picture')} {'is' if len(odd) == 1 else 'are'} {words}, unlike the others: {few(odd)}",
                *(f"{RAW}/{path}" for path in odd[:3]),
                fix="convert them once, by a script that is kept",
                items=[f"{RAW}/{path}" for path in odd],
            )


def _column(seen: Inventory, name: str) -> list[str]:
    names, codes = seen.named(name)
    return [names[code] for code in codes.tolist()]
