"""A gallery of pictures: one page that works offline and holds thousands of them, or a folder for more."""

from __future__ import annotations

from dataclasses import dataclass

from mlscaffold.datasets.marks import Mark
from mlscaffold.datasets.record import Span

CELL = 112
"""Pixels of a thumbnail's frame."""
ACROSS = 8
"""Thumbnails in a row of a sprite; a sprite holds its square."""


@dataclass(frozen=True)
class Shot:
    """A picture of the gallery: where it lies, what is said of it, and a thumbnail (JPEG, empty where there is none).

    `classes` are its labels and those of its objects (`marks`), `messages` the words of its findings. `large` is a larger copy; `link`
    the address of the file, where no page may hold pictures. A text has `text` and `spans`. `size` is of the upright picture.
    """

    path: str
    label: str
    split: str
    source: str
    findings: tuple[str, ...]
    thumbnail: bytes
    classes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    size: tuple[int, int] = (0, 0)
    large: bytes = b""
    link: str = ""
    text: str | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Gallery:
    """What the page shows; `left_out` pictures were not drawn, because a page has to open. `about` says what was read."""

    project: str
    shots: tuple[Shot, ...]
    left_out: int
    classes: tuple[str, ...]
    about: str = ""


def large_name(place: int) -> str:
    """Where a folder keeps the larger copy of its picture number `place`, from 0."""
    return f"pictures/{place:06}.jpg"
