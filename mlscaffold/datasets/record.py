"""The one neutral record that every annotation format is read into."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

MEDIA = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})
"""Endings of pictures, in lower case."""

_CLUTTER = frozenset(
    {
        "__macosx",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "@eadir",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "__pycache__",
    }
)


@dataclass(frozen=True)
class Record:
    """A medium and what is said about it; `name` is its path as the data set has it, `origin` the file and line that says so."""

    path: Path
    name: str
    label: str
    group: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True)
class Defect:
    """Something that could not be taken over: where, what is wrong, and a kebab-case kind to count by."""

    where: str
    kind: str
    message: str


@dataclass(frozen=True)
class Reading:
    """What a format gave: every medium or row seen is either a record or a defect.

    `ignored` counts what is no data (hidden files, leftovers of systems, other files); `notes` are about the whole set.
    """

    records: tuple[Record, ...]
    defects: tuple[Defect, ...] = ()
    ignored: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Media or rows seen."""
        return len(self.records) + len(self.defects)


@dataclass(frozen=True)
class Sniff:
    """How well a format fits, from 0 (not at all) to 1, and why."""

    score: float
    reason: str


def is_media(path: Path) -> bool:
    """Whether the name is that of a picture."""
    return path.suffix.lower() in MEDIA


def is_clutter(name: str) -> bool:
    """Whether the name is one that operating systems and editors leave behind."""
    return name.startswith((".", "~$")) or name.casefold() in _CLUTTER


def leads_out(path: Path, root: Path) -> bool:
    """Whether the path, links followed, lies outside the root."""
    return not path.resolve().is_relative_to(root.resolve())


SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "eyeball": "eyeball",
    "test": "test",
    "testing": "test",
    "eval": "test",
}
"""What data sets call their splits, in lower case, and what we call them."""
