"""CVAT for images and for video: an XML file with tags, boxes, polygons, masks, points and skeletons of every picture or frame; written for images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlscaffold.datasets.collecting import Findings, judged, measured, told_size
from mlscaffold.datasets.cvat_labels import classes_in, declaration, plain_text, quoted, skeleton_lines, skeletons_in
from mlscaffold.datasets.cvat_video import SHAPES, UNKNOWN, read_frames, task_of
from mlscaffold.datasets.exporting import Placed, classes_of, under
from mlscaffold.datasets.geometry import exact, hull, number
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.keypoints import one_each, skeletons
from mlscaffold.datasets.masks import MOST, from_pixels, mask_box, pixels, runs_of
from mlscaffold.datasets.parsing import Node, Unreadable, read_xml, sample
from mlscaffold.datasets.pictures import Pictures, pictures_of, short
from mlscaffold.datasets.record import SPLIT_NAMES, KeyPoints, Mask, Reading, Record, Ring, Shape, Skeleton, Sniff, is_clutter
from mlscaffold.datasets.tables import write_atomic

HOLDS = holds(
    "pictures, label, labels, boxes, turned boxes, outlines, pieces, masks, points, several points, occluded,"
    "key points, bones, object attributes, split, any split, size"
)


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
    """Every picture of every file; of a video every frame whose picture lies here."""
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
    known = skeletons_in(top)
    seen: dict[Path, str] = {}
    findings.declare(classes_in(top))
    images, tracks = top.all("image"), top.all("track")
    task = (
        task_of(top, where, read=lambda node, at, label: _tracked(node, at, label, top=top, known=known), findings=findings)
        if tracks
        else None
    )
    if isinstance(task, str):
        for track in tracks:
            findings.item(f"{where}:{track.line}", "video-track", task)
        task = None
    numbers = {_whole(image, "id") for image in images} - {-1}
    moving = task.on_frames(numbers, where, findings) if task and images else {}
    if task and not images:
        read_frames(top, task, pictures, file=file, where=where, findings=findings)
    for image in images:
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
        found_here = [*_shapes(image, where, size, known, findings), *moving.pop(_whole(image, "id"), [])]
        shapes = judged(found_here, size, where=at, findings=findings)
        findings.records.append(
            Record(found, short(pictures.name(found)), labels, origin=at, split=split, size=size, shapes=shapes)
        )
    for frame, shapes_left in sorted(moving.items()):
        findings.object(
            f"{where} frame {frame}", "of-refused-picture", f"{len(shapes_left)} objects of it", count=len(shapes_left)
        )


def _shapes(
    image: Node, where: str, size: tuple[int, int] | None, known: dict[str, Skeleton], findings: Findings
) -> Iterator[Shape]:
    """The objects of a picture; polygons of one group are the pieces of one object."""
    groups: dict[tuple[str, str], list[Shape]] = {}
    for node in image.children:
        at = f"{where}:{node.line}"
        if node.tag == "tag":
            continue
        if node.tag not in SHAPES:
            findings.object(at, "shape-unknown", UNKNOWN.format(node.tag[:40]), field=node.tag[:40])
            continue
        try:
            shape = _shape(node, at, size, label=node.attributes.get("label", ""), known=known)
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


def _tracked(node: Node, at: str, label: str, *, top: Node, known: dict[str, Skeleton]) -> Shape:
    """One object of a track; raises ValueError with what is wrong."""
    meta = top.first("meta")
    frame = next((size for owner in (meta.children if meta else []) if (size := owner.first("original_size"))), None)
    return _shape(node, at, told_size(frame.get("width"), frame.get("height")) if frame else None, label=label, known=known)


def _shape(node: Node, at: str, size: tuple[int, int] | None, *, label: str, known: dict[str, Skeleton]) -> Shape:
    """One object; raises ValueError with what is wrong."""
    told = node.attributes
    common: dict[str, Any] = {
        "occluded": told.get("occluded") == "1",
        "attributes": {inner.attributes.get("name", ""): inner.text.strip() for inner in node.all("attribute")},
        "origin": at,
    }
    if node.tag == "box":
        left, top, right, bottom = (_number(told, key) for key in ("xtl", "ytl", "xbr", "ybr"))
        angle = _number(told, "rotation") if told.get("rotation") else 0.0
        return Shape(label, (left, top, right - left, bottom - top), angle % 360, **common)
    if node.tag == "mask":
        return Shape(label, mask=_mask(told, size), **common)
    if node.tag == "skeleton":
        return Shape(label, keypoints=_key_points(node, known.get(label) or Skeleton(())), **common)
    corners = _corners(told.get("points", ""), 3 if node.tag == "polygon" else 1)
    return Shape(label, rings=(corners,), **common) if node.tag == "polygon" else Shape(label, points=corners, **common)


def _key_points(node: Node, skeleton: Skeleton) -> KeyPoints | None:
    """The points of a skeleton in the order of its class; what is outside is not marked."""
    found = [(0.0, 0.0, 0)] * len(skeleton.names)
    for point in node.all("points"):
        told = point.attributes
        if told.get("outside") != "1":
            x, y = _corners(told.get("points", ""), 1)[:2]
            found[skeleton.names.index(told.get("label", ""))] = (x, y, 1 if told.get("occluded") == "1" else 2)
    keypoints = KeyPoints(skeleton, tuple(found))
    return keypoints if keypoints.marked else None


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
    named = skeletons(item.record for item in items)
    labels = "".join(declaration(name, named.get(name)) for name in names)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<annotations>", "  <version>1.1</version>"]
    lines.append(f"  <meta><task><labels>{labels}</labels></task></meta>")
    groups = 0
    for place, item in enumerate(items):
        split = f" subset={quoted(item.record.split)}" if item.record.split else ""
        name = quoted(item.file.removeprefix("images/"))
        lines.append(f'  <image id="{place}" name={name}{split} width="{item.size[0]}" height="{item.size[1]}">')
        lines += [f'    <tag label={quoted(label)} source="manual"></tag>' for label in item.record.labels]
        for shape in item.record.shapes:
            groups += len(shape.rings) > 1
            lines += _lines(shape, groups if len(shape.rings) > 1 else 0)
        lines.append("  </image>")
    write_atomic(folder / "annotations.xml", "\n".join([*lines, "</annotations>", ""]).encode("utf-8"))


def _lines(shape: Shape, group: int) -> Iterator[str]:
    """The elements of one object: one, or a polygon a piece."""
    inner = "".join(f"<attribute name={quoted(name)}>{plain_text(value)}</attribute>" for name, value in shape.attributes.items())
    common = f'label={quoted(shape.label)} source="manual" occluded="{int(shape.occluded)}" z_order="0"'
    if shape.keypoints:
        yield from skeleton_lines(shape, common, inner)
    elif shape.mask:
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


def _whole(node: Node, key: str) -> int:
    """A whole number of an attribute; -1 where it is none."""
    text = node.attributes.get(key, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def fit_all(records: Sequence[Record], lost: Counter[str]) -> list[Record]:
    """A class has one skeleton."""
    return one_each(records, lost)
