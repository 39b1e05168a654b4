"""A gallery of pictures: one page that works offline and holds thousands of them."""

from __future__ import annotations

from dataclasses import dataclass

CELL = 112
"""Pixels of a thumbnail's frame."""
ACROSS = 8
"""Thumbnails in a row of a sprite; a sprite holds its square."""


@dataclass(frozen=True)
class Shot:
    """A picture of the gallery: where it lies, what is said of it, and a thumbnail (JPEG, empty where there is none)."""

    path: str
    label: str
    split: str
    source: str
    findings: tuple[str, ...]
    thumbnail: bytes


@dataclass(frozen=True)
class Gallery:
    """What the page shows; `left_out` pictures were not drawn, because a page has to open."""

    project: str
    shots: tuple[Shot, ...]
    left_out: int
    classes: tuple[str, ...]
