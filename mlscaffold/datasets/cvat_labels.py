"""What a CVAT file declares: classes, and the skeletons of those that have key points; and text as XML holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from math import cos, pi, sin

from mlscaffold.datasets.geometry import exact
from mlscaffold.datasets.parsing import Node
from mlscaffold.datasets.record import Shape, Skeleton


def _declared(top: Node) -> list[Node]:
    """The labels of the task or the project; those with a parent are points of a skeleton."""
    meta = top.first("meta")
    owners = [owner for kind in ("task", "project", "job") for owner in (meta.all(kind) if meta else [])]
    return [label for owner in owners for group in owner.all("labels") for label in group.all("label")]


def classes_in(top: Node) -> list[str]:
    """The classes that the task or the project declares."""
    return [label.get("name") for label in _declared(top) if label.get("name") and not label.get("parent")]


def skeletons_in(top: Node) -> dict[str, Skeleton]:
    """The skeletons by class: points as they are declared, bones as the drawing of the skeleton has them.

    What is not declared is taken from the objects, in the order in which the points come.
    """
    labels = _declared(top)
    names: dict[str, dict[str, None]] = {}
    drawings: dict[str, str] = {}
    for label in labels:
        if label.get("parent"):
            names.setdefault(label.get("parent"), {})[label.get("name")] = None
        elif svg := label.first("svg"):
            drawings[label.get("name")] = svg.text
    for holder in top.children:
        for node in holder.all("skeleton"):
            own = names.setdefault(node.attributes.get("label") or holder.attributes.get("label", ""), {})
            own.update(dict.fromkeys(point.attributes.get("label", "") for point in node.all("points")))
    return {name: Skeleton(tuple(points), _bones(drawings.get(name, ""), list(points))) for name, points in names.items()}


def _bones(svg: str, names: list[str]) -> tuple[tuple[int, int], ...]:
    """Which points a drawing joins: its circles name them, its lines run from one to another."""
    nodes: dict[str, int] = {}
    bones: dict[tuple[int, int], None] = {}
    elements = [dict(re.findall(r'([a-z-]+)="([^"]*)"', element)) for element in re.findall(r"<(?:circle|line)\b[^>]*>", svg)]
    for told in elements:
        if (name := unescape(told.get("data-label-name", ""))) in names:
            nodes[told.get("data-node-id", "")] = names.index(name)
    for told in elements:
        ends = nodes.get(told.get("data-node-from", "")), nodes.get(told.get("data-node-to", ""))
        if ends[0] is not None and ends[1] is not None:
            bones[ends[0], ends[1]] = None
    return tuple(bones)


def declaration(name: str, skeleton: Skeleton | None) -> str:
    """The declaration of a class; of one with key points also its points and its drawing, in a ring since it must be somewhere."""
    if skeleton is None:
        return f"<label><name>{plain_text(name)}</name><attributes></attributes></label>"
    count = len(skeleton.names)
    places = [(50 + 40 * cos(2 * pi * n / count), 50 + 40 * sin(2 * pi * n / count)) for n in range(count)]
    lines = [
        f'<line x1="{places[a][0]:.2f}" y1="{places[a][1]:.2f}" x2="{places[b][0]:.2f}" y2="{places[b][1]:.2f}" data-type="edge"'
        f' data-node-from="{a + 1}" data-node-to="{b + 1}"></line>'
        for a, b in skeleton.bones
    ]
    circles = [
        f'<circle r="1.5" cx="{x:.2f}" cy="{y:.2f}" data-type="element node" data-element-id="{n}" data-node-id="{n}"'
        f" data-label-name={_in_quotes(point)}></circle>"
        for n, (point, (x, y)) in enumerate(zip(skeleton.names, places, strict=True), 1)
    ]
    points = "".join(
        f"<label><name>{plain_text(point)}</name><type>points</type><attributes></attributes><parent>{plain_text(name)}</parent></label>"
        for point in skeleton.names
    )
    drawing = plain_text("".join([*lines, *circles]))
    return f"<label><name>{plain_text(name)}</name><type>skeleton</type><attributes></attributes><svg>{drawing}</svg></label>{points}"


def skeleton_lines(shape: Shape, common: str, inner: str) -> Iterator[str]:
    """The element of an object with key points."""
    assert shape.keypoints is not None
    yield f"    <skeleton {common}>{inner}"
    for name, (x, y, seen) in zip(shape.keypoints.skeleton.names, shape.keypoints.points, strict=True):
        how = f'source="manual" outside="{int(seen == 0)}" occluded="{int(seen == 1)}"'
        yield f'      <points label={quoted(name)} {how} points="{exact(x)},{exact(y)}"></points>'
    yield "    </skeleton>"


def quoted(value: str) -> str:
    """An attribute's value with its quotes."""
    from xml.sax.saxutils import quoteattr

    return quoteattr(_plain(value))


def _in_quotes(value: str) -> str:
    """An attribute's value in double quotes."""
    from xml.sax.saxutils import escape

    return '"' + escape(_plain(value), {'"': "&quot;"}) + '"'


def plain_text(value: str) -> str:
    """Text of an element."""
    from xml.sax.saxutils import escape

    return escape(_plain(value))


def _plain(value: str) -> str:
    """The text without signs that XML cannot hold."""
    return "".join(c for c in value if c in "\t\n" or c >= " ")
