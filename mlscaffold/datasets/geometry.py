"""Boxes and outlines: the hull of a shape, a turned box, and what is wrong with numbers that claim to be a box."""

from __future__ import annotations

from dataclasses import replace
from math import cos, isfinite, radians, sin

from mlscaffold.datasets.masks import mask_box
from mlscaffold.datasets.record import Box, KeyPoints, Ring, Shape

TOLERANCE = 1.0
"""Pixels by which a box may leave the picture: formats that count from one and those that round differ by that."""


def ring_box(ring: Ring) -> Box:
    """The smallest upright box around corners."""
    xs, ys = ring[::2], ring[1::2]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def corners(box: Box, angle: float) -> Ring:
    """The four corners of a box that is turned clockwise about its centre."""
    x, y, width, height = box
    across, down = x + width / 2, y + height / 2
    turn_x, turn_y = cos(radians(angle)), sin(radians(angle))
    found: list[float] = []
    for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        right, below = dx * width / 2, dy * height / 2
        found += [across + right * turn_x - below * turn_y, down + right * turn_y + below * turn_x]
    return tuple(found)


def outline(shape: Shape) -> tuple[Ring, ...]:
    """What bounds a shape: its rings, else the corners of its turned box."""
    if not shape.rings and shape.angle and shape.box:
        return (corners(shape.box, shape.angle),)
    return shape.rings


def hull(shape: Shape) -> Box | None:
    """The smallest upright box that holds the shape: what its outline says, else its box, else its points."""
    if rings := outline(shape):
        return ring_box(tuple(value for ring in rings for value in ring))
    if shape.mask:
        return mask_box(shape.mask)
    if shape.box is not None:
        return shape.box
    return ring_box(shape.points) if shape.points else around(shape.keypoints)


def around(keypoints: KeyPoints | None) -> Box | None:
    """The smallest upright box that holds the marked key points."""
    marked = keypoints.marked if keypoints else ()
    return ring_box(tuple(value for x, y, _ in marked for value in (x, y))) if marked else None


def upright(x: float, y: float, *, stored: tuple[int, int], orientation: int) -> tuple[float, float]:
    """A point of the stored pixels, on the picture as EXIF wants it shown."""
    width, height = stored
    places = {
        2: (width - x, y),
        3: (width - x, height - y),
        4: (x, height - y),
        5: (y, x),
        6: (height - y, x),
        7: (height - y, width - x),
        8: (y, width - x),
    }
    return places.get(orientation, (x, y))


def turned_upright(shape: Shape, stored: tuple[int, int], orientation: int) -> Shape:
    """Box, outline and key points of a shape on the stored pixels, on the picture as EXIF wants it shown."""

    def turn(ring: Ring) -> Ring:
        return tuple(
            v for x, y in zip(ring[::2], ring[1::2], strict=True) for v in upright(x, y, stored=stored, orientation=orientation)
        )

    box = shape.box
    if box:
        box = ring_box(turn((box[0], box[1], box[0] + box[2], box[1] + box[3])))
    named = shape.keypoints
    if named:
        turned = [(*upright(x, y, stored=stored, orientation=orientation), seen) for x, y, seen in named.points]
        named = replace(named, points=tuple(new if new[2] else old for new, old in zip(turned, named.points, strict=True)))
    return replace(shape, rings=tuple(turn(ring) for ring in shape.rings), box=box, keypoints=named)


def bounds(shape: Shape) -> Box | None:
    """The upright box of a shape: the one that somebody gave, else its hull."""
    return shape.box if shape.box is not None and not shape.angle else hull(shape)


def number(value: object) -> float | None:
    """A finite number from a number or its text; a decimal comma is understood. None for everything else."""
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "."))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def numbers(values: object, least: int = 0) -> tuple[float, ...] | None:
    """Finite numbers from a list of them; None if it is none, too short, or one of them is no number."""
    if not isinstance(values, list | tuple) or len(values) < least:
        return None
    if all(type(value) is float or type(value) is int for value in values):
        # The usual case, and millions of them.
        try:
            plain = tuple(map(float, values))
        except OverflowError:
            return None
        return plain if all(map(isfinite, plain)) else None
    found = tuple(number(value) for value in values)
    return tuple(value for value in found if value is not None) if None not in found else None


def wrong_box(box: Box, size: tuple[int, int] | None) -> tuple[str, str] | None:
    """Kind and words of what makes a box useless: inverted, without area, or wholly outside of the picture."""
    x, y, width, height = box
    shown = f"box {show(box)}"
    if width < 0 or height < 0:
        return "inverted-box", f"{shown} ends before it begins"
    if not width or not height:
        return "empty-box", f"{shown} has no area"
    if size and (x >= size[0] or y >= size[1] or x + width <= 0 or y + height <= 0):
        return "box-elsewhere", f"{shown} lies wholly outside of the picture of {size[0]} × {size[1]}"
    return None


def leaves(box: Box, size: tuple[int, int] | None) -> bool:
    """Whether a box leaves the picture by more than a pixel."""
    x, y, width, height = box
    return bool(size) and (
        x < -TOLERANCE or y < -TOLERANCE or x + width > size[0] + TOLERANCE or y + height > size[1] + TOLERANCE  # type: ignore[index]
    )


def show(values: tuple[float, ...]) -> str:
    """Numbers as people write them."""
    return ", ".join(f"{value:g}" for value in values[:8]) + (" …" if len(values) > 8 else "")


def exact(value: float) -> float | int:
    """A number without a needless `.0` and without the dust of arithmetic, for files."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded
