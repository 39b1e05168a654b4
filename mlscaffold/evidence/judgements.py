# ruff: noqa: ANN401 (cells are typed loosely by openpyxl)
"""Sheets on which people judge pictures: what was asked, and what they answered."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from mlscaffold.evidence import Broken, NewerSchema, tables
from mlscaffold.evidence.fields import read_json

SCHEMA = 1
KINDS = ("spot-check", "human-level", "relabel", "review", "causes")
CAUSE = "cause: "
"""What the name of a workbook's column begins with that is ticked where a mistake has that cause."""
NO_TICK = frozenset({"", "0", "no", "false", "none", "-"})
RIGHT, UNSURE = "right", "unsure"
UNTOLD = "cannot be told"
"""How a sheet of causes words "unsure"."""
LARGEST = 64 * 1024 * 1024
COLUMNS = ("sheet", "item", "decision", "remark")


@dataclass(frozen=True)
class Item:
    """A picture on a sheet: its number there, its path (from the project's root), digest, and the label that it had then.

    Of a mistake also what the model said, how sure it was, and the picture's path in the table of predictions.
    """

    id: str
    path: str
    digest: str
    label: str
    prediction: str = ""
    confidence: float = 0.0
    predicted: str = ""


@dataclass(frozen=True)
class Asked:
    """A sheet as it was given out. `population` is how many pictures the items were drawn from; `digest` names the sheet;
    `of` is "mistakes" where they were drawn from what a model got wrong; on a sheet of causes it is the table of predictions,
    and `checkpoint` the model that made them.
    """

    path: str
    kind: str
    project: str
    made: str
    population: int
    options: tuple[str, ...]
    items: tuple[Item, ...]
    digest: str
    of: str = ""
    checkpoint: str = ""


@dataclass(frozen=True)
class Decided:
    """An answer: what was decided of an item (an option; empty where nothing was), a remark, and the columns that were ticked."""

    item: str
    decision: str
    remark: str = ""
    ticked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Returned:
    """A sheet that came back: which one it is, and the answers."""

    sheet: str
    answers: tuple[Decided, ...]


def read_asked(data: bytes, path: str) -> Asked:
    """Parse `sheet.json`; raises `Broken` naming the key."""
    top = read_json(data, path)
    schema = top.count("schema")
    if schema > SCHEMA:
        raise NewerSchema(path, schema)
    items = tuple(
        Item(
            i.text("item"),
            i.text("path"),
            i.text("digest"),
            i.text("label", ""),
            i.text("prediction", ""),
            i.number("confidence", 0.0),
            i.text("predicted", ""),
        )
        for i in top.tables("items")
    )
    return Asked(
        path,
        top.choice("kind", KINDS),
        top.text("project"),
        top.text("made"),
        top.count("population"),
        top.texts("options"),
        items,
        top.text("sheet"),
        top.text("of", ""),
        top.text("checkpoint", ""),
    )


def read_returned(data: bytes, path: str) -> Returned:
    """Parse what came back: the CSV that the page saved, or the workbook; raises `Broken` for what is neither."""
    if len(data) > LARGEST:
        raise Broken(path, f"has {len(data) // 2**20} MB; a sheet has at most {LARGEST // 2**20}")
    if data[:4] == b"PK\x03\x04":
        rows = _workbook(data, path)
    elif data.lstrip()[:1] == b"<":
        raise Broken(
            path, "is the form itself, not the answers", hint="The button of the form saves them as ….csv: send that file."
        )
    else:
        table = tables.read(data, path)
        table.need(*COLUMNS[:3])
        rows = [{**row.values, **{name: row.get(name) for name in COLUMNS}} for row in table.rows]
    sheets = {row["sheet"] for row in rows}
    if len(sheets) != 1 or "" in sheets:
        raise Broken(path, "names no sheet, or several; the column `sheet` tells which one it answers")
    twice = sorted({r["item"] for r in rows if sum(o["item"] == r["item"] for o in rows) > 1})
    if twice:
        raise Broken(path, f"answers {len(twice)} items twice, first {twice[0]}")
    return Returned(
        sheets.pop(),
        tuple(Decided(r["item"], r["decision"].strip(), r.get("remark", "").strip(), _ticked(r)) for r in rows),
    )


def _ticked(row: dict[str, str]) -> tuple[str, ...]:
    """The causes whose column has anything that is no "no"."""
    return tuple(n.removeprefix(CAUSE) for n, cell in row.items() if n.startswith(CAUSE) and cell.casefold() not in NO_TICK)


def _workbook(data: bytes, path: str) -> list[dict[str, str]]:
    """The rows of the first worksheet that has our columns."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise Broken(path, "is no workbook that can be read") from problem
    for sheet in book.worksheets:
        lines = sheet.iter_rows(values_only=True)
        header = [_text(cell) for cell in next(lines, ())]
        if {*COLUMNS[:3]} <= set(header):
            blank = dict.fromkeys(header, "")  # a row may end before the last column
            rows = (blank | dict(zip(header, map(_text, line), strict=False)) for line in lines)
            return [row for row in rows if row["item"]]
    raise Broken(path, f"has no worksheet with the columns {', '.join(COLUMNS[:3])}")


def _text(cell: Any) -> str:
    """A cell as text: a whole number has no point, nothing is empty."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
