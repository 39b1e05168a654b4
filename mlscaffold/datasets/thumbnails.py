"""Small copies of pictures for a page."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from mlscaffold.datasets.images import MAX_PIXELS

SIDE = 220


def thumbnail(path: Path) -> bytes | None:
    """A JPEG of at most 220 px, upright, what is transparent on white; None where the picture cannot be shown."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                image.draft("RGB", (2 * SIDE, 2 * SIDE))
                image.load()
                shown = ImageOps.exif_transpose(image)
        except Exception:
            return None
        if shown.mode not in ("L", "RGB", "CMYK"):
            coloured = shown.convert("RGBA")
            shown = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
        shown = shown.convert("RGB")
        shown.thumbnail((SIDE, SIDE))
        buffer = io.BytesIO()
        shown.save(buffer, "JPEG", quality=78)
        return buffer.getvalue()
