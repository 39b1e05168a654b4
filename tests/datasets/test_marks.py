"""Objects sit on what they mark, however the picture is turned, and are small enough for a page."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from mlscaffold.datasets.marks import CORNERS, Mark, marks_of
from mlscaffold.datasets.masks import from_pixels
from mlscaffold.datasets.pictures import header_of
from mlscaffold.datasets.record import Shape
from mlscaffold.datasets.thumbnails import thumbnail

WIDE, HIGH = 200, 120
LEFT, TOP, ACROSS, DOWN = 30, 20, 60, 20
"""A white field on the stored pixels, in one corner and longer than high: every turn and flip moves it elsewhere."""


def turned(folder: Path, orientation: int) -> Path:
    """A dark picture with the white field, which EXIF wants shown turned."""
    image = Image.new("RGB", (WIDE, HIGH), (20, 20, 20))
    image.paste((255, 255, 255), (LEFT, TOP, LEFT + ACROSS, TOP + DOWN))
    exif = image.getexif()
    exif[0x0112] = orientation
    path = folder / f"{orientation}.png"
    image.save(path, exif=exif)
    return path


def field(path: Path) -> tuple[int, ...]:
    """The box of the white field on the thumbnail, in thousandths: left, top, right, bottom."""
    with Image.open(io.BytesIO(thumbnail(path.read_bytes(), edge=WIDE))) as small:
        rows, columns = np.nonzero(np.asarray(small.convert("L")) > 128)
        return tuple(
            round(1000 * v / side)
            for v, side in ((columns.min(), small.width), (rows.min(), small.height), (columns.max() + 1, small.width), (rows.max() + 1, small.height))
        )  # fmt: skip


def around(mark: Mark) -> tuple[int, ...]:
    """The box around a mark: left, top, right, bottom."""
    if mark.mask:
        wide, high, runs = mark.mask
        ink = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(wide, high).T
        rows, columns = np.nonzero(ink)
        edges = (columns.min() / wide, rows.min() / high, (columns.max() + 1) / wide, (rows.max() + 1) / high)
        return tuple(round(1000 * edge) for edge in edges)
    values = mark.points or tuple(v for ring in mark.rings for v in ring)
    return min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])


BOX = (float(LEFT), float(TOP), float(ACROSS), float(DOWN))
RING = (LEFT, TOP, LEFT + ACROSS, TOP, LEFT + ACROSS, TOP + DOWN, LEFT + ACROSS / 2, TOP + DOWN - 1, LEFT, TOP + DOWN)
INK = np.zeros((HIGH, WIDE), dtype=bool)
INK[TOP : TOP + DOWN, LEFT : LEFT + ACROSS] = True
STANDING = (LEFT + ACROSS / 2 - DOWN / 2, TOP + DOWN / 2 - ACROSS / 2, float(DOWN), float(ACROSS))
SHAPES = {
    "box": Shape("field", BOX),
    "outline": Shape("field", BOX, rings=(RING,)),
    "mask": Shape("field", BOX, mask=from_pixels(INK)),
    "points": Shape("field", points=(LEFT, TOP, LEFT + ACROSS, TOP + DOWN)),
    "turned box": Shape("field", STANDING, angle=90.0),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", SHAPES)
def test_an_object_sits_on_what_it_marks(tmp_path: Path, kind: str, orientation: int) -> None:
    path = turned(tmp_path, orientation)
    header = header_of(path)
    assert header is not None and header.orientation == orientation
    (mark,) = marks_of([SHAPES[kind]], told=(WIDE, HIGH), header=header, grid=200)

    assert around(mark) == pytest.approx(field(path), abs=6)


def test_what_is_meant_on_the_upright_picture_is_not_turned_again(tmp_path: Path) -> None:
    path = turned(tmp_path, 6)
    header = header_of(path)
    assert header is not None
    with Image.open(path) as image:
        left, top, right, bottom = ImageOps.exif_transpose(image).convert("L").point(lambda v: 255 * (v > 128)).getbbox()  # type: ignore[misc]
    upright = Shape("field", (left, top, right - left, bottom - top))
    (mark,) = marks_of([upright], told=header.upright, header=header, grid=200)

    assert around(mark) == pytest.approx(field(path), abs=6)


def test_what_a_page_says_of_an_object(tmp_path: Path) -> None:
    header = header_of(turned(tmp_path, 1))
    assert header is not None
    shape = Shape("field", BOX, angle=30.0, crowd=True, occluded=True, score=0.5, attributes={"colour": "white", "empty": ""})
    (mark,) = marks_of([shape], told=None, header=header, grid=100)

    assert mark.notes == ("crowd", "occluded", "turned by 30°", "score 0.50", "colour white")


def test_outlines_and_masks_are_small_and_never_gone(tmp_path: Path) -> None:
    header = header_of(turned(tmp_path, 1))
    assert header is not None
    angles = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    circle = np.stack([100 + 50 * np.cos(angles), 60 + 50 * np.sin(angles)], axis=1).reshape(-1)
    dot = np.zeros((HIGH, WIDE), dtype=bool)
    dot[50, 100] = True
    marks = marks_of(
        [Shape("a", rings=(tuple(circle.tolist()),)), Shape("b", mask=from_pixels(dot))], told=None, header=header, grid=20
    )

    assert 40 < len(marks[0].rings[0]) // 2 <= CORNERS
    assert around(marks[0]) == pytest.approx((250, 83, 750, 917), abs=8)
    assert marks[1].mask is not None and sum(marks[1].mask[2][1::2]) == 1
