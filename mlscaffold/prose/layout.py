"""How wide columns and pictures are on a page of centimetres."""

from __future__ import annotations

import io
import unicodedata

from mlscaffold.prose.tree import Table, plain

DPI = 110
"""Pixels to an inch, where a picture does not say how large it is to be shown."""
LARGEST = 20_000
"""Pixels a side beyond which a picture is not opened."""
_KEPT = ("PNG", "JPEG", "GIF", "BMP", "TIFF")


def display_width(text: str) -> int:
    """Columns that a text takes: a Chinese sign is two wide."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def column_widths(table: Table, whole: float) -> list[float]:
    """The width of each column: by its longest word at least, and then by how much it holds."""
    count = max((len(row) for row in table.rows), default=1) or 1
    texts = [[plain(row[n]) for row in table.rows if n < len(row)] for n in range(count)]
    least = [min(24, max((display_width(word) for text in column for word in text.split()), default=1)) + 2 for column in texts]
    held = [min(70, max((display_width(text) for text in column), default=1)) + 2 for column in texts]
    spare = max(0.0, 95 - sum(least))
    wish = [max(0, b - a) for a, b in zip(least, held, strict=True)]
    share = min(1.0, spare / sum(wish)) if sum(wish) else 0.0
    units = [a + share * more for a, more in zip(least, wish, strict=True)]
    return [whole * unit / sum(units) for unit in units]


def picture_for_office(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """A picture as Word and PDF can hold it, and its size in pixels; no bytes where it cannot be shown."""
    from PIL import Image

    if not data:
        return b"", (0, 0)
    try:
        with Image.open(io.BytesIO(data)) as image:
            if max(image.size) > LARGEST:
                return b"", image.size
            if image.format in _KEPT:
                image.load()
                return data, image.size
            stream = io.BytesIO()
            image.convert("RGBA").save(stream, "PNG")
            return stream.getvalue(), image.size
    except Exception:  # Pillow raises whatever a damaged file causes
        return b"", (0, 0)


def picture_size(pixels: tuple[int, int], wanted: float | None, widest: float) -> tuple[float, float]:
    """Width and height in centimetres: as wanted, else by its pixels, within the page."""
    width = min(widest, wanted or pixels[0] / DPI * 2.54)
    height = width * pixels[1] / max(1, pixels[0])
    return (width, height) if height <= 22 else (width * 22 / height, 22)
