"""How the pictures of a project look, in numbers that need no model: light, colour, sharpness, size, compression."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from mlscaffold.evidence import data, media
from mlscaffold.project import Project

if TYPE_CHECKING:
    from mlscaffold.datasets.images import Facts

Look = dict[str, float]
"""Name of a property → its value; logarithms where ratios count."""

PROPERTIES: dict[str, Callable[[Facts], float]] = {
    "brightness": lambda f: f.mean,
    "contrast": lambda f: f.deviation,
    "sharpness": lambda f: math.log1p(f.sharpness),
    "size": lambda f: math.log(f.width * f.height),
    "shape": lambda f: math.log(f.width / f.height) * (-1 if f.orientation >= 5 else 1),
    "bytes per pixel": lambda f: math.log(f.size / (f.width * f.height)),
}
COLOURS = ("warmth", "greenness")
NAMES = (*PROPERTIES, *COLOURS)


def appearance(project: Project, paths: Iterable[str]) -> dict[str, Look]:
    """Path under `data/raw` → how that picture looks, of those that are here; nothing is decoded that was read before.

    Warmth is red less blue and greenness is green less their mean, as shares of all light: of the prepared pictures where they are
    here (of a JPEG only its brightness is read), else of the raw ones.
    """
    raw = data.raw_media(project)
    facts = media.facts(project, {path: raw[path] for path in paths if path in raw}, base=data.RAW)
    seen = {path: f for path, f in facts.items() if f.decode_ok}
    colours = _colours(project, seen)
    return {path: {name: value(f) for name, value in PROPERTIES.items()} | colours.get(path, {}) for path, f in seen.items()}


def plainly(name: str, value: float) -> str:
    """A value in the unit that people know."""
    match name:
        case "size":
            return f"{math.exp(value / 2):.0f} px a side"
        case "shape":
            return f"{math.exp(value):.2f} wide to high"
        case "bytes per pixel":
            return f"{math.exp(value):.2g}"
        case "sharpness":
            return f"{math.expm1(value):.0f}"
        case _:
            return f"{value:.3g}"


def _colours(project: Project, seen: dict[str, Facts]) -> dict[str, Look]:
    """The colours of all pictures from one kind of file: prepared copies, or the raw ones where all of them tell."""
    origins = {row.path: row.origin for row in _prepared(project) if row.origin in seen}
    here = {
        path: d for s in data.prepared_splits(project) for path, d in data.processed_media(project, s).items() if path in origins
    }
    prepared = media.facts(project, here, base="data/processed", look=False)
    found = {origins[path]: look for path, f in prepared.items() if (look := _colour(f))}
    if len(found) == len(seen):
        return found
    raw = {path: look for path, f in seen.items() if (look := _colour(f))}
    return raw if len(raw) == len(seen) else {}


def _colour(f: Facts) -> Look:
    """Warmth and greenness of a picture whose channels were summed."""
    import struct

    if f.mode != "RGB" or len(f.sums) != 48:
        return {}
    red, green, blue = struct.unpack("=6d", f.sums)[:3]
    light = red + green + blue
    return {"warmth": (red - blue) / light, "greenness": (green - (red + blue) / 2) / light} if light else {}


def _prepared(project: Project) -> list[data.Processed]:
    from mlscaffold.project import Missing

    try:
        return data.processed(project)
    except Missing:
        return []
