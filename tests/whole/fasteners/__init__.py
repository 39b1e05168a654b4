"""Drawn photographs of bolts, nuts, washers and plates: each part is photographed two or three times, on two lines, by day and by lamp."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

CLASSES = ("bolt", "nut", "plate", "washer")
SIZE = 96
PARTS = {"line-a": 44, "line-b": 16}
RATIOS = {"bolt": (0.28, 0.44), "nut": (0.42, 0.58), "plate": (0.28, 0.44), "washer": (0.5, 0.72)}
LIGHTS = {"day": (226, 1.0), "lamp": (176, 0.82)}


def write_photographs(folder: Path) -> dict[str, Path]:
    """Write the pictures of both lines and a list beside each; returns source → list."""
    return {source: _line(folder / source, source, parts) for source, parts in PARTS.items()}


def write_field(folder: Path, count: int = 52) -> dict[str, str]:
    """Write pictures of parts that no line has seen; returns name → what lies there."""
    folder.mkdir(parents=True, exist_ok=True)
    chance, answers = random.Random("field"), {}
    for i in range(count):
        kind = CLASSES[i % len(CLASSES)]
        name = f"bench-{i:03}.jpg"
        _photograph(kind, _part(kind, chance), chance, light=("day", "lamp")[i % 2]).save(folder / name, quality=90)
        answers[name] = kind
    return answers


def _line(folder: Path, source: str, parts: int) -> Path:
    (folder / "photos").mkdir(parents=True)
    chance, rows = random.Random(source), []
    for kind in CLASSES:
        for number in range(parts):
            part = _part(kind, chance)
            for shot in range(chance.choice((2, 3))):
                light = chance.choice(tuple(LIGHTS))
                name = f"photos/{kind[0]}{number:03}_{shot}.jpg"
                _photograph(kind, part, chance, light=light).save(folder / name, quality=92)
                rows.append({"path": name, "label": kind, "group": f"{source}/{kind}-{number:03}", "light": light})
    chance.shuffle(rows)
    path = folder / "labels.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _part(kind: str, chance: random.Random) -> dict[str, float]:
    """What stays the same from picture to picture: size, proportion, grey, wear."""
    return {
        "size": chance.uniform(22, 34),
        "ratio": chance.uniform(*RATIOS[kind]),
        "grey": chance.uniform(60, 165),
        "warm": chance.uniform(-18, 18),
        "wear": chance.random() * 1000,
        "round": chance.triangular(0, 0.4, 0.05),  # how far the corners of a nut are worn off: 1 is a circle
        "shaft": chance.uniform(0.1, 1.2),  # what sticks out of a bolt's head
    }


def _photograph(kind: str, part: dict[str, float], chance: random.Random, *, light: str) -> Image.Image:
    import numpy as np
    from PIL import Image, ImageDraw, ImageFilter

    ground, strength = LIGHTS[light]
    metal = tuple(int(min(255, max(0, part["grey"] * strength + part["warm"] * s))) for s in (1, 0, -1))
    picture = Image.new("RGB", (SIZE * 2, SIZE * 2), (ground, ground - 6, ground - 14))
    draw = ImageDraw.Draw(picture)
    centre = (SIZE + chance.uniform(-16, 16), SIZE + chance.uniform(-16, 16))
    for outline, colour in _outlines(kind, part, chance.uniform(0, 2 * math.pi)):
        points = [(centre[0] + 2 * x, centre[1] + 2 * y) for x, y in outline]
        draw.polygon(points, fill=metal if colour else (ground, ground - 6, ground - 14), outline=(40, 40, 44))
    wear = random.Random(part["wear"])
    for _ in range(14):  # scratches belong to the part, so that no two parts look the same
        x, y = (c + wear.uniform(-1, 1) * part["size"] * 1.4 for c in centre)
        draw.line(
            (x, y, x + wear.uniform(-14, 14), y + wear.uniform(-14, 14)), fill=tuple(min(255, m + 45) for m in metal), width=2
        )
    for _ in range(chance.choice((0, 0, 0, 1, 2))):  # oil on the belt hides a piece of it
        x, y, r = centre[0] + chance.uniform(-60, 60), centre[1] + chance.uniform(-60, 60), chance.uniform(10, 24)
        draw.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=(70, 66, 60))
    small = picture.filter(ImageFilter.GaussianBlur(chance.uniform(1, 2))).resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    noise = np.random.default_rng(chance.randrange(2**32)).normal(0, 8, (SIZE, SIZE, 1))
    return Image.fromarray(np.clip(np.asarray(small, float) + noise, 0, 255).astype("uint8"))


def _outlines(kind: str, part: dict[str, float], turn: float) -> list[tuple[list[tuple[float, float]], bool]]:
    """Polygons around the centre: metal, then holes."""
    size, ratio = part["size"], part["ratio"]

    def turned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)) for x, y in points]

    def ring(radius: float, corners: int) -> list[tuple[float, float]]:
        return turned(
            [(radius * math.cos(2 * math.pi * i / corners), radius * math.sin(2 * math.pi * i / corners)) for i in range(corners)]
        )

    def bar(left: float, right: float, half: float) -> list[tuple[float, float]]:
        return turned([(left, -half), (right, -half), (right, half), (left, half)])

    if kind == "nut":
        flat = math.cos(math.pi / 6)
        hexagon = [flat / math.cos((i % 4) * math.pi / 12 - math.pi / 6) for i in range(24)]
        radii = [size * min(r, 1 - (1 - flat) * part["round"]) for r in hexagon]
        return [([(r * x, r * y) for r, (x, y) in zip(radii, ring(1, 24), strict=True)], True), (ring(size * ratio, 28), False)]
    if kind == "washer":
        return [(ring(size, 40), True), (ring(size * ratio, 28), False)]
    if kind == "bolt":
        return [(bar(-size * 0.4, size * part["shaft"], size * ratio * 0.5), True), (bar(-size, -size * 0.4, size * 0.62), True)]
    return [(bar(-size, size, size * (ratio + 0.2)), True)]
