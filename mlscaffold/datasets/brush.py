"""The packed masks of Label Studio's brush: bits of a header, then runs and single values of red, green, blue and alpha."""

from __future__ import annotations

from collections.abc import Sequence

from mlscaffold.datasets.masks import MOST, from_pixels, pixels, runs_of
from mlscaffold.datasets.record import Mask

_SIZES = (3, 4, 8, 16)
"""Bits in which we write the length of a run; a file names its own four."""


def unpack_brush(data: Sequence[int], width: int, height: int) -> Mask:
    """The mask of packed bytes, from their alpha; raises ValueError where they do not fill the picture."""
    import numpy as np

    if width <= 0 or height <= 0 or width * height > MOST:
        raise ValueError(f"a mask of {width} × {height} pixels")
    if any(isinstance(byte, bool) or not isinstance(byte, int) or not 0 <= byte <= 255 for byte in data):
        raise ValueError("holds values that are no bytes")
    bits = "".join(f"{byte:08b}" for byte in data)
    place = 0

    def take(count: int) -> int:
        nonlocal place
        if place + count > len(bits):
            raise ValueError("ends in the middle")
        place += count
        return int(bits[place - count : place], 2)

    total, word = take(32), take(5) + 1
    sizes = [take(4) + 1 for _ in range(4)]
    if total != width * height * 4:
        raise ValueError(f"holds {total} values; {width} × {height} pixels have {width * height * 4}")
    values = np.zeros(total, dtype=np.int64)
    done = 0
    while done < total:
        run = take(1)
        end = done + 1 + take(sizes[take(2)])
        if end > total:
            raise ValueError("holds more than its header says")
        if run:
            values[done:end] = take(word)
        else:
            values[done:end] = [take(word) for _ in range(end - done)]
        done = end
    return from_pixels(values.reshape((height, width, 4))[:, :, 3] > 0)


def pack_brush(mask: Mask) -> list[int]:
    """The bytes of a mask: every pixel four times 255 or 0, in runs only."""
    found = [f"{mask.width * mask.height * 4:032b}{7:05b}", *(f"{size - 1:04b}" for size in _SIZES)]
    for place, run in enumerate(runs_of(pixels(mask).reshape(-1))):
        left = run * 4
        while left:
            part = min(left, 1 << _SIZES[-1])
            code = next(number for number, size in enumerate(_SIZES) if part <= 1 << size)
            found.append(f"1{code:02b}{part - 1:0{_SIZES[code]}b}{255 * (place % 2):08b}")
            left -= part
    bits = "".join(found)
    bits += "0" * (-len(bits) % 8)
    return [int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)]
