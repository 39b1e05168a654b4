"""CVAT for images: one XML file with tags, boxes, polygons, masks and points of every picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlscaffold.datasets.collecting import Findings, judged, measured, told_size
from mlscaffold.datasets.exporting import Placed, classes_of, under
from mlscaffold.datasets.geometry import exact, hull, number
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.masks import MOST, from_pixels, mask_box, pixels, runs_of
from mlscaffold.datasets.parsing import Node, Unreadable, read_xml, sample
from mlscaffold.datasets.pictures import Pictures, pictures_of, short
from mlscaffold.datasets.record import SPLIT_NAMES, Mask, Reading, Record, Ring, Shape, Sniff, is_clutter
from mlscaffold.datasets.tables import write_atomic

HOLDS = holds(
    "pictures, label, labels, boxes, turned boxes, outlines, pieces, masks, points, several points, occluded,"
    "object attributes, split, any split, size"
)
_SHAPES = ("box", "polygon", "mask", "points")


def sniff(path: Path) -> Sniff:
    """An XML file with `<annotations>` at its root, pictures or tracks in it."""
    files = files_of(path)
    if not files:
        return Sniff(0.0, "no XML file with annotations at its root")
    return Sniff(0.9, f"{files[0].name} has annotations at its root, as CVAT writes it")


def files_of(path: Path) -> list[Path]:
    """The CVAT files at a path: itself, or those in the folder and one level below."""
    found = [path] if path.is_file() else sorted([*path.glob("*.xml"), *path.glob("*/*.xml")], key=lambda p: (len(p.parts), p))
    return [
        p
        for p in found
        if p.suffix.lower() == ".xml" and not is_clutter(p.name) and not p.is_symlink() and "<annotations>" in sample(p)[:4096]
    ]


def read(path: Path) -> Reading:
    """Every picture of every file."""
    findings = Findings()
    root = path if path.is_dir() else path.parent
    files = files_of(path) or ([path] if path.is_file() else [])
    if not files:
        findings.item(path.name, "no-annotations", "holds no CVAT file")
        return findings.failed()
    pictures = pictures_of(root)
    for file in files:
        _read_file(file, pictures, findings)
    return findings.reading(pictures)


def _read_file(file: Path, pictures: Pictures, findings: Findings) -> None:
    """Read one file."""
    where = file.relative_to(pictures.root).as_posix()
    try:
        top = read_xml(file, where)
    except Unreadable as error:
        findings.unreadable(error)
        return
    if top.tag != "annotations":
        findings.item(f"{where}:{top.line}", "no-cvat", f"begins with <{top.tag[:40]}>; <annotations> is wanted")
        return
    findings.declare(_labels(top))
    for track in top.all("track"):
        message = f'is a track of a video ("{track.attributes.get("label", "")}"): export the frames as "CVAT for images"'
        findings.item(f"{where}:{track.line}", "video-track", message)
    seen: dict[Path, str] = {}
    for image in top.all("image"):
        at = f"{where}:{image.line}"
        found = pictures.find(image.attributes.get("name"), beside=file.parent)
        if isinstance(found, Path) and found in seen:
            found = ("named-twice", f"names {image.attributes['name'][:120]} again ({seen[found]})")
        if isinstance(found, tuple):
            findings.item(at, *found, field="name")
            count = sum(child.tag != "tag" for child in image.children)
            findings.object(at, "of-refused-picture", f"{count} objects of it", count=count)
            continue
        seen[found] = at
        size = measured(
            found, told_size(image.attributes.get("width"), image.attributes.get("height")), where=at, findings=findings
        )
        split = image.attributes.get("subset", "")
        split = "" if split.lower() == "default" else SPLIT_NAMES.get(split.lower(), split)
        labels = tuple(dict.fromkeys(tag.attributes.get("label", "") for tag in image.all("tag") if tag.attributes.get("label")))
        shapes = judged(list(_shapes(image, where, size, findings)), size, where=at, findings=findings)
        findings.records.append(
            Record(found, short(pictures.name(found)), labels, origin=at, split=split, size=size, shapes=shapes)
        )


def _labels(top: Node) -> list[str]:
    """The labels that the task or the project declares."""
    meta = top.first("meta")
    owners = [owner for kind in ("task", "project", "job") for owner in (meta.all(kind) if meta else [])]
    return [
        label.get("name")
        for owner in owners
        for group in owner.all("labels")
        for label in group.all("label")
        if label.get("name")
    ]


def _shapes(image: Node, where: str, size: tuple[int, int] | None, findings: Findings) -> Iterator[Shape]:
    """The objects of a picture; polygons of one group are the pieces of one object."""
    groups: dict[tuple[str, str], list[Shape]] = {}
    for node in image.children:
        at = f"{where}:{node.line}"
        if node.tag == "tag":
            continue
        if node.tag not in _SHAPES:
            findings.object(
                at, "shape-unknown", f"is a {node.tag[:40]}; boxes, polygons, masks and points are read", field=node.tag[:40]
            )
            continue
        try:
            shape = _shape(node, at, size)
        except ValueError as error:
            findings.object(at, f"broken-{node.tag}", str(error))
            continue
        group = node.attributes.get("group_id", "")
        if node.tag == "polygon" and group not in ("", "0"):
            groups.setdefault((group, shape.label), []).append(shape)
        else:
            yield shape
    for pieces in groups.values():
        first = pieces[0]
        yield Shape(
            first.label,
            rings=tuple(ring for piece in pieces for ring in piece.rings),
            occluded=any(piece.occluded for piece in pieces),
            attributes=first.attributes,
            origin=first.origin,
        )


def _shape(node: Node, at: str, size: tuple[int, int] | None) -> Shape:
    """One object; raises ValueError with what is wrong."""
    told = node.attributes
    common: dict[str, Any] = {
        "occluded": told.get("occluded") == "1",
        "attributes": {inner.attributes.get("name", ""): inner.text.strip() for inner in node.all("attribute")},
        "origin": at,
    }
    label = told.get("label", "")
    if node.tag == "box":
        left, top, right, bottom = (_number(told, key) for key in ("xtl", "ytl", "xbr", "ybr"))
        angle = _number(told, "rotation") if told.get("rotation") else 0.0
        return Shape(label, (left, top, right - left, bottom - top), angle % 360, **common)
    if node.tag == "mask":
        return Shape(label, mask=_mask(told, size), **common)
    corners = _corners(told.get("points", ""), 3 if node.tag == "polygon" else 1)
    return Shape(label, rings=(corners,), **common) if node.tag == "polygon" else Shape(label, points=corners, **common)


def _number(told: dict[str, str], key: str) -> float:
    value = number(told.get(key))
    if value is None:
        raise ValueError(f'{key} is "{told.get(key, "")[:40]}"; a finite number is wanted')
    return value


def _corners(text: str, least: int) -> Ring:
    """Corners from `x,y;x,y`."""
    pairs = [pair.split(",") for pair in text.split(";") if pair.strip()]
    values = [number(value) for pair in pairs for value in pair]
    if len(pairs) < least or any(len(pair) != 2 for pair in pairs) or None in values:
        raise ValueError(f'points are "{text[:60]}"; {least} or more of x,y are wanted')
    return tuple(value for value in values if value is not None)


def _mask(told: dict[str, str], size: tuple[int, int] | None) -> Mask:
    """A mask from runs along the rows of its own box."""
    import numpy as np

    left, top, width, height = (int(_number(told, key)) for key in ("left", "top", "width", "height"))
    runs = [number(run) for run in told.get("rle", "").split(",") if run.strip()]
    whole = [int(run) for run in runs if run is not None and run >= 0]
    if size is None:
        raise ValueError("stands on a picture of unknown size")
    if len(whole) < len(runs) or min(width, height) <= 0 or width * height > MOST or sum(whole) != width * height:
        raise ValueError(f"rle has {sum(whole)} pixels in {len(runs)} runs; {width} × {height} are wanted")
    if left < 0 or top < 0 or left + width > size[0] or top + height > size[1]:
        raise ValueError(f"mask at {left}, {top} of {width} × {height} leaves the picture of {size[0]} × {size[1]}")
    array = np.zeros((size[1], size[0]), dtype=bool)
    array[top : top + height, left : left + width] = np.repeat(np.arange(len(whole)) % 2 == 1, whole).reshape((height, width))
    return from_pixels(array)


def place(record: Record) -> str:
    """Pictures lie in `images`."""
    return under("images", record)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `annotations.xml`."""
    names = dict.fromkeys(
        [*classes_of((item.record for item in items), classes), *(name for item in items for name in item.record.labels)]
    )
    labels = "".join(f"<label><name>{_text(name)}</name><attributes></attributes></label>" for name in names)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<annotations>", "  <version>1.1</version>"]
    lines.append(f"  <meta><task><labels>{labels}</labels></task></meta>")
    groups = 0
    for place, item in enumerate(items):
        split = f" subset={_quoted(item.record.split)}" if item.record.split else ""
        name = _quoted(item.file.removeprefix("images/"))
        lines.append(f'  <image id="{place}" name={name}{split} width="{item.size[0]}" height="{item.size[1]}">')
        lines += [f'    <tag label={_quoted(label)} source="manual"></tag>' for label in item.record.labels]
        for shape in item.record.shapes:
            groups += len(shape.rings) > 1
            lines += _lines(shape, groups if len(shape.rings) > 1 else 0)
        lines.append("  </image>")
    write_atomic(folder / "annotations.xml", "\n".join([*lines, "</annotations>", ""]).encode("utf-8"))


def _lines(shape: Shape, group: int) -> Iterator[str]:
    """The elements of one object: one, or a polygon a piece."""
    inner = "".join(f"<attribute name={_quoted(name)}>{_text(value)}</attribute>" for name, value in shape.attributes.items())
    common = f'label={_quoted(shape.label)} source="manual" occluded="{int(shape.occluded)}" z_order="0"'
    if shape.mask:
        left, top, width, height = (int(value) for value in mask_box(shape.mask) or (0, 0, 1, 1))
        part = pixels(shape.mask)[top : top + height, left : left + width].reshape(-1)
        runs = ", ".join(map(str, runs_of(part)))
        yield f'    <mask {common} rle="{runs}" left="{left}" top="{top}" width="{width}" height="{height}">{inner}</mask>'
    elif shape.rings:
        grouped = f' group_id="{group}"' if group else ""
        for ring in shape.rings:
            yield f'    <polygon {common} points="{_points(ring)}"{grouped}>{inner}</polygon>'
    elif shape.points:
        yield f'    <points {common} points="{_points(shape.points)}">{inner}</points>'
    else:
        x, y, width_, height_ = shape.box or hull(shape) or (0.0, 0.0, 0.0, 0.0)
        sides = f'xtl="{exact(x)}" ytl="{exact(y)}" xbr="{exact(x + width_)}" ybr="{exact(y + height_)}"'
        turned = f' rotation="{exact(shape.angle)}"' if shape.angle else ""
        yield f"    <box {common} {sides}{turned}>{inner}</box>"


def _points(ring: Ring) -> str:
    return ";".join(f"{exact(x)},{exact(y)}" for x, y in zip(ring[::2], ring[1::2], strict=True))


def _quoted(value: str) -> str:
    """An attribute's value with its quotes."""
    from xml.sax.saxutils import quoteattr

    return quoteattr(_plain(value))


def _text(value: str) -> str:
    """Text of an element."""
    from xml.sax.saxutils import escape

    return escape(_plain(value))


def _plain(value: str) -> str:
    """The text without signs that XML cannot hold."""
    return "".join(c for c in value if c in "\t\n" or c >= " ")
