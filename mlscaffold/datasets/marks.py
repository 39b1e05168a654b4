"""Objects as they are drawn over a small copy of a picture: upright, in thousandths of its sides, small enough for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlscaffold.datasets.geometry import outline, upright
from mlscaffold.datasets.masks import pixels, runs_of
from mlscaffold.datasets.pictures import Header
from mlscaffold.datasets.record import Mask, Ring, Shape

WHOLE = 1000
"""A side of a picture, in the units of a mark."""
NEAR = 2
"""Units within which two corners of an outline are one."""
CORNERS = 240
"""Corners of an outline on a page."""
FILLED = 0.3
"""Share of a coarse cell that a mask must cover to be drawn: thin things would be lost at half."""
FLAGS = ("crowd", "difficult", "truncated", "occluded")


@dataclass(frozen=True)
class Mark:
    """An object on a page. `rings` are outlines (a box is one of four corners); `mask` is width, height and runs down the columns."""

    label: str
    rings: tuple[tuple[int, ...], ...] = ()
    mask: tuple[int, int, tuple[int, ...]] | None = None
    points: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def marks_of(shapes: Sequence[Shape], *, told: tuple[int, int] | None, header: Header, grid: int) -> tuple[Mark, ...]:
    """The objects of a picture. `told` is the size in which they are meant: the stored pixels, or those of the upright picture.

    `grid` is how many cells the longer side of a mask has.
    """
    turned = header.orientation
    frame = told or header.stored
    if frame == header.upright != header.stored:
        turned = 1  # they are meant on the upright picture already
    return tuple(_mark(shape, frame, turned, grid) for shape in shapes)


def _mark(shape: Shape, frame: tuple[int, int], turned: int, grid: int) -> Mark:
    rings = list(outline(shape))
    if not rings and shape.box and shape.mask is None:
        x, y, width, height = shape.box
        rings = [(x, y, x + width, y, x + width, y + height, x, y + height)]
    notes = [flag for flag in FLAGS if getattr(shape, flag)]
    if shape.angle:
        notes.append(f"turned by {shape.angle:g}°")
    if shape.score is not None:
        notes.append(f"score {shape.score:.2f}")
    notes += [f"{name} {value}" for name, value in shape.attributes.items() if value]
    return Mark(
        shape.label,
        tuple(_corners(ring, frame, turned) for ring in rings),
        _coarse(shape.mask, turned, grid) if shape.mask else None,
        _units(shape.points, frame, turned),
        tuple(notes),
    )


def _units(ring: Ring, frame: tuple[int, int], turned: int) -> tuple[int, ...]:
    """Points in thousandths of the sides of the upright picture."""
    width, height = frame
    across, down = (height, width) if turned >= 5 else (width, height)
    found: list[int] = []
    for x, y in zip(ring[::2], ring[1::2], strict=True):
        there, below = upright(x, y, stored=frame, orientation=turned)
        found += [round(there / across * WHOLE), round(below / down * WHOLE)]
    return tuple(found)


def _corners(ring: Ring, frame: tuple[int, int], turned: int) -> tuple[int, ...]:
    """An outline without corners that lie on each other, and with so many at most as a page can show."""
    units = _units(ring, frame, turned)
    points = list(zip(units[::2], units[1::2], strict=True))
    kept = points if len(points) <= 4 else points[:1]
    if len(points) > 4:
        for x, y in points[1:]:
            if max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) >= NEAR:
                kept.append((x, y))
    step = -(-len(kept) // CORNERS)
    return tuple(value for point in kept[::step] for value in point)


def _coarse(mask: Mask, turned: int, grid: int) -> tuple[int, int, tuple[int, ...]]:
    """A mask on few cells, upright."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(pixels(mask).astype(np.uint8) * 255)
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(turned)
    if turn is not None:
        image = image.transpose(turn)
    scale = min(1.0, grid / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    ink = np.asarray(image.resize(size, Image.Resampling.BOX)) > 255 * FILLED
    if not ink.any():  # an object smaller than a cell is shown all the same
        ink = np.asarray(image.resize(size, Image.Resampling.BOX)) > 0
    return size[0], size[1], tuple(runs_of(ink.T.reshape(-1)))
