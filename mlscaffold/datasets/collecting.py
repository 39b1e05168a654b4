"""What readers share: defects are collected beside what is read, and every shape is judged in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlscaffold.datasets.geometry import bounds, hull, leaves, show, wrong_box
from mlscaffold.datasets.parsing import Unreadable, lines_of, parse_json
from mlscaffold.datasets.pictures import Header, Pictures, header_of, leftovers
from mlscaffold.datasets.record import Defect, Reading, Record, Shape


@dataclass
class Findings:
    """Records and defects of one reading as they come in; the two are all that a reader gives back."""

    records: list[Record] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)

    def item(self, where: str, kind: str, message: str, *, field: str = "") -> None:
        """A picture, a row or a file was refused."""
        self.defects.append(Defect(where, kind, message, field))

    def object(self, where: str, kind: str, message: str, *, field: str = "", count: int = 1) -> None:
        """An object on a picture was refused, or all of those on a picture that was."""
        if count:
            self.defects.append(Defect(where, kind, message, field, "object", count))

    def tell(self, where: str, kind: str, message: str, *, field: str = "") -> None:
        """Something odd was taken over as it is."""
        self.defects.append(Defect(where, kind, message, field, ""))

    def unreadable(self, error: Unreadable) -> None:
        """A file or a line gave nothing."""
        self.defects.append(error.defect)

    def declare(self, names: Iterable[str]) -> None:
        """Add classes that the data set declares, each once."""
        self.classes += [name for name in dict.fromkeys(names) if name not in self.classes]

    def reading(self, pictures: Pictures | None = None) -> Reading:
        """All of it; with the pictures of the folder, those that nothing names are counted too."""
        ignored = dict(self.ignored)
        if pictures is not None:
            for kind, count in leftovers(pictures).items():
                ignored[kind] = ignored.get(kind, 0) + count
            self.adopted(pictures)
        return Reading(tuple(self.records), tuple(self.defects), ignored, tuple(dict.fromkeys(self.notes)), tuple(self.classes))

    def adopted(self, pictures: Pictures) -> None:
        """A word on names that are absolute paths of another machine."""
        if pictures.adopted:
            self.notes.append(
                f"{len(pictures.adopted)} names are absolute paths of another machine ({pictures.adopted[0][:120]});"
                " each is taken for the one picture here whose path ends alike"
            )

    def failed(self) -> Reading:
        """What is left when the one file could not be read."""
        return Reading((), tuple(self.defects))


def json_lines(file: Path, where: str, findings: Findings) -> Iterator[tuple[str, object]]:
    """Where and what of every line of JSON; a line that is broken is a defect of its own, an empty file is one too."""
    empty = True
    for line, text in lines_of(file, where):
        empty = False
        at = f"{where}:{line}"
        try:
            if isinstance(text, Unreadable):
                raise text
            value, twice = parse_json(text, at)
        except Unreadable as error:
            findings.unreadable(error)
            continue
        findings.defects += twice
        yield at, value
    if empty:
        findings.item(where, "empty-file", "is empty")


def frame(told: tuple[int, int] | None, header: Header | None, *, where: str, findings: Findings) -> tuple[int, int] | None:
    """The size in which the coordinates of a picture are meant; a told size that is not the picture's is a finding."""
    if header is None:
        return told
    if told is None or told == header.stored:
        return header.stored
    if told == header.upright:
        findings.tell(where, "upright-size", "speaks of the upright picture; the file is stored turned (EXIF)", field="size")
        return told
    message = f"says {told[0]} × {told[1]}; the picture has {header.width} × {header.height}"
    findings.tell(where, "size-differs", message, field="size")
    return header.stored


def judged(shapes: Sequence[Shape], size: tuple[int, int] | None, *, where: str, findings: Findings) -> tuple[Shape, ...]:
    """The shapes that can be used, each with its box; the others are refused, odd ones told."""
    kept: list[Shape] = []
    seen: dict[tuple[object, ...], str] = {}
    for shape in shapes:
        at = shape.origin or where
        if not shape.label:
            findings.object(at, "no-class", "names no class", field="label")
            continue
        box = bounds(shape)
        if shape.keypoints and shape.box is None and box and not min(box[2:]):
            # One marked point, or points in a row: an object without a box.
            kept.append(shape)
            continue
        if box is None:
            findings.object(
                at, "empty-mask" if shape.mask else "no-box", "has neither box nor outline with any area", field="box"
            )
            continue
        if not shape.points and (wrong := wrong_box(shape.box or box, None) or wrong_box(box, size)):
            findings.object(at, *wrong, field="box")
            continue
        if shape.mask and size and (shape.mask.width, shape.mask.height) != size:
            message = f"has a mask of {shape.mask.width} × {shape.mask.height}; the picture has {size[0]} × {size[1]}"
            findings.object(at, "mask-size", message, field="mask")
            continue
        if leaves(hull(shape) or box, size) and size:
            findings.tell(at, "box-outside", f"box {show(box)} leaves the picture of {size[0]} × {size[1]}", field="box")
        if far := [(x, y) for x, y, _ in shape.keypoints.marked if leaves((x, y, 0, 0), size)] if shape.keypoints else []:
            message = f"key point at {show(far[0])} leaves the picture" + (f", and {len(far) - 1} more" if far[1:] else "")
            findings.tell(at, "point-outside", message, field="keypoints")
        key = (shape.label, box, shape.angle, shape.rings, shape.mask, shape.points, shape.keypoints)
        if key in seen:
            findings.tell(at, "doubled-object", f"is the same as {seen[key]}: {shape.label}, {show(box)}")
        seen.setdefault(key, at)
        kept.append(shape if shape.box else replace(shape, box=box if not shape.points else None))
    return tuple(kept)


def measured(path: Path, told: tuple[int, int] | None, *, where: str, findings: Findings) -> tuple[int, int] | None:
    """The size in which the coordinates of a picture file are meant."""
    return frame(told, header_of(path), where=where, findings=findings)


def told_size(width: object, height: object) -> tuple[int, int] | None:
    """A size that a file tells, if both sides are whole numbers above zero."""
    sides = []
    for value in (width, height):
        try:
            side = int(float(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0
        except (ValueError, OverflowError):
            return None
        sides.append(side)
    return (sides[0], sides[1]) if min(sides) > 0 else None


def text_of(value: object) -> str:
    """A plain value as text: true and false as such, nothing as an empty text; lists and objects as JSON."""
    import json

    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)
