"""preparation.orientation-ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import data, media
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project, Unknown

if TYPE_CHECKING:
    from PIL.Image import Image

SEVERAL = 30  # pictures are enough to know what a loader does
CLEAR = 0.6  # of the difference of the one, for the other to be what was taken


@check(proves="processed-data", reads=("data/raw", "data/processed"))
def orientation_ignored(project: Project) -> Iterator[Finding]:
    """Photographs that are stored lying are prepared upright.

    ## Why
    A phone stores the picture as the sensor lay, and notes in EXIF how to turn it. Viewers obey; many loaders do not, and the model
    learns people that lie on their side, or the phone's model from the turn.

    ## Evidence
    Raw pictures with an EXIF orientation other than upright whose prepared copy is here (30 of them at most): whether the copy is
    nearer to the picture as people see it, or to the picture as it is stored. Where both look the same nothing is said.

    ## Fix
    Let the loader obey (`PIL.ImageOps.exif_transpose`, in prepare, in serving and on the phone), then prepare again.
    """
    raw = data.raw_media(project)
    prepared = [row for row in data.processed(project) if row.origin in raw]
    facts = media.facts(project, {row.origin: raw[row.origin] for row in prepared}, base=data.RAW, look=False)
    lying = [row for row in prepared if facts[row.origin].decode_ok and facts[row.origin].orientation > 1]
    if not prepared:
        raise Unknown("whether pictures were turned was not looked at: they are not on this machine", path=data.RAW)
    here = {path for split in data.prepared_splits(project) for path in data.processed_media(project, split)} if lying else set()
    looked = [row for row in lying if row.path in here][:SEVERAL]
    ignored = [row for row in looked if _as_stored(project, row)]
    if ignored:
        more = f", of {len(looked)} looked at" if len(looked) < len(lying) else ""
        yield fail(
            f"{count(len(lying), 'picture')} {'is' if len(lying) == 1 else 'are'} stored turned (EXIF orientation), and "
            f"{len(ignored)}{more} {'was' if len(ignored) == 1 else 'were'} prepared as stored, not as people see them: "
            f"{few([row.path for row in ignored])}",
            *(at(row.file, row.line) for row in ignored[:3]),
            fix=f"turn them (PIL: ImageOps.exif_transpose), then python -m {project.settings.package}.prepare",
            items=[f"{data.RAW}/{row.origin}" for row in lying],
        )


def _as_stored(project: Project, row: data.Processed) -> bool:
    """Whether a prepared picture is the stored one rather than the upright one."""
    import io

    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(project.content(f"data/processed/{row.path}"))) as image:
            copy = image.convert("L")
        with Image.open(io.BytesIO(project.content(f"{data.RAW}/{row.origin}"))) as image:
            stored, upright = image.convert("L"), ImageOps.exif_transpose(image).convert("L")
    except OSError:
        return False
    return _apart(copy, stored) < CLEAR * _apart(copy, upright)


def _apart(copy: Image, picture: Image) -> float:
    """Grey levels between a prepared picture and another one brought to its size: stretched, cut or padded, whichever fits best."""
    import numpy as np
    from PIL import ImageOps

    wanted: Any = np.asarray(copy, dtype=np.float32)
    fitted = (
        picture.resize(copy.size),
        ImageOps.fit(picture, copy.size),
        ImageOps.pad(picture, copy.size, color=int(np.asarray(copy)[0, 0])),
    )
    return min(float(np.sqrt(((np.asarray(one, dtype=np.float32) - wanted) ** 2).mean())) for one in fitted)
