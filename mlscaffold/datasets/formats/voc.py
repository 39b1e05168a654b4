"""Pascal VOC: an XML file a picture with boxes in pixels; splits in `ImageSets/Main`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from xml.sax.saxutils import escape

from mlscaffold.datasets.collecting import Findings, judged, measured, told_size
from mlscaffold.datasets.exporting import Placed, by_split, under
from mlscaffold.datasets.geometry import bounds, exact, number
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.parsing import LARGEST, Node, Unreadable, decode, load, read_xml, sample
from mlscaffold.datasets.pictures import Pictures, header_of, pictures_of, short, split_in
from mlscaffold.datasets.record import SPLIT_NAMES, Reading, Record, Shape, Sniff, is_clutter
from mlscaffold.datasets.tables import write_atomic

HOLDS = holds("pictures, boxes, difficult, truncated, occluded, object attributes, split, size")
_FLAGS = ("difficult", "truncated", "occluded")


def sniff(path: Path) -> Sniff:
    """XML files with `<annotation>` at their root."""
    files = files_of(path)
    first = next(
        (file for file in files[:5] if "<annotation" in sample(file)[:4096] and "<annotations>" not in sample(file)[:4096]), None
    )
    if first is None:
        return Sniff(0.0, "no XML file with annotation at its root")
    name = first.name if path.is_file() else first.relative_to(path).as_posix()
    return Sniff(0.9, f"{len(files)} XML files, one a picture; {name} has annotation at its root")


def files_of(path: Path) -> list[Path]:
    """The XML files at a path."""
    if path.is_file():
        return [path] if path.suffix.lower() == ".xml" else []
    found = []
    for folder, inner, names in os.walk(path):
        inner[:] = [name for name in inner if not is_clutter(name)]
        found += [Path(folder, name) for name in names if name.lower().endswith(".xml") and not is_clutter(name)]
    return sorted(file for file in found if not file.is_symlink())


def read(path: Path) -> Reading:
    """Every XML file with its picture; whether boxes count from 0 or from 1 is decided once, from all of them."""
    findings = Findings()
    root = path if path.is_dir() else path.parent.parent if path.parent.name.lower() == "annotations" else path.parent
    files = files_of(path)
    if not files:
        findings.item(path.name, "no-annotations", "holds no XML file")
        return findings.failed()
    pictures = pictures_of(root)
    read_files(files, pictures, findings, splits=_splits(root, findings))
    return findings.reading(pictures)


def read_files(files: Iterable[Path], pictures: Pictures, findings: Findings, *, splits: dict[str, str]) -> None:
    """Read XML files that lie in the folder of the pictures."""
    parsed = []
    for file in files:
        where = file.relative_to(pictures.root).as_posix()
        try:
            node = read_xml(file, where)
        except Unreadable as error:
            findings.unreadable(error)
            continue
        if node.tag != "annotation":
            findings.item(f"{where}:{node.line}", "no-voc", f"begins with <{node.tag[:40]}>; <annotation> is wanted")
            continue
        parsed.append((file, where, node))
    shift = _first_pixel([(file, node) for file, _, node in parsed], pictures, findings)
    seen: dict[Path, str] = {}
    own = {_stem(file, pictures) for file, _, _ in parsed}
    for file, where, node in parsed:
        found = _picture(file, node, pictures)
        boxes = node.all("object")
        if isinstance(found, Path) and found in seen:
            found = ("named-twice", f"speaks of {pictures.name(found)}, as {seen[found]} does")
        if isinstance(found, tuple):
            findings.item(where, *found, field="filename")
            findings.object(where, "of-refused-picture", f"{len(boxes)} objects of it", count=len(boxes))
            continue
        seen[found] = where
        told = node.first("size")
        size = measured(found, told_size(told.get("width"), told.get("height")) if told else None, where=where, findings=findings)
        shapes = [shape for box in boxes if (shape := _shape(box, where, shift, findings))]
        name = pictures.name(found)
        stem = PurePosixPath(short(name)).with_suffix("").as_posix()
        # A list may give bare names, unless that is the whole name of another picture.
        bare = splits.get(file.stem) if file.stem not in own or _stem(file, pictures) == file.stem else ""
        split = splits.get(stem) or splits.get(_stem(file, pictures)) or bare or split_in(f"{PurePosixPath(name).parent}/")
        findings.records.append(
            Record(
                found,
                short(name),
                origin=where,
                split=split,
                size=size,
                shapes=judged(shapes, size, where=where, findings=findings),
            )
        )


def _stem(file: Path, pictures: Pictures) -> str:
    """What an XML file and its picture share."""
    inner = file.relative_to(pictures.root).with_suffix("").as_posix()
    return inner.removeprefix("Annotations/").removeprefix("annotations/")


def _picture(file: Path, node: Node, pictures: Pictures) -> Path | tuple[str, str]:
    """The picture of an XML file: of the same stem, else the one that `<filename>` names. `<path>` is of another machine."""
    told = node.get("filename").replace("\\", "/")
    same = pictures.with_stem(_stem(file, pictures))
    if len(same) > 1 and told:
        same = [path for path in same if path.name == told.rsplit("/", 1)[-1]] or same
    if len(same) == 1:
        pictures.claim(same[0])
        return same[0]
    if not told:
        return "missing-file", f"has no picture of the name {file.stem}"
    if PureWindowsPath(told).suffix:
        return pictures.find(told, beside=file.parent)
    named = pictures.with_stem(told)
    if len(named) == 1:
        pictures.claim(named[0])
        return named[0]
    return "missing-file", f"names {told[:120]}, which does not exist"


def _first_pixel(parsed: list[tuple[Path, Node]], pictures: Pictures, findings: Findings) -> float:
    """What to take from each minimum: 1 where the first pixel is 1, as the standard has it, 0 where it is 0."""
    marks = {node.first("source").get("annotation") for _, node in parsed if node.first("source")}  # type: ignore[union-attr]
    if marks == {_MARK}:
        return 1.0
    lowest, reaches, boxes = None, False, 0
    for file, node in parsed:
        size = node.first("size")
        sides = [number(size.get(side)) if size else None for side in ("width", "height")]
        if not all(sides) and len(same := pictures.with_stem(_stem(file, pictures))) == 1 and (header := header_of(same[0])):
            sides = [float(side) for side in header.stored]
        for entry in node.all("object"):
            box = entry.first("bndbox")
            values = [number(box.get(key)) if box else None for key in ("xmin", "ymin", "xmax", "ymax")]
            least = [value for value in values[:2] if value is not None]
            boxes += 1
            lowest = min([*least, *([lowest] if lowest is not None else [])], default=None)
            reaches = reaches or any(v is not None and s and v >= s for v, s in zip(values[2:], sides, strict=True))
    if not boxes or lowest is None:
        return 0.0
    from_zero = lowest <= 0 or not reaches
    why = (
        "a box begins at 0"
        if lowest <= 0
        else "no box reaches the last pixel"
        if not reaches
        else "boxes reach the last pixel and none begins at 0"
    )
    findings.notes.append(f"boxes count from {0 if from_zero else 1}: {why}")
    return 0.0 if from_zero else 1.0


def _shape(entry: Node, where: str, shift: float, findings: Findings) -> Shape | None:
    """One object; None if it was refused. Parts of it have boxes of their own, which are not read."""
    at = f"{where}:{entry.line}"
    box = entry.first("bndbox")
    if box is None:
        findings.object(at, "no-box", "has no bndbox", field="bndbox")
        return None
    found = []
    for key in ("xmin", "ymin", "xmax", "ymax"):
        value = number(box.get(key))
        if value is None:
            findings.object(at, "broken-box", f'{key} is "{box.get(key)[:40]}"; a finite number is wanted', field=key)
            return None
        found.append(value)
    x, y = found[0] - shift, found[1] - shift
    attributes = {"pose": pose} if (pose := entry.get("pose")) and pose != "Unspecified" else {}
    for inner in entry.first("attributes").all("attribute") if entry.first("attributes") else ():  # type: ignore[union-attr]
        attributes[inner.get("name")] = inner.get("value")
    flags: dict[str, Any] = {name: entry.get(name).lower() in ("1", "true", "yes") for name in _FLAGS}
    return Shape(entry.get("name"), (x, y, found[2] - x, found[3] - y), attributes=attributes, origin=at, **flags)


def _splits(root: Path, findings: Findings) -> dict[str, str]:
    """Split by stem, from the lists of `ImageSets/Main`; lists of one class (`cat_train.txt`) say nothing new."""
    found: dict[str, str] = {}
    # VOCdevkit/VOC2012/ImageSets/Main, where the whole kit is given.
    for file in sorted(file for depth in ("", "*/", "*/*/") for file in root.glob(f"{depth}ImageSets/Main/*.txt")):
        split = SPLIT_NAMES.get(file.stem.lower())
        if not split:
            continue
        where = file.relative_to(root).as_posix()
        try:
            text = decode(load(file, where, largest=LARGEST >> 4))[0]
        except Unreadable as error:
            if error.defect.kind != "empty-file":
                findings.unreadable(error)
            continue
        for line, row in enumerate(text.splitlines(), 1):
            stem = row.split(" ")[0].strip() if len(row.split()) == 2 and row.split()[1] in ("1", "-1", "0") else row.strip()
            if stem and found.setdefault(stem, split) != split:
                findings.tell(f"{where}:{line}", "two-splits", f"{stem[:120]} is in {found[stem]} too", field="split")
    return found


_MARK = "mlscaffold, first pixel is 1"


def place(record: Record) -> str:
    """Pictures lie in `JPEGImages`."""
    return under("JPEGImages", record)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write an XML file a picture, counting from 1 as the standard has it, and a list of names a split."""
    for item in items:
        stem = PurePosixPath(item.file.removeprefix("JPEGImages/")).with_suffix("")
        write_atomic(folder / "Annotations" / f"{stem}.xml", _document(item).encode("utf-8"))
    for split, group in by_split(items).items():
        if split:
            stems = (PurePosixPath(item.file.removeprefix("JPEGImages/")).with_suffix("").as_posix() for item in group)
            name = {"validation": "val"}.get(split, split)
            write_atomic(folder / f"ImageSets/Main/{name}.txt", "".join(f"{stem}\n" for stem in stems).encode("utf-8"))


def _document(item: Placed) -> str:
    """The XML of one picture."""
    lines = [
        "<annotation>",
        f"  <filename>{_text(PurePosixPath(item.file).name)}</filename>",
        f"  <source><annotation>{_MARK}</annotation></source>",
        f"  <size><width>{item.size[0]}</width><height>{item.size[1]}</height><depth>3</depth></size>",
        "  <segmented>0</segmented>",
    ]
    for shape in item.record.shapes:
        x, y, width, height = bounds(shape) or (0.0, 0.0, 0.0, 0.0)
        corners = {"xmin": x + 1, "ymin": y + 1, "xmax": x + width, "ymax": y + height}
        extra = {name: value for name, value in shape.attributes.items() if name != "pose"}
        rows = "".join(f"<attribute><name>{_text(n)}</name><value>{_text(v)}</value></attribute>" for n, v in extra.items())
        lines += [
            "  <object>",
            f"    <name>{_text(shape.label)}</name>",
            f"    <pose>{_text(shape.attributes.get('pose', 'Unspecified'))}</pose>",
            *(f"    <{name}>{int(getattr(shape, name))}</{name}>" for name in _FLAGS),
            *([f"    <attributes>{rows}</attributes>"] if rows else []),
            f"    <bndbox>{''.join(f'<{key}>{exact(value)}</{key}>' for key, value in corners.items())}</bndbox>",
            "  </object>",
        ]
    return "\n".join([*lines, "</annotation>", ""])


def _text(value: str) -> str:
    """Text of an element; signs that XML cannot hold are left out."""
    return escape("".join(c for c in value if c in "\t\n" or c >= " "))
