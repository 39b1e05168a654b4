"""Lists of pictures or texts, a row each (or a row a box): what their columns mean, whatever file they come from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlscaffold.datasets.collecting import Findings, frame, judged, text_of, told_size
from mlscaffold.datasets.exporting import Placed, under
from mlscaffold.datasets.geometry import bounds, exact, number
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.list_columns import BETWEEN, SIDES, Table, settled, several, taken
from mlscaffold.datasets.list_paths import Finder, refusal
from mlscaffold.datasets.pictures import header_of, split_in
from mlscaffold.datasets.record import SPLIT_NAMES, Record, Shape, Sniff, is_clutter, is_media, leads_out

HOLDS = holds("pictures, text, label, labels, group, attributes, split, any split, boxes")
"""What a list holds: pictures or texts with their labels, and upright boxes."""

_FRACTION = 1.5


def tables_in(path: Path, endings: Iterable[str]) -> list[Path]:
    """The list itself, or those that lie in the folder: where some are named for splits, those alone."""
    endings = frozenset(endings)
    if path.is_file():
        return [path] if path.suffix.lower() in endings else []
    if not path.is_dir():
        return []
    inside = [p for p in path.iterdir() if p.suffix.lower() in endings and p.is_file() and not is_clutter(p.name)]
    inside = sorted(p for p in inside if not (p.is_symlink() and leads_out(p, path)))
    return [p for p in inside if p.stem.casefold() in SPLIT_NAMES] or inside


def only(tables: Sequence[Path], kind: str) -> Sniff | None:
    """Why these files are no list: none, or several that are not the splits of one set."""
    if not tables:
        return Sniff(0.0, f"no {kind}")
    if len(tables) > 1 and any(p.stem.casefold() not in SPLIT_NAMES for p in tables):
        return Sniff(
            0.0, f"{len(tables)} tables in the folder ({', '.join(p.name for p in tables[:5])}); name one of them", seen=True
        )
    return None


def table_of(name: str, objects: Iterable[tuple[str, object]], findings: Findings) -> Table:
    """A table from objects with named values (JSON, Parquet): the header is all their keys."""
    kept: list[tuple[str, Mapping[str, Any]]] = []
    for where, row in objects:
        if isinstance(row, dict):
            kept.append((where, row))
        else:
            findings.item(where, "no-object", f"is {type(row).__name__}; an object with named values is wanted")
    header = list(dict.fromkeys(str(key) for _, row in kept for key in row))
    cells = ((where, {str(key): value for key, value in row.items()}) for where, row in kept)
    return Table(name, header, [(where, [_cell(row.get(title)) for title in header]) for where, row in cells])


def _cell(value: object) -> str:
    """A value as the text of a cell; bytes of a picture in a table are no path."""
    if isinstance(value, dict) and value.keys() <= {"bytes", "path"} and value:
        return "" if value.get("bytes") else text_of(value.get("path"))
    if isinstance(value, bytes):
        return ""
    return text_of(value)


def read_tables(base: Path, tables: Sequence[Table], findings: Findings, *, whole: bool = False) -> None:
    """Every row of every table; paths are looked for in the folder, in the usual image folders there, and by their ends.

    Of a `whole` folder the pictures that no row names are counted too.
    """
    seen: dict[Path, tuple[str, str]] = {}
    finder = Finder(base)
    for raw in tables:
        table, columns, notes = settled(raw, sees(base))
        findings.notes += notes
        split = split_in(table.name) if len(tables) > 1 else ""
        if "path" in columns:
            if "class" in columns:
                _boxes(finder, table, columns, split, findings)
            else:
                if "label" not in columns:
                    findings.notes.append("no column of labels: nothing says what the pictures show")
                _pictures(finder, table, columns, split, findings, seen)
        elif "text" in columns:
            _texts(base, table, columns, split, findings)
        else:
            message = f"has no column of paths; it has {', '.join(table.header)[:120]}"
            findings.item(f"{table.name}:1", "no-path-column", message)
    if "pictures" in finder.__dict__:
        findings.adopted(finder.pictures)
    if finder.other_ending:
        findings.notes.append(f"{finder.other_ending} names have another ending than the picture that is taken for them")
    if whole and findings.records and (left := finder.left()):
        findings.ignored["pictures that no row names"] = findings.ignored.get("pictures that no row names", 0) + left


def _values(table: Table, cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}


def _ragged(table: Table, where: str, cells: Sequence[str], findings: Findings) -> bool:
    """Whether a row has more or fewer cells than the header; it is refused then."""
    if table.header and len(cells) != len(table.header):
        findings.item(where, "ragged-row", f"has {len(cells)} cells, the header has {len(table.header)}")
        return True
    return False


def _common(table: Table, cells: Sequence[str], columns: Mapping[str, int], split: str) -> dict[str, Any]:
    """What every record has of its row."""
    values = _values(table, cells, columns)
    titles = enumerate(table.header)
    attributes = {
        title.strip(): cells[i].strip() for i, title in titles if i not in columns.values() and title.strip() and cells[i].strip()
    }
    told = values.get("split", "")
    return {"group": values.get("group", ""), "attributes": attributes, "split": SPLIT_NAMES.get(told.lower(), told) or split}


def _pictures(
    finder: Finder, table: Table, columns: Mapping[str, int], split: str, findings: Findings, seen: dict[Path, tuple[str, str]]
) -> None:
    """A row a picture."""
    near = split_in(table.name)
    for where, cells in table.rows:
        if _ragged(table, where, cells, findings):
            continue
        values = _values(table, cells, columns)
        label = values.get("label", "")
        file = finder.find(values["path"], near)
        if isinstance(file, str):
            findings.item(where, *refusal(file, values["path"]), field="path")
        elif file not in seen:
            seen[file] = (where, label)
            name = file.relative_to(finder.base).as_posix()
            labels = _labels(label)
            findings.records.append(Record(file, name, labels, origin=where, **_common(table, cells, columns, split)))
        elif seen[file][1] != label:
            first, second = (", ".join(told.split(BETWEEN)) for told in (seen[file][1], label))
            message = f'{values["path"]} has two labels, "{first}" and "{second}" ({_line(seen[file][0])})'
            findings.item(where, "two-labels", message, field="label")
        else:
            findings.item(where, "named-twice", f"names {values['path']} again ({_line(seen[file][0])})", field="path")


def _labels(cell: str) -> tuple[str, ...]:
    """The labels of a cell of a settled table, each once."""
    return tuple(dict.fromkeys(part for part in cell.split(BETWEEN) if part))


def _line(where: str) -> str:
    return f"line {where.rsplit(':', 1)[-1]}" if ":" in where else where


def _texts(base: Path, table: Table, columns: Mapping[str, int], split: str, findings: Findings) -> None:
    """A row a text."""
    for where, cells in table.rows:
        if _ragged(table, where, cells, findings):
            continue
        text = cells[columns["text"]] if columns["text"] < len(cells) else ""
        label = _values(table, cells, columns).get("label", "")
        if not text.strip():
            findings.item(where, "no-text", "has no text", field="text")
            continue
        common = _common(table, cells, columns, split)
        findings.records.append(Record(base / table.name, table.name, _labels(label), origin=where, text=text, **common))


def _boxes(finder: Finder, table: Table, columns: Mapping[str, int], split: str, findings: Findings) -> None:
    """A row a box: the rows of a picture make its record. Fractions are told from pixels by all of them."""
    groups: dict[Path, list[tuple[str, dict[str, str]]]] = {}
    firsts: dict[Path, list[str]] = {}
    for where, cells in table.rows:
        if _ragged(table, where, cells, findings):
            continue
        values = _values(table, cells, columns)
        file = finder.find(values["path"], split_in(table.name))
        if isinstance(file, str):
            findings.item(where, *refusal(file, values["path"]), field="path")
            continue
        groups.setdefault(file, []).append((where, values))
        firsts.setdefault(file, cells)
    told = [
        side for rows in groups.values() for _, values in rows for name in SIDES if (side := number(values[name])) is not None
    ]
    fractions = bool(told) and max(told) <= _FRACTION
    if fractions:
        findings.notes.append("boxes are fractions of the sides of their pictures: none is above 1")
    for file, rows in groups.items():
        where = rows[0][0]
        header = header_of(file)
        size = frame(told_size(rows[0][1].get("width", ""), rows[0][1].get("height", "")), header, where=where, findings=findings)
        scale = (float(size[0]), float(size[1])) if fractions and size else (1.0, 1.0)
        shapes = [shape for at, values in rows if (shape := _shape(values, at, scale, findings))]
        labels = tuple(dict.fromkeys(label for _, values in rows for label in _labels(values.get("label", ""))))
        common = _common(table, firsts[file], columns, split)
        shapes_ = judged(shapes, size, where=where, findings=findings)
        name = file.relative_to(finder.base).as_posix()
        findings.records.append(Record(file, name, labels, origin=where, size=size, shapes=shapes_, **common))


def _shape(values: Mapping[str, str], at: str, scale: tuple[float, float], findings: Findings) -> Shape | None:
    """The box of one row; None if it has none or was refused."""
    if not any(values[side] for side in SIDES):
        return None
    sides = [number(values[side]) for side in SIDES]
    for name, side in zip(SIDES, sides, strict=True):
        if side is None:
            findings.object(at, "broken-box", f'{name} is "{values[name][:40]}"; a finite number is wanted', field=name)
            return None
    x, y, right, bottom = (round((side or 0.0) * scale[place % 2], 6) for place, side in enumerate(sides))
    return Shape(values["class"], (x, y, right - x, bottom - y), origin=at)


def sees(base: Path) -> Callable[[str], bool]:
    """Whether a cell names a picture below the folder."""
    finder = Finder(base)
    return lambda cell: isinstance(finder.find(cell), Path)


def looks_like_path(cell: str) -> bool:
    """Whether the cell names a picture rather than a column."""
    return is_media(Path(cell.strip()))


def place(record: Record) -> str:
    """Pictures lie in `images`."""
    return under("images", record)


def rows_of(items: Sequence[Placed]) -> tuple[list[str], list[dict[str, object]]]:
    """Columns and rows of a list; a picture with boxes has a row a box, in the columns that TensorFlow's tools know."""
    records = [item.record for item in items]
    boxes = any(record.shapes for record in records)
    extra = list(dict.fromkeys(name for record in records for name in record.attributes))
    columns = [
        "text" if any(record.text is not None for record in records) else "path",
        *(["label"] if not boxes or any(record.labels for record in records) else []),
        *(["group"] if any(record.group for record in records) else []),
        *(["split"] if any(record.split for record in records) else []),
        *(["width", "height", "class", *SIDES] if boxes else []),
        *extra,
    ]
    rows: list[dict[str, object]] = []
    for item in items:
        record = item.record
        row: dict[str, object] = {
            "path": item.file,
            "text": record.text,
            "label": "|".join(record.labels),
            "group": record.group,
            "split": record.split,
        }
        row |= record.attributes | ({"width": item.size[0], "height": item.size[1]} if boxes else {})
        for shape in record.shapes or [None]:
            x, y, width, height = (shape and bounds(shape)) or (0.0, 0.0, 0.0, 0.0)
            sides: tuple[object, ...] = (exact(x), exact(y), exact(x + width), exact(y + height)) if shape else ("", "", "", "")
            whole = row | dict(zip(SIDES, sides, strict=True)) | {"class": shape.label if shape else ""}
            rows.append({name: whole.get(name, "") for name in columns})
    return columns, rows


def fit_all(records: list[Record], lost: Counter[str]) -> list[Record]:
    """A list holds pictures or texts; beside pictures there is no place for texts, and in labels none for what parts them."""
    records = _plain(records, lost)
    pictures = [record for record in records if record.text is None]
    if not pictures or len(pictures) == len(records):
        return records
    lost["texts beside pictures"] += len(records) - len(pictures)
    return pictures


def _plain(records: list[Record], lost: Counter[str]) -> list[Record]:
    """The records with labels that are read again as they are written: no blanks around them, no signs that would part them."""
    known = {label for record in records for label in record.labels}
    parted = several({label.strip() for label in known})
    spelled = {label: label.strip() for label in known}
    for label, plain in spelled.items():
        if plain in parted or "|" in plain:
            spelled[label] = " ".join(re.sub(r"[|;,\[\]]", " ", plain).split())
    lost["labels, spelled otherwise"] += sum(label != plain for label, plain in spelled.items())
    return [replace(record, labels=tuple(spelled[label] for label in record.labels)) for record in records]


def without_columns(record: Record) -> tuple[Record, int]:
    """The record without attributes whose names would be read as columns of ours, and how many those are."""
    ours = [name for name in record.attributes if taken(name)]
    return replace(record, attributes={name: value for name, value in record.attributes.items() if name not in ours}), len(ours)
