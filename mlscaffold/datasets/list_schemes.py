"""Lists of boxes as other tools write them: those of the VIA annotator, of AutoML, and some without a header, in columns of ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from mlscaffold.datasets.geometry import number
from mlscaffold.datasets.record import SPLIT_NAMES, is_media

Rows = list[tuple[int, list[str]]]
"""Line number and cells of every row."""

SIDES = ["xmin", "ymin", "xmax", "ymax"]
_VIA = ("filename", "region_shape_attributes", "region_attributes")
_AUTOML = {**SPLIT_NAMES, "unassigned": ""}
_NAMES = ("class", "label", "type", "name", "category")


def translated(rows: Rows) -> tuple[Rows, list[str]]:
    """The rows with a header of ours and notes about them, where the scheme is a known one; else as they are."""
    if not rows:
        return rows, []
    header = [cell.strip().casefold().lstrip("#") for cell in rows[0][1]]
    if set(_VIA) <= set(header):
        return _via(header, rows)
    first = rows[0][1]
    if len(first) >= 9 and first[0].strip().casefold() in _AUTOML and _picture(first[1]):
        return _automl(rows)
    if _picture(first[0]):
        if len(first) == 8 and _numbers([*first[1:3], *first[4:]]):
            return [(0, ["filename", "width", "height", "class", *SIDES]), *rows], ["no header: width, height, class and sides"]
        if len(first) == 6 and (_numbers(first[1:5]) or not "".join(first[1:]).strip()):
            return [(0, ["filename", *SIDES, "class"]), *rows], ["no header: sides and class"]
    return rows, []


def _picture(cell: str) -> bool:
    return is_media(Path(cell.strip()))


def _numbers(cells: Sequence[str]) -> bool:
    return all(number(cell) is not None for cell in cells)


def _automl(rows: Rows) -> tuple[Rows, list[str]]:
    """Split, address, class and corners as fractions: the first and the third of four, or all of them."""
    found: Rows = [(0, ["split", "path", "class", *SIDES])]
    for line, cells in rows:
        full = [cell.strip() for cell in cells] + [""] * 11
        path = full[1].rsplit("/", 1)[-1] if full[1].startswith("gs://") else full[1]
        split = _AUTOML.get(full[0].casefold(), full[0])
        found.append((line, [split, path, full[2], full[3], full[4], full[7], full[8]]))
    return found, ["a list of AutoML: of an address in a bucket only the name counts"]


def _via(header: list[str], rows: Rows) -> tuple[Rows, list[str]]:
    """A row a region; what is no rectangle is taken as the box around it."""
    places = {name: header.index(name) for name in _VIA}
    found: Rows = [(rows[0][0], ["path", "class", *SIDES])]
    rounded = 0
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            found.append((line, cells[:1]))
            continue
        name, shape, told = (cells[places[key]] for key in _VIA)
        values = _object(shape)
        if values is not None and not values:
            found.append((line, [name, "", "", "", "", ""]))
            continue
        box = _box(values or {})
        rounded += box is not None and (values or {}).get("name") != "rect"
        found.append(
            (line, [name, _label(_object(told) or {}), *([f"{side:g}" for side in box] if box else [shape[:60], "", "", ""])])
        )
    notes = ["a list of the VIA annotator"]
    return found, [
        *notes,
        f"{rounded} outlines, circles and points of it are taken as the boxes around them",
    ] if rounded else notes


def _object(text: str) -> dict[str, object] | None:
    """A JSON object in a cell; None where it is none."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _label(told: dict[str, object]) -> str:
    """The class of a region: an attribute that is called so, else the only one; of a checkbox the one that is ticked."""
    key = next((name for name in _NAMES if name in told), next(iter(told), "") if len(told) == 1 else "")
    value = told.get(key, "")
    if isinstance(value, dict):
        ticked = [str(name) for name, on in value.items() if on]
        return ticked[0] if len(ticked) == 1 else ""
    return str(value) if isinstance(value, str | int | float) else ""


def _box(shape: dict[str, object]) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of a region; None where it has no numbers."""
    lists = shape.get("all_points_x"), shape.get("all_points_y")
    if isinstance(lists[0], list) and isinstance(lists[1], list):
        xs, ys = ([number(value) for value in values] for values in lists if isinstance(values, list))
        plain_x, plain_y = [x for x in xs if x is not None], [y for y in ys if y is not None]
        if not plain_x or len(plain_x) < len(xs) or len(plain_y) < len(ys) or not plain_y:
            return None
        return min(plain_x), min(plain_y), max(plain_x), max(plain_y)
    told = {key: number(value) for key, value in shape.items()}
    x, y, width, height = (told.get(key) for key in ("x", "y", "width", "height"))
    if x is not None and y is not None and width is not None and height is not None:
        return x, y, x + width, y + height
    across, down = told.get("cx"), told.get("cy")
    right, below = told.get("rx", told.get("r")), told.get("ry", told.get("r"))
    if across is not None and down is not None and right is not None and below is not None:
        return across - right, down - below, across + right, down + below
    return None
