"""Change raw pictures of the finished project, so that their tables still agree as far as a test needs."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import PurePosixPath

from PIL import Image, ImageDraw

from tests.conftest import Sandbox
from tests.finished import rows_of

TABLE = "data/splits/belt.csv"


def repaint(project: Sandbox, path: str, change: Callable[[Image.Image], Image.Image]) -> None:
    """Replace a picture by a changed one, in the format that its name says."""
    buffer = io.BytesIO()
    kind = {".jpg": "JPEG", ".gif": "GIF", ".tif": "TIFF"}.get(PurePosixPath(path).suffix, "PNG")
    with Image.open(project.root / path) as image:
        change(image).save(buffer, kind)
    project.write({path: buffer.getvalue()})


def raw_pictures(project: Sandbox, split: str = "train") -> list[str]:
    """The raw pictures of a split, from the project's root."""
    return [f"data/raw/{r['path']}" for r in rows_of((project.root / TABLE).read_bytes()) if r["split"] == split]


def undealt(project: Sandbox) -> None:
    """A project before the splits."""
    for folder in ("data/splits", "data/processed", "reports", "exports"):
        project.remove(folder)
    project.remove("pipeline.json")


def scene(seed: int, *, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture of coloured shapes, which a perceptual hash knows again."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, tuple(chance.randrange(60, 200) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        w, h = chance.randrange(10, 60), chance.randrange(10, 60)
        colour = tuple(chance.randrange(256) for _ in range(3))
        (draw.rectangle if chance.random() < 0.5 else draw.ellipse)((x, y, x + w, y + h), fill=colour)
    return image


def scenes(project: Sandbox, *, splits: tuple[str, ...] = ("train", "validation", "eyeball", "test")) -> None:
    """Scenes in place of the random pixels of all raw pictures of these splits."""
    for split in splits:
        for i, path in enumerate(raw_pictures(project, split)):
            repaint(project, path, lambda _, seed=f"{split}{i}": scene(hash_of(seed)))  # type: ignore[misc]


def hash_of(text: str) -> int:
    """A number that is the same in every run."""
    return int.from_bytes(text.encode(), "big")
