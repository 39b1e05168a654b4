"""Small copies of pictures for pages and reports."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from mlscaffold.datasets.images import MAX_PIXELS

EDGE = 192
LEAST = 96
SIDE = 220
"""Pixels of a picture on the page of a scan."""


def thumbnail(data: bytes, *, edge: int = EDGE, kind: str = "PNG") -> bytes:
    """A copy of a picture with at most `edge` pixels a side, upright, what is transparent on white.

    A tiny one is enlarged, so that its pixels can be seen.

    Raises whatever Pillow raises at bytes that are no picture, and `ValueError` at a picture bomb, before it is decoded. `kind` is `PNG` or `JPEG`.
    """
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit says it below
        image = Image.open(io.BytesIO(data))
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError(f"{image.width} × {image.height} px are too many")
        image.draft("RGB", (2 * edge, 2 * edge))  # a JPEG is decoded small, which is several times faster
        image.load()
        upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("L", "RGB", "CMYK"):
        coloured = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
    small = upright.convert("RGB")
    small.thumbnail((edge, edge))
    if max(small.size) < LEAST:
        scale = LEAST // max(small.size)
        small = small.resize((small.width * scale, small.height * scale), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    small.save(buffer, kind, **({"quality": 82} if kind == "JPEG" else {}))
    return buffer.getvalue()


def of_file(path: Path) -> bytes | None:
    """A JPEG of at most `SIDE` pixels; None where the file is absent or no picture that can be shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return thumbnail(path.read_bytes(), edge=SIDE, kind="JPEG")
        except Exception:  # Pillow raises anything at a damaged picture; that it is damaged is said elsewhere
            return None
