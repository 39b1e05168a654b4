"""What a format can hold, and what is left of a record that must fit into it: every loss is counted by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mlscaffold.datasets.geometry import around, corners, hull, outline
from mlscaffold.datasets.record import SPLIT_NAMES, Record, Shape

KINDS = {
    "pictures": "pictures",
    "label": "one label of the whole picture or text",
    "labels": "several labels of the whole",
    "group": "what it belongs to (patient, video, product)",
    "attributes": "other columns of the picture",
    "split": "train, validation, eyeball, test",
    "any split": "splits of other names",
    "size": "width and height",
    "boxes": "boxes",
    "turned boxes": "boxes with an angle",
    "outlines": "polygons",
    "pieces": "objects of several polygons",
    "box beside outline": "a box of its own for an object that has an outline",
    "masks": "masks of single pixels",
    "points": "points",
    "several points": "objects of several points",
    "key points": "points with names, seen or hidden",
    "bones": "which key points are joined",
    "box beside key points": "a box of its own for an object that has key points",
    "crowd": "crowd flag",
    "difficult": "difficult flag",
    "truncated": "truncated flag",
    "occluded": "occluded flag",
    "score": "score",
    "person": "who drew it",
    "object attributes": "attributes of objects",
    "text": "texts",
    "spans": "labelled parts of a text",
}
"""Kinds of content, and what they are in words."""

Holds = frozenset[str]


def holds(kinds: str) -> Holds:
    """A set of kinds from their names with commas between; an unknown one raises ValueError."""
    found = frozenset(kind.strip() for kind in kinds.split(","))
    if unknown := found - KINDS.keys():
        raise ValueError(f"unknown kinds: {', '.join(sorted(unknown))}")
    return found


def fitted(record: Record, holds: Holds, lost: Counter[str]) -> Record:
    """The record without what the format cannot hold; adds to `lost` how often what was given up or changed."""
    labels = record.labels
    if len(labels) > 1 and "labels" not in holds:
        lost["several labels of one picture"] += 1
        labels = ()
    if labels and not holds & {"label", "labels"}:
        lost["labels of whole pictures or texts"] += 1
        labels = ()
    split = record.split
    if split and not ("any split" in holds or ("split" in holds and split in SPLIT_NAMES.values())):
        lost["splits"] += 1
        split = ""
    if record.group and "group" not in holds:
        lost["groups"] += 1
    if record.attributes and "attributes" not in holds:
        lost["attributes of pictures"] += len(record.attributes)
    if record.spans and "spans" not in holds:
        lost["labelled parts of texts"] += len(record.spans)
    return replace(
        record,
        labels=labels,
        split=split,
        group=record.group if "group" in holds else "",
        attributes=record.attributes if "attributes" in holds else {},
        shapes=tuple(left for shape in record.shapes for left in _shapes(shape, holds, lost)),
        spans=record.spans if "spans" in holds else (),
    )


def _shapes(shape: Shape, holds: Holds, lost: Counter[str]) -> Iterator[Shape]:
    """What is left of a shape: mostly one, several where pieces must part, none where nothing of it can be held."""
    if shape.keypoints:
        shape = _named(shape, holds, lost)
        if shape.keypoints and not (shape.rings or shape.mask or shape.box):
            yield _plain(shape, holds, lost)
            return
        if not (shape.rings or shape.mask or shape.box or shape.keypoints):
            return
    if shape.points and not (shape.rings or shape.mask or shape.box):
        if "points" not in holds:
            lost["points"] += 1
        elif len(shape.points) > 2 and "several points" not in holds:
            lost["objects of several points, now one object a point"] += 1
            points = (shape.points[place : place + 2] for place in range(0, len(shape.points), 2))
            yield from (_plain(replace(shape, points=point), holds, lost) for point in points)
        else:
            yield _plain(shape, holds, lost)
        return
    form = _form(shape, holds, lost)
    if form is None:
        return
    form = _plain(form, holds, lost)
    if len(form.rings) > 1 and "pieces" not in holds:
        lost["objects of several pieces, now one object a piece"] += 1
        for ring in form.rings:
            piece = replace(form, rings=(ring,))
            yield replace(piece, box=hull(piece))
    else:
        yield form


def _named(shape: Shape, holds: Holds, lost: Counter[str]) -> Shape:
    """The shape with what of its key points can be held."""
    named = shape.keypoints
    assert named is not None
    if "key points" not in holds:
        lost["key points"] += len(named.marked)
        return replace(shape, keypoints=None)
    if named.skeleton.bones and "bones" not in holds:
        lost["lines between key points"] += len(named.skeleton.bones)
        named = replace(named, skeleton=replace(named.skeleton, bones=()))
    if "box beside key points" in holds:
        return replace(shape, keypoints=named)
    tight = around(named)
    if tight and not min(tight[2:]):
        tight = None
    if shape.rings or shape.mask:
        lost["outlines and masks beside key points"] += 1
    if shape.box and (tight is None or max(abs(a - b) for a, b in zip(shape.box, tight, strict=True)) > 1):
        lost["boxes that differ from their key points by more than a pixel"] += 1
    return replace(shape, keypoints=named, box=tight, rings=(), mask=None, angle=0.0)


def _form(shape: Shape, holds: Holds, lost: Counter[str]) -> Shape | None:
    """The shape as mask, outline or box, whichever of them can be held."""
    if shape.mask and "masks" not in holds:
        lost["masks, now boxes" if "boxes" in holds else "masks"] += 1
        shape = replace(shape, mask=None, box=shape.box or hull(shape))
    if shape.angle and shape.box and "turned boxes" not in holds:
        now = "outlines" in holds and not shape.rings
        lost["angles of boxes, now outlines" if now else "angles of boxes, now upright boxes"] += 1
        rings = (corners(shape.box, shape.angle),) if now else shape.rings
        shape = replace(shape, rings=rings, angle=0.0, box=hull(replace(shape, rings=outline(shape))))
    if shape.rings and "outlines" not in holds:
        if "boxes" not in holds:
            lost["outlines"] += 1
            return None
        lost["outlines, now boxes"] += 1
        shape = replace(shape, rings=(), box=shape.box or hull(shape))
    if shape.mask or shape.rings:
        tight = hull(shape)
        if "box beside outline" not in holds and shape.box != tight:
            if shape.box and tight and max(abs(a - b) for a, b in zip(shape.box, tight, strict=True)) > 1:
                lost["boxes that differ from their outline by more than a pixel"] += 1
            shape = replace(shape, box=tight)
        return shape
    if "boxes" not in holds:
        lost["boxes"] += 1
        return None
    return shape


def _plain(shape: Shape, holds: Holds, lost: Counter[str]) -> Shape:
    """The shape without the flags and words that cannot be held."""
    flags: dict[str, Any] = {}
    for name in ("crowd", "difficult", "truncated", "occluded"):
        flags[name] = getattr(shape, name) and name in holds
        if getattr(shape, name) and name not in holds:
            lost[f"{name} flags"] += 1
    if shape.score is not None and "score" not in holds:
        lost["scores"] += 1
    if shape.person and "person" not in holds:
        lost["names of annotators"] += 1
    if shape.attributes and "object attributes" not in holds:
        lost["attributes of objects"] += len(shape.attributes)
    return replace(
        shape,
        **flags,
        score=shape.score if "score" in holds else None,
        person=shape.person if "person" in holds else "",
        attributes=shape.attributes if "object attributes" in holds else {},
    )
