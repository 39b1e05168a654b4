"""Photographs to measure on: crops, resizes and recompressions of real ones, since noise and drawings compress unlike them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

from PIL import Image, ImageEnhance

SHARED = Path(__file__).resolve().parents[2] / "shared" / "datasets"
LEAST = 300  # pixels of a source's shorter side
PARTS = 10  # of a class


def sources(folder: Path = SHARED) -> list[Path]:
    """The real photographs that all others are made from, none of a mask."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".jpg", ".jpeg", ".png") and "mask" not in path.as_posix():
            with Image.open(path) as image:
                if min(image.size) >= LEAST:
                    found.append(path)
    if not found:
        raise SystemExit(f"no photographs below {folder}: name a folder of real ones with --photographs")
    return found


def make(folder: Path, count: int, *, originals: Iterable[Path], longest: tuple[int, int] = (500, 500)) -> Path:
    """Write `count` JPEGs below the folder, in sub-folders of a tenth each; the same call gives the same files, and those there are not made again."""
    for part in range(PARTS):
        (folder / f"{part:02d}").mkdir(parents=True, exist_ok=True)
    work = partial(_write, str(folder), tuple(map(str, originals)), longest)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        list(pool.map(work, range(count), chunksize=100))
    return folder


def _write(folder: str, originals: tuple[str, ...], longest: tuple[int, int], number: int) -> None:
    target = Path(folder, f"{number % PARTS:02d}", f"{number:06d}.jpg")
    if target.exists():
        return
    chance = Random(number)
    image = _opened(originals[number % len(originals)])
    share = chance.uniform(0.6, 0.95)
    width, height = round(image.width * share), round(image.height * share)
    left, top = chance.randrange(image.width - width + 1), chance.randrange(image.height - height + 1)
    side = chance.randint(*longest)
    scale = side / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    photograph = image.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))
    photograph = ImageEnhance.Brightness(photograph).enhance(chance.uniform(0.8, 1.2))
    photograph.save(target, quality=chance.choice((80, 85, 90)))


@lru_cache(maxsize=32)
def _opened(path: str) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")
