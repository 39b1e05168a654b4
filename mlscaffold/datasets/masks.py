"""Masks as run lengths: COCO's two ways to write them, rows for CVAT, pixels for everything else."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.record import Box, Mask, Ring

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MOST = 100_000_000
"""Pixels of the largest mask that is unpacked: more is a mistake or an attack."""


def mask_of(width: int, height: int, counts: Iterable[int]) -> Mask:
    """A mask of checked run lengths, in one normal form; raises ValueError where they do not fill the picture."""
    runs = list(counts)
    if width <= 0 or height <= 0 or width * height > MOST:
        raise ValueError(f"a mask of {width} × {height} pixels; 1 to {MOST} pixels are wanted")
    if any(run < 0 for run in runs):
        raise ValueError("a run length below zero")
    if sum(runs) != width * height:
        raise ValueError(f"run lengths of {sum(runs)} pixels in all, the mask has {width} × {height} = {width * height}")
    return Mask(width, height, array("I", _normal(runs)).tobytes())


def _normal(runs: Sequence[int]) -> list[int]:
    """Runs without empty ones inside (the first may be empty), so that equal masks are equal."""
    found: list[int] = []
    for place, run in enumerate(runs):
        ink = place % 2
        if found and not run:
            continue
        if len(found) > ink and (len(found) - 1) % 2 == ink:
            found[-1] += run
        else:
            found.append(run)
    return found


def unpack(text: str) -> list[int]:
    """Run lengths from COCO's compressed text: numbers of 6-bit letters, each from the third on a difference; raises ValueError."""
    counts: list[int] = []
    place = 0
    while place < len(text):
        value, shift, more = 0, 0, True
        while more:
            if place >= len(text):
                raise ValueError("compressed run lengths end in the middle of a number")
            letter = ord(text[place]) - 48
            if not 0 <= letter < 64 or shift > 60:
                raise ValueError(f"compressed run lengths hold {text[place]!r}, which is no letter of theirs")
            value |= (letter & 31) << shift
            more = bool(letter & 32)
            place, shift = place + 1, shift + 5
            if not more and letter & 16:
                value -= 1 << shift
        if len(counts) > 2:
            value += counts[-2]
        counts.append(value)
    return counts


def pack(counts: Sequence[int]) -> str:
    """COCO's compressed text of run lengths."""
    letters = []
    for place, count in enumerate(counts):
        value = count - counts[place - 2] if place > 2 else count
        more = True
        while more:
            letter, value = value & 31, value >> 5
            more = value != (-1 if letter & 16 else 0)
            letters.append(chr(letter + (32 if more else 0) + 48))
    return "".join(letters)


def area(mask: Mask) -> int:
    """How many pixels it covers."""
    return sum(mask.counts[1::2])


def mask_box(mask: Mask) -> Box | None:
    """The smallest box around it; none around an empty one."""
    left, right, top, bottom, place = mask.width, -1, mask.height, -1, 0
    for number, run in enumerate(mask.counts):
        if number % 2 and run:
            first, last = divmod(place, mask.height), divmod(place + run - 1, mask.height)
            left, right = min(left, first[0]), max(right, last[0])
            # A run into the next column covers the foot of one and the head of another.
            top = min(top, first[1] if first[0] == last[0] else 0)
            bottom = max(bottom, last[1] if first[0] == last[0] else mask.height - 1)
        place += run
    return None if right < 0 else (float(left), float(top), float(right - left + 1), float(bottom - top + 1))


def pixels(mask: Mask) -> Array:
    """The mask as rows of booleans."""
    import numpy as np

    counts = np.frombuffer(mask.data, dtype=np.uint32)
    ink = np.arange(len(counts)) % 2 == 1
    return np.repeat(ink, counts).reshape((mask.width, mask.height)).T


def from_pixels(rows: Array) -> Mask:
    """The mask of rows of booleans."""
    height, width = rows.shape
    return Mask(int(width), int(height), _runs(rows.T.reshape(-1)).tobytes())


def _runs(flat: Array) -> Array:
    """Run lengths of booleans, the first of False, as 32-bit numbers."""
    import numpy as np

    turns = np.flatnonzero(np.diff(flat.astype(np.int8))) + 1
    first = [0] if flat.size and flat[0] else []
    return np.concatenate([first, np.diff(np.concatenate([[0], turns, [flat.size]]))]).astype(np.uint32)


def runs_of(flat: Array) -> list[int]:
    """Run lengths of booleans, the first of False."""
    return [int(run) for run in _runs(flat)]


def drawn(rings: Sequence[Ring], size: tuple[int, int]) -> Mask:
    """The pixels whose centres lie within one of the outlines."""
    import numpy as np

    width, height = size
    rows = np.arange(height) + 0.5
    whole = np.zeros((height, width), dtype=bool)
    for ring in rings:
        turns = np.zeros((height, width + 1), dtype=np.int32)
        ends = list(zip(ring[::2], ring[1::2], strict=True))
        for (x1, y1), (x2, y2) in zip(ends, [*ends[1:], ends[0]], strict=True):
            crossed = np.flatnonzero((y1 <= rows) != (y2 <= rows))
            if crossed.size:
                xs = x1 + (rows[crossed] - y1) * ((x2 - x1) / (y2 - y1))
                turns[crossed, np.clip(np.ceil(xs - 0.5), 0, width).astype(int)] += 1
        whole |= np.cumsum(turns[:, :width], axis=1) % 2 == 1
    return from_pixels(whole)
