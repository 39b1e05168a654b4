"""CSV tables as people and machines write them: rows with their line numbers, whatever the spreadsheet did to the file."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mlscaffold.evidence import Broken
from mlscaffold.evidence.encodings import decode_table
from mlscaffold.evidence.fields import nearest, refuse_conflict

_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")

_TOLD = re.compile(r"\ufeff?sep=([,;\t|])\r?\n", re.I)
"""The line by which Excel is told the separator; it is no header."""

LARGEST = 512 * 1024 * 1024
"""Bytes of an unpacked table; more is refused."""


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins (from 1) and its cells by column name, stripped."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def get(self, column: str, default: str = "") -> str:
        """The cell, or the default where the table has no such column."""
        return self.values.get(column, default)


@dataclass(frozen=True)
class Table:
    """A header and rows."""

    path: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","

    def need(self, *columns: str) -> None:
        """Raise `Broken` for the first column that the table lacks."""
        for column in columns:
            if column not in self.header:
                near = nearest(column, self.header)
                has = f"it has {', '.join(self.header[:12])}"
                raise Broken(self.path, f'has no column "{column}"; {has}', line=1, hint=f'Is "{near}" meant?' if near else "")

    def number(self, row: Row, column: str) -> float:
        """A cell as a number (NaN and infinity included); a decimal comma is read where the separator is a semicolon."""
        cell = row[column]
        try:
            return float(cell.replace(",", ".") if self.delimiter == ";" else cell)
        except ValueError:
            raise Broken(self.path, f'{column} is "{cell[:40]}"; a number is wanted', line=row.line) from None

    def whole(self, row: Row, column: str) -> int:
        """A cell as a whole number."""
        value = self.number(row, column)
        if not math.isfinite(value) or value != int(value):
            raise Broken(self.path, f'{column} is "{row[column][:40]}"; a whole number is wanted', line=row.line)
        return int(value)


def read(data: bytes, path: str) -> Table:
    """The table in a CSV file (gzip, BOM, UTF-16, code pages of Windows, semicolons, tabs and pipes are accepted).

    A file without a header, a column named twice, and a row with more or fewer cells than the header are broken.
    """
    header, delimiter, lines = parse(data, path)
    return Table(path, header, tuple(_row(path, header, line, cells) for line, cells in lines), delimiter)


def parse(data: bytes, path: str) -> tuple[tuple[str, ...], str, Iterator[tuple[int, list[str]]]]:
    """Header, separator, and the raw cells of every row with its line: for tables too large for a dictionary a row."""
    text = decode_table(_unpack(data, path), path)
    refuse_conflict(text, path)
    told = _TOLD.match(text)
    first = next((line for line in io.StringIO(text[told.end() :] if told else text) if line.strip()), "")
    if not first:
        raise Broken(path, "is empty; a header is wanted", line=1)
    delimiter = told[1] if told else max(",;\t|", key=first.count)
    lines = _lines(text, path, delimiter)
    if told:
        next(lines)
    _, cells = next(lines)
    header = tuple(cell.strip() for cell in cells)
    while len(header) > 1 and not header[-1]:
        header = header[:-1]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        hint = "The first line names the columns: is it missing?"
        raise Broken(path, f'two columns are named "{twice[0]}"', line=1, hint=hint)
    return header, delimiter, lines


def meaning(table: Table, select: str = "", *, columns: tuple[str, ...] = ()) -> object:
    """Rows sorted, columns by name: neither order, line ends, encoding nor the decimal comma of a semicolon table count.

    `select` keeps rows (`split=train,validation`); `columns` names the columns that count, where not all do.
    """
    rows = table.rows
    if select:
        column, _, wanted = select.partition("=")
        names = {name.strip() for name in wanted.split(",")}
        rows = tuple(row for row in rows if row.get(column.strip()) in names)
    header = sorted(columns or table.header)
    plain = _pointed if table.delimiter == ";" else str
    return {"columns": header, "rows": sorted([plain(row.get(name)) for name in header] for row in rows)}


def _pointed(cell: str) -> str:
    """A number with a decimal comma as one with a point; any other cell as it is."""
    return cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell


def _row(path: str, header: tuple[str, ...], line: int, cells: list[str]) -> Row:
    if len(cells) > len(header) and not any(cell.strip() for cell in cells[len(header) :]):
        cells = cells[: len(header)]
    if len(cells) != len(header):
        raise Broken(path, f"has {len(cells)} cells; the header has {len(header)}", line=line)
    return Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})


def _lines(text: str, path: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise Broken(path, f"is not valid CSV: {error}", line=start) from None


def _unpack(data: bytes, path: str) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            unpacked = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise Broken(path, "is a damaged gzip file") from None
    if len(unpacked) > LARGEST:
        raise Broken(path, f"unpacks to more than {LARGEST // 2**20} MB")
    return unpacked
