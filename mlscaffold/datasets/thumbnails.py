"""Small copies of pictures for pages and reports."""

from __future__ import annotations

import io
import warnings

from mlscaffold.datasets.images import MAX_PIXELS

EDGE = 192
LEAST = 96


def thumbnail(data: bytes, *, edge: int = EDGE, kind: str = "PNG") -> bytes:
    """A copy of a picture with at most `edge` pixels a side, upright; a tiny one is enlarged so that its pixels can be seen.

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
        small = ImageOps.exif_transpose(image).convert("RGB")
    small.thumbnail((edge, edge))
    if max(small.size) < LEAST:
        scale = LEAST // max(small.size)
        small = small.resize((small.width * scale, small.height * scale), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    small.save(buffer, kind, **({"quality": 82} if kind == "JPEG" else {}))
    return buffer.getvalue()
