"""A list of pictures or texts: CSV, TSV, what Excel writes, with or without a header, a row each or a row a box."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mlscaffold.datasets import lists
from mlscaffold.datasets.collecting import Findings
from mlscaffold.datasets.exporting import Placed
from mlscaffold.datasets.list_columns import Table, columns_of, fits
from mlscaffold.datasets.list_schemes import translated
from mlscaffold.datasets.parsing import Unreadable, decode, load, oddly_encoded
from mlscaffold.datasets.record import Reading, Record, Sniff
from mlscaffold.datasets.tables import write_table

HOLDS = lists.HOLDS
place = lists.place
fit_all = lists.fit_all
_DELIMITERS = ",;\t|"
_FOLDER_ENDINGS = (".csv", ".tsv")


def sniff(path: Path) -> Sniff:
    """A table with a recognised header fits well; a folder is looked into for the one table that it holds."""
    found = _tables(path)
    if refused := lists.only(found, "CSV, TSV or TXT file"):
        return refused
    try:
        with found[0].open("rb") as file:
            data = file.read(65536)
        text = decode(data)[0]
        rows = rows_in(text[: text.rfind("\n") + 1] if len(data) == 65536 else text)
    except (OSError, csv.Error) as error:
        return Sniff(0.0, f"cannot be read as a table ({error})")
    if not rows:
        return Sniff(0.0, "the table is empty")
    (_, header), *placed = translated(rows)[0]
    if not {"path", "text"} & columns_of(header).keys() and lists.looks_like_path(header[0]):
        return Sniff(0.6 if len(header) > 1 else 0.4, "a list of pictures without a header")
    table = Table(found[0].name, header, [(str(line), cells) for line, cells in placed])
    return fits(table, f"{found[0].name} is a table", lists.sees(found[0].parent))


def read(path: Path) -> Reading:
    """Every row of the table; paths are looked for beside it and in the usual image folders there."""
    findings = Findings()
    found = _tables(path)
    if lists.only(found, ""):
        findings.item(path.name, "no-table", f"{len(found)} tables here, one is wanted")
        return findings.failed()
    tables = [table for file in found if (table := _table(file, findings))]
    lists.read_tables(found[0].parent, tables, findings, whole=path.is_dir())
    return findings.reading()


def _table(file: Path, findings: Findings) -> Table | None:
    """The rows of one file; None where there are none."""
    try:
        text, encoding = decode(load(file, file.name))
        rows = rows_in(text)
    except Unreadable as error:
        if error.defect.kind == "empty-file":
            findings.item(file.name, "empty-table", "holds no rows")
        else:
            findings.unreadable(error)
        return None
    except csv.Error as error:
        findings.item(file.name, "broken-table", f"cannot be read: {error}")
        return None
    if not rows:
        findings.item(file.name, "empty-table", "holds no rows")
        return None
    findings.defects += oddly_encoded(encoding, file.name)
    rows, notes = translated(rows)
    findings.notes += notes
    placed = [(f"{file.name}:{line}", cells) for line, cells in rows]
    header = rows[0][1]
    if not {"path", "text"} & columns_of(header).keys() and lists.looks_like_path(header[0]):
        width = max(len(cells) for _, cells in rows)
        return Table(file.name, ["path", "label", "group", *(f"column {n}" for n in range(4, width + 1))][:width], placed)
    return Table(file.name, header, placed[1:])


def _tables(path: Path) -> list[Path]:
    """The table itself, or those that lie in the folder; a text file only if it is named."""
    return lists.tables_in(path, (*_FOLDER_ENDINGS, ".txt") if path.is_file() else _FOLDER_ENDINGS)


def rows_in(text: str) -> list[tuple[int, list[str]]]:
    """Line number and cells of every row that is not blank, all text."""
    lines = text.splitlines(keepends=True)
    before = 0
    while before < len(lines) and lines[before].startswith("# "):  # words of the tool that wrote it
        before += 1
    told = re.fullmatch(r"sep=(.)\s*", lines[before], re.IGNORECASE) if before < len(lines) else None
    before += told is not None  # Excel's own word on the delimiter
    lines = lines[before:]
    reader = csv.reader(lines, delimiter=told[1] if told else _delimiter(lines))
    return [(reader.line_num + before, cells) for cells in reader if any(cell.strip() for cell in cells)]


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives a known header, else the one that gives the most equal rows; a comma if nothing tells."""
    sample = [line for line in lines[:20] if line.strip()]

    def merit(delimiter: str) -> tuple[int, bool, int]:
        rows = list(csv.reader(sample, delimiter=delimiter))
        width = len(rows[0]) if rows else 0
        return len(columns_of(rows[0])) if rows else 0, width > 1 and all(len(row) == width for row in rows), width

    return max(_DELIMITERS, key=merit)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `labels.csv`."""
    columns, rows = lists.rows_of(items)
    write_table(folder / "labels.csv", columns, rows)


def fit(record: Record, lost: Counter[str]) -> Record:
    """Attributes that have the name of a column of ours are given up."""
    record, taken = lists.without_columns(record)
    lost["attributes of pictures"] += taken
    return record
