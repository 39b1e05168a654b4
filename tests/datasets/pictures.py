"""Pictures that tests draw."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw


def scene(seed: int, size: tuple[int, int] = (120, 90)) -> Image.Image:
    """A picture of coloured shapes, unlike that of another seed."""
    chance = Random(seed)
    image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        w, h = chance.randrange(5, size[0] // 2), chance.randrange(5, size[1] // 2)
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape((x - w // 2, y - h // 2, x + w // 2, y + h // 2), fill=tuple(chance.randrange(256) for _ in range(3)))
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def put(path: Path, seed: int, size: tuple[int, int] = (120, 90)) -> Path:
    """A picture file at the path, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scene(seed, size).save(path)
    return path
