"""A list of pictures and labels: CSV, TSV, what Excel writes, with or without a header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from mlscaffold.datasets.record import SPLIT_NAMES, Defect, Reading, Record, Sniff, is_clutter, is_media, leads_out

_ENDINGS = frozenset({".csv", ".tsv", ".txt"})
_DELIMITERS = ",;\t|"
_FOLDERS = ("", "images", "image", "img", "imgs", "data", "JPEGImages")
_NAMES = {
    "path": (
        "path",
        "file",
        "filename",
        "file_name",
        "filepath",
        "file_path",
        "image",
        "image_path",
        "image_file",
        "img",
        "img_path",
    ),
    "label": ("label", "class", "category", "class_name", "label_name", "labels", "target"),
    "group": ("group", "patient", "patient_id", "subject", "subject_id", "product", "product_id", "lesion_id", "video", "scene"),
    "split": ("split", "subset", "set", "partition"),
}


def sniff(path: Path) -> Sniff:
    """A table with a recognised header fits well; a folder is looked into for the one table that it holds."""
    found = _tables(path)
    if not found:
        return Sniff(0.0, "no CSV, TSV or TXT file")
    if len(found) > 1:
        return Sniff(0.0, f"{len(found)} tables in the folder; name one of them")
    try:
        rows = list(_rows(found[0], limit=65536))
    except (OSError, csv.Error) as error:
        return Sniff(0.0, f"cannot be read as a table ({error})")
    if not rows:
        return Sniff(0.0, "the table is empty")
    columns = _columns(rows[0][1])
    if "path" in columns and "label" in columns:
        return Sniff(0.95, f"a table with the columns {rows[0][1][columns['path']]} and {rows[0][1][columns['label']]}")
    if "path" in columns:
        # Less than pictures alone: often a list of checksums that lies beside them.
        return Sniff(0.15, "a table with paths, but no column of labels")
    if _looks_like_path(rows[0][1][0]):
        return Sniff(0.6 if len(rows[0][1]) > 1 else 0.4, "a list of pictures without a header")
    return Sniff(0.0, f"no column of paths among: {', '.join(rows[0][1])[:120]}")


def read(path: Path) -> Reading:
    """Every row of the table; paths are looked for beside it and in the usual image folders there."""
    found = _tables(path)
    if len(found) != 1:
        return Reading((), (Defect(path.name, "no-table", f"{len(found)} tables here, one is wanted"),))
    table = found[0]
    try:
        rows = list(_rows(table))
    except (OSError, csv.Error) as error:
        return Reading((), (Defect(table.name, "broken-table", f"cannot be read: {error}"),))
    if not rows:
        return Reading((), (Defect(table.name, "empty-table", "holds no rows"),))
    header = rows[0][1]
    columns = _columns(header)
    if "path" in columns:
        rows = rows[1:]
    elif _looks_like_path(header[0]):
        columns, header = dict(zip(("path", "label", "group"), range(len(header)), strict=False)), []
    else:
        message = f"has no column of paths; it has {', '.join(header)[:120]}"
        return Reading((), (Defect(f"{table.name}:1", "no-path-column", message),))
    notes = [] if "label" in columns else ["no column of labels: nothing says what the pictures show"]
    records, defects = _read_rows(table, rows, header, columns)
    return Reading(records, defects, {}, tuple(notes))


def _read_rows(
    table: Path, rows: list[tuple[int, list[str]]], header: list[str], columns: dict[str, int]
) -> tuple[tuple[Record, ...], tuple[Defect, ...]]:
    """Records and defects of the rows: each row is one of them."""
    records: list[Record] = []
    defects: list[Defect] = []
    seen: dict[Path, tuple[int, str]] = {}
    for line, cells in rows:
        where = f"{table.name}:{line}"
        if header and len(cells) != len(header):
            defects.append(Defect(where, "ragged-row", f"has {len(cells)} cells, the header has {len(header)}"))
            continue
        values = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
        file = _find(table.parent, values["path"])
        if isinstance(file, str):
            defects.append(Defect(where, *_refusal(file, values["path"])))
            continue
        label = values.get("label", "")
        if file in seen:
            first, other = seen[file]
            both = f'"{other}" and "{label}"' if other != label else ""
            kind = "two-labels" if both else "named-twice"
            message = (
                f"{values['path']} has two labels, {both} (line {first})"
                if both
                else f"names {values['path']} again (line {first})"
            )
            defects.append(Defect(where, kind, message))
            continue
        seen[file] = (line, label)
        attributes = {
            title.strip(): cells[i].strip() for i, title in enumerate(header) if i not in columns.values() and title.strip()
        }
        if values.get("split"):
            attributes["split"] = SPLIT_NAMES.get(values["split"].lower(), values["split"])
        name = file.relative_to(table.parent).as_posix()
        records.append(Record(file, name, label, values.get("group", ""), attributes, where))
    return tuple(records), tuple(defects)


def _refusal(kind: str, name: str) -> tuple[str, str]:
    """Kind and words of a path that gives no picture."""
    shown = name[:120]
    return kind, {
        "no-path": "names no file",
        "address": f"{shown} is an address: download it first",
        "leads-out": f"{shown} leads out of the folder; not opened",
        "missing-file": f"{shown} does not exist",
    }[kind]


def _find(base: Path, name: str) -> Path | str:
    """The file that a cell means, or the kind of what is wrong with it. Nothing outside of `base` is looked at."""
    if not name:
        return "no-path"
    if re.match(r"[a-z][a-z0-9+.-]+://", name, re.IGNORECASE):
        return "address"
    name = name.replace("\\", "/")
    if name.startswith("/") or PureWindowsPath(name).drive or "\0" in name:
        return "leads-out"
    for folder in _FOLDERS:
        candidate = base / folder / name
        if leads_out(candidate, base):
            return "leads-out"
        if candidate.is_file():
            return Path(candidate.parent.resolve(), candidate.name) if ".." in name else candidate
    return "missing-file"


def _tables(path: Path) -> list[Path]:
    """The table itself, or those that lie in the folder."""
    if path.is_file():
        return [path] if path.suffix.lower() in _ENDINGS else []
    if not path.is_dir():
        return []
    inside = [child for child in path.iterdir() if child.is_file() and not is_clutter(child.name)]
    return sorted(child for child in inside if child.suffix.lower() in (".csv", ".tsv"))


def _columns(header: list[str]) -> dict[str, int]:
    """Which cell of the header is path, label, group, split: the first known name of each wins."""
    titles = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in header]
    found: dict[str, int] = {}
    for meaning, names in _NAMES.items():
        for name in names:
            if name in titles:
                found[meaning] = titles.index(name)
                break
    return found


def _looks_like_path(cell: str) -> bool:
    """Whether the cell names a picture rather than a column."""
    return is_media(Path(cell.strip()))


def _rows(path: Path, *, limit: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row that is not blank, all text."""
    with path.open("rb") as file:
        data = file.read() if limit is None else file.read(limit)
    text = decode(data)
    if limit is not None and len(data) == limit:
        text = text[: text.rfind("\n") + 1]
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=_delimiter(lines))
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives a known header, else the one that gives the most equal rows; a comma if nothing tells."""
    sample = [line for line in lines[:20] if line.strip()]

    def merit(delimiter: str) -> tuple[int, bool, int]:
        rows = list(csv.reader(sample, delimiter=delimiter))
        width = len(rows[0]) if rows else 0
        return len(_columns(rows[0])) if rows else 0, width > 1 and all(len(row) == width for row in rows), width

    return max(_DELIMITERS, key=merit)


def decode(data: bytes) -> str:
    """Text of a table: UTF-8 or UTF-16 (with or without a mark), else Windows-1252, which Excel writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:200]:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A sample may end within a character.
        if error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8-sig")
        return data.decode("cp1252", "replace")
