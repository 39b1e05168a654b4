"""What the columns of a list mean: by their names in several languages, else by what is in them; nothing is guessed where two would do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from mlscaffold.datasets.record import Sniff

_NAMES = {
    "path": (
        *("path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "image_file", "image_name"),
        *("image_filename", "imagename", "img", "img_path", "img_name", "image_index", "image_id", "imageid", "id_code"),
        *("datei", "dateiname", "bild", "bildname", "文件", "文件名", "图片", "图像", "图片名称"),
    ),
    "text": ("text", "sentence", "utterance", "question", "review", "comment", "message", "content"),
    "label": (
        *("label", "class", "category", "class_name", "label_name", "labels", "classes", "target", "choice", "finding_labels"),
        *("diagnosis", "dx", "breed", "species", "class_id", "label_id", "category_id"),
        *("klasse", "etikett", "kategorie", "标签", "类别", "分类"),
    ),
    "group": ("group", "patient", "patient_id", "subject", "subject_id", "product", "product_id", "lesion_id", "video", "scene"),
    "split": ("split", "subset", "set", "partition"),
    "width": ("width", "image_width"),
    "height": ("height", "image_height"),
    "xmin": ("xmin", "x_min", "x1", "left"),
    "ymin": ("ymin", "y_min", "y1", "top"),
    "xmax": ("xmax", "x_max", "x2", "right"),
    "ymax": ("ymax", "y_max", "y2", "bottom"),
}
SIDES = ("xmin", "ymin", "xmax", "ymax")
OBJECT = ("class", "class_name", "category", "object", "label", "label_name", "name")
_KNOWN = frozenset(known for names in (*_NAMES.values(), OBJECT) for known in names)
BETWEEN = "\x1f"
"""Stands between labels in one cell, once a table is settled."""
LOOKED_AT = 50
_YES, _NO = frozenset({"1", "1.0", "true"}), frozenset({"0", "0.0", "false", ""})


@dataclass(frozen=True)
class Table:
    """A header and rows of text; each row with where it stands. `name` is the file's, for its splits."""

    name: str
    header: list[str]
    rows: list[tuple[str, list[str]]]


def title(cell: str) -> str:
    """The name of a column as it is looked up: lower case, underscores for blanks and dashes."""
    return re.sub(r"[\s-]+", "_", cell.strip().casefold())


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Which cell of the header is path, label, group, split …: the first known name of each wins."""
    titles = [title(cell) for cell in header]
    found: dict[str, int] = {}
    for meaning, names in _NAMES.items():
        place = next((titles.index(name) for name in names if name in titles), None)
        if place is not None:
            found[meaning] = place
    if set(SIDES) <= found.keys():
        owner = next((name for name in OBJECT if name in titles), None)
        if owner:
            found["class"] = titles.index(owner)
        if found.get("label") == found.get("class"):
            found.pop("label", None)
            if owner != "label" and "label" in titles:
                found["label"] = titles.index("label")
    else:
        # Sides of a picture without boxes on it are columns like others.
        found = {meaning: place for meaning, place in found.items() if meaning not in ("width", "height", *SIDES)}
    return found


def taken(name: str) -> bool:
    """Whether an attribute of that name would be read as a column of ours."""
    return title(name) in _KNOWN


def settled(table: Table, is_picture: Callable[[str], bool]) -> tuple[Table, dict[str, int], list[str]]:
    """The table with the meaning of its columns, and notes on what was told from their content.

    A column whose cells name pictures is the path; columns of 0 and 1 are one label; the only other column is the label if its
    values repeat. Several labels in a cell are set apart.
    """
    columns, notes = columns_of(table.header), []
    if not {"path", "text"} & columns.keys() and (place := _path_column(table, is_picture)) is not None:
        columns = {meaning: at for meaning, at in columns.items() if at != place} | {"path": place}
        notes.append(f'column "{table.header[place].strip()}" names the pictures')
    guess = "path" in columns and "class" not in columns
    if guess and "label" not in columns:
        table, columns = _from_flags(table, columns, notes)
    if guess and "label" not in columns and (only := _only_other(table, columns)) is not None:
        columns = columns | {"label": only}
        notes.append(f'column "{table.header[only].strip()}" is taken for the label: no other can be')
    if "label" in columns:
        table = _apart(table, columns["label"], notes)
    return table, columns, notes


def _path_column(table: Table, is_picture: Callable[[str], bool]) -> int | None:
    """The one column whose cells name pictures that are there."""
    rows = [cells for _, cells in table.rows[:LOOKED_AT] if len(cells) == len(table.header)]
    found = []
    for place in range(len(table.header)):
        cells = [row[place].strip() for row in rows]
        # A few small numbers are often names of files too; a column of names has none twice.
        if cells and len(set(cells)) == len(cells) and 2 * sum(is_picture(cell) for cell in cells) > len(cells):
            found.append(place)
    return found[0] if len(found) == 1 else None


def _free(table: Table, columns: Mapping[str, int]) -> list[int]:
    """Columns that mean nothing yet; one without a name, or named for an index, holds row numbers."""
    held = set(columns.values())
    free = [place for place in range(len(table.header)) if place not in held]
    return [place for place in free if title(table.header[place]) not in ("", "index", "unnamed:_0", "id")]


def _column(table: Table, place: int) -> list[str]:
    return [cells[place].strip() for _, cells in table.rows if len(cells) == len(table.header)]


def _from_flags(table: Table, columns: dict[str, int], notes: list[str]) -> tuple[Table, dict[str, int]]:
    """One column of labels for many of 0 and 1 (one-hot), where every row has at least one of them."""
    flags = [place for place in _free(table, columns) if {c.casefold() for c in _column(table, place)} <= _YES | _NO]

    def flagged(cells: Sequence[str]) -> list[str]:
        return [table.header[p].strip() for p in flags if cells[p].strip().casefold() in _YES]

    named = [flagged(cells) for _, cells in table.rows if len(cells) == len(table.header)]
    if len(flags) < 2 or not named or not all(named):
        return table, columns
    kept = [place for place in range(len(table.header)) if place not in set(flags)]
    rows = []
    for where, cells in table.rows:
        if len(cells) == len(table.header):
            rows.append((where, [*(cells[place] for place in kept), BETWEEN.join(flagged(cells))]))
        else:
            rows.append((where, cells))
    notes.append(f"{len(flags)} columns of 0 and 1 are read as one label: {', '.join(table.header[p].strip() for p in flags[:5])}"
                 + (" …" if len(flags) > 5 else ""))  # fmt: skip
    moved = {meaning: kept.index(place) for meaning, place in columns.items()}
    return Table(table.name, [*(table.header[place] for place in kept), "label"], rows), moved | {"label": len(kept)}


def _only_other(table: Table, columns: Mapping[str, int]) -> int | None:
    """The only column that is left, if its values repeat as those of labels do."""
    free = _free(table, columns)
    if len(free) != 1:
        return None
    values = [value for value in _column(table, free[0]) if value]
    return free[0] if values and 2 * len(set(values)) <= len(values) else None


def _apart(table: Table, place: int, notes: list[str]) -> Table:
    """The table with several labels of one cell set apart: lists of JSON, and names between bars, semicolons or commas.

    Names between semicolons or commas are several only where most of them stand alone elsewhere: "a, b" may be one class. Names
    between blanks are never taken apart, but told.
    """
    cells = {value for value in _column(table, place) if value and BETWEEN not in value}
    split = several(cells)
    blank = [cell for cell in sorted(cells) if len(words := cell.split()) > 1 and cell not in split and set(words) <= cells]
    if blank:
        notes.append(
            f'{len(blank)} labels are other labels with blanks between ("{blank[0]}"): if these are several labels, set "|" between them'
        )
    if not split:
        return table
    rows = [(where, [*c[:place], BETWEEN.join(split.get(c[place].strip(), (c[place],))), *c[place + 1 :]] if place < len(c) else c)
            for where, c in table.rows]  # fmt: skip
    return replace(table, rows=rows)


def several(cells: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The labels of every cell that holds several, among the cells of one column."""
    alone = set(cells)
    split: dict[str, tuple[str, ...]] = {cell: listed for cell in cells if (listed := _listed(cell))}
    for sign in ("|", ";", ","):
        apart = {cell: tuple(p.strip() for p in cell.split(sign)) for cell in cells if sign in cell and cell not in split}
        parts = {part for found in apart.values() for part in found}
        if parts and "" not in parts and (sign == "|" or 2 * len(parts & alone) > len(parts)):
            split |= apart
    return split


def _listed(cell: str) -> tuple[str, ...]:
    """The labels of a cell that is a JSON list of plain values."""
    if not cell.startswith("["):
        return ()
    try:
        values = json.loads(cell)
    except (ValueError, RecursionError):
        return ()
    return tuple(str(value) for value in values if isinstance(value, str | int) and str(value))


def fits(table: Table, kind: str, is_picture: Callable[[str], bool] = lambda _: False) -> Sniff:
    """How well a table is a list."""
    settled_, columns, _ = settled(table, is_picture)
    header = settled_.header
    if "path" in columns and "class" in columns:
        return Sniff(
            0.95, f"{kind} with the columns {header[columns['path']]} and {', '.join(header[columns[side]] for side in SIDES)}"
        )
    if "path" in columns and "label" in columns:
        told = (
            header[columns["label"]] if settled_ is table or len(header) == len(table.header) else "one of 0 and 1 for each class"
        )
        return Sniff(0.95, f"{kind} with the columns {header[columns['path']]} and {told}")
    if "text" in columns and "label" in columns:
        return Sniff(0.8, f"{kind} with the columns {header[columns['text']]} and {header[columns['label']]}")
    if "path" in columns:
        # Less than pictures alone: often a list of checksums that lies beside them.
        return Sniff(0.15, f"{kind} with paths, but no column of labels among: {', '.join(header)[:120]}", seen=True)
    return Sniff(0.0, f"{kind} with no column of paths among: {', '.join(header)[:120]}", seen=True)
