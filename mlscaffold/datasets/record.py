"""The one neutral record that every annotation format is read into."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

MEDIA = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
    | {".avif", ".heic", ".heif", ".jp2"}
)
"""Endings of what is meant to be a picture, in lower case, whether it can be opened here or not."""

FOREIGN = frozenset(
    {".dcm", ".dicom", ".nii", ".svg", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".psd", ".exr", ".npy"}
    | {".mp4", ".avi", ".mov", ".mkv", ".webm"}
)
"""Endings of pictures and videos of other kinds, which have to be converted first."""

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


Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels of the stored picture; the left upper corner of the picture is 0, 0."""

Ring = tuple[float, ...]
"""An outline: x, y, x, y … in pixels; the last corner joins the first."""


@dataclass(frozen=True)
class Mask:
    """Pixels of an object: run lengths down the columns of the whole picture, the first of background (COCO's order).

    `data` holds them as 32-bit numbers: a large set has many millions of runs.
    """

    width: int
    height: int
    data: bytes

    @property
    def counts(self) -> tuple[int, ...]:
        """The run lengths."""
        return tuple(memoryview(self.data).cast("I"))


@dataclass(frozen=True)
class Skeleton:
    """What the key points of a class are called, in their order, and which of them are joined (pairs of positions from 0)."""

    names: tuple[str, ...]
    bones: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class KeyPoints:
    """The named points of one object: x, y, and how it is seen, for every name of the skeleton.

    Seen is 2 (visible), 1 (hidden, its place marked) or 0 (not marked; x and y are 0 then): COCO's numbers.
    """

    skeleton: Skeleton
    points: tuple[tuple[float, float, int], ...]

    @property
    def marked(self) -> tuple[tuple[float, float, int], ...]:
        """Those whose place is known."""
        return tuple(point for point in self.points if point[2])


@dataclass(frozen=True)
class Shape:
    """An object on a picture.

    `box` is the upright box, or the one that `angle` turns (degrees, clockwise, about its centre); readers fill it from the
    outline or the key points where a format has none. `rings` are the pieces of one object; `points` have no names, `keypoints`
    have. `person` is who drew it, `origin` where that is written.
    """

    label: str
    box: Box | None = None
    angle: float = 0.0
    rings: tuple[Ring, ...] = ()
    mask: Mask | None = None
    points: Ring = ()
    keypoints: KeyPoints | None = None
    crowd: bool = False
    difficult: bool = False
    truncated: bool = False
    occluded: bool = False
    score: float | None = None
    person: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Span:
    """A labelled part of a text, counted in characters (code points)."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Record:
    """A medium and what is said about it; `name` is its path as the data set has it, `origin` the file and line that says so.

    `labels` are of the whole medium; `size` is what the annotation claims. A record of a text has `text`, and the file that
    holds it as its path.
    """

    path: Path
    name: str
    labels: tuple[str, ...] = ()
    group: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    origin: str = ""
    split: str = ""
    size: tuple[int, int] | None = None
    shapes: tuple[Shape, ...] = ()
    text: str | None = None
    spans: tuple[Span, ...] = ()

    @property
    def label(self) -> str:
        """The one label of the whole medium; empty where it has none or several."""
        return self.labels[0] if len(self.labels) == 1 else ""


@dataclass(frozen=True)
class Defect:
    """Something that is wrong: where (file and line or record), a kebab-case kind to count by, what was found and is wanted.

    `unit` is what was refused for it: an "item" (a picture, a row, a file), an "object" on a picture that is read otherwise, or
    nothing: taken over and told. `count` is how many are meant (the objects of a picture that does not exist).
    """

    where: str
    kind: str
    message: str
    field: str = ""
    unit: str = "item"
    count: int = 1


@dataclass(frozen=True)
class Reading:
    """What a format gave: every medium or row seen is either a record or a defect; so is every object on them.

    `ignored` counts what is no data (hidden files, leftovers of systems, other files); `notes` are about the whole set.
    `classes` is the declared list in its order, also of classes that nothing shows.
    """

    records: tuple[Record, ...]
    defects: tuple[Defect, ...] = ()
    ignored: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Media or rows seen: read and refused."""
        return len(self.records) + len(self.refused)

    @property
    def refused(self) -> tuple[Defect, ...]:
        """Media, rows or files that were not taken over."""
        return tuple(defect for defect in self.defects if defect.unit == "item")

    @property
    def refused_objects(self) -> int:
        """Objects that were not taken over, each named by a defect."""
        return sum(defect.count for defect in self.defects if defect.unit == "object")

    @property
    def told(self) -> tuple[Defect, ...]:
        """What is odd and was taken over as it is."""
        return tuple(defect for defect in self.defects if not defect.unit)

    @property
    def objects(self) -> int:
        """Objects that were taken over."""
        return sum(len(record.shapes) + len(record.spans) for record in self.records)


@dataclass(frozen=True)
class Sniff:
    """How well a format fits, from 0 (not at all) to 1, and why."""

    score: float
    reason: str
    seen: bool = False
    """Whether there is a file of its kind, so that the reason may be news to a person."""


def is_media(path: Path) -> bool:
    """Whether the name is that of a picture."""
    return path.suffix.lower() in MEDIA


def is_clutter(name: str) -> bool:
    """Whether the name is one that operating systems and editors leave behind."""
    return name.startswith((".", "~$")) or name.casefold() in _CLUTTER


def leads_out(path: Path, root: Path) -> bool:
    """Whether the path, links followed, lies outside the root; a ring of links leads to nothing inside."""
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return True


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
