"""A list of pictures or texts in a sheet of an Excel workbook (xlsx)."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

from mlscaffold.datasets import lists
from mlscaffold.datasets.collecting import Findings, text_of
from mlscaffold.datasets.exporting import Placed
from mlscaffold.datasets.formats.csv_list import fit
from mlscaffold.datasets.list_columns import LOOKED_AT, Table, fits
from mlscaffold.datasets.parsing import LARGEST
from mlscaffold.datasets.record import Reading, Sniff

__all__ = ["HOLDS", "fit", "fit_all", "place", "read", "sniff", "write"]

HOLDS = lists.HOLDS
place = lists.place
fit_all = lists.fit_all
_ENDINGS = (".xlsx", ".xlsm")


def sniff(path: Path) -> Sniff:
    """A workbook with a sheet that begins with a recognised header."""
    found = lists.tables_in(path, _ENDINGS)
    if refused := lists.only(found, "Excel file"):
        return refused
    findings = Findings()
    tables = _tables(found[0], findings, most=LOOKED_AT)
    if not tables:
        return Sniff(0.0, findings.defects[0].message)
    return max((_fits(table, found[0].parent) for table in tables), key=lambda sniff: sniff.score)


def _fits(table: Table, base: Path) -> Sniff:
    return fits(table, f"{table.name} is a workbook", lists.sees(base))


def read(path: Path) -> Reading:
    """Every row of the sheet that is a list; where several could be one, of the first."""
    findings = Findings()
    found = lists.tables_in(path, _ENDINGS)
    if lists.only(found, ""):
        findings.item(path.name, "no-table", f"{len(found)} workbooks here, one is wanted")
        return findings.failed()
    tables = [table for file in found if (table := _best(file, findings))]
    lists.read_tables(found[0].parent, tables, findings, whole=path.is_dir())
    return findings.reading()


def _best(file: Path, findings: Findings) -> Table | None:
    """The sheet that fits best; None where there is none with rows."""
    tables = _tables(file, findings)
    if len(tables) < 2:
        return tables[0] if tables else None
    scores = [_fits(table, file.parent).score for table in tables]
    place = scores.index(max(scores))
    others = len(tables) - 1
    findings.notes.append(
        f"{file.name}: sheet {place + 1} of {len(tables)} is read, {others} more {'is' if others == 1 else 'are'} not"
    )
    return tables[place]


def _tables(file: Path, findings: Findings, *, most: int | None = None) -> list[Table]:
    """The rows of every sheet that has some, as text; none where the file is broken."""
    import openpyxl

    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > LARGEST:
            findings.item(file.name, "too-large", f"unpacks to {unpacked / 1e6:.0f} MB; at most {LARGEST / 1e6:.0f} MB are read")
            return []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                sheets = [
                    [
                        (number, [_text(cell) for cell in cells])
                        for number, cells in enumerate(sheet.iter_rows(max_row=most, values_only=True), 1)
                    ]
                    for sheet in book.worksheets
                ]
            finally:
                book.close()
    except Exception as error:
        # openpyxl raises what its parsers raise: zip, XML, keys, types.
        findings.item(file.name, "broken-table", f"cannot be read as a workbook ({type(error).__name__})")
        return []
    tables = [table for rows in sheets if (table := _table(file, rows))]
    if not tables:
        findings.item(file.name, "empty-table", "holds no rows")
    return tables


def _table(file: Path, rows: list[tuple[int, list[str]]]) -> Table | None:
    """The rows of one sheet; None where there are none."""
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        return None
    width = max(place + 1 for place, cell in enumerate(rows[0][1]) if cell)
    return Table(file.name, rows[0][1][:width], [(f"{file.name}:{n}", _cut(cells, width)) for n, cells in rows[1:]])


def _cut(cells: list[str], width: int) -> list[str]:
    """A row as wide as the header: Excel gives empty cells beyond it, or leaves them out at the end."""
    filled = cells + [""] * (width - len(cells))
    return filled if any(filled[width:]) else filled[:width]


def _text(value: object) -> str:
    """A cell as text: Excel has no whole numbers."""
    if isinstance(value, float) and abs(value) < 1e15 and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()  # Excel has no days without a time either
    return text_of(value)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `labels.xlsx`, all cells as text, so that 01 stays 01."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    columns, rows = lists.rows_of(items)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("labels")
    table: list[list[object]] = [list(columns), *([row[name] for name in columns] for row in rows)]
    for cells in table:
        row = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text_of(cell))) for cell in cells]
        for cell in row:
            cell.data_type = "s"  # what begins with = is a text as any other, and no formula
        sheet.append(row)
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / "labels.xlsx")
