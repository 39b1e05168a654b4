"""A list of pictures or texts as JSON (a list of objects) or JSONL (an object a line)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlscaffold.datasets import lists
from mlscaffold.datasets.collecting import Findings, json_lines, text_of
from mlscaffold.datasets.exporting import Placed, write_lines
from mlscaffold.datasets.formats.csv_list import fit
from mlscaffold.datasets.list_columns import Table, columns_of, fits
from mlscaffold.datasets.parsing import Unreadable, read_json, sample
from mlscaffold.datasets.record import Reading, Sniff

__all__ = ["HOLDS", "fit", "fit_all", "place", "read", "sniff", "write"]

HOLDS = lists.HOLDS
place = lists.place
fit_all = lists.fit_all
_ENDINGS = (".json", ".jsonl", ".ndjson")


def sniff(path: Path) -> Sniff:
    """Objects with recognised keys and plain values."""
    found = lists.tables_in(path, _ENDINGS)
    if refused := lists.only(found, "JSON file"):
        return refused
    first = _first(sample(found[0]), found[0])
    if first is None:
        return Sniff(0.0, "no list of JSON objects")
    columns = columns_of(list(first))
    header = list(first)
    if any(
        isinstance(first[header[columns[name]]], dict if name == "label" else list | dict)
        for name in ("path", "text", "label")
        if name in columns
    ):
        return Sniff(0.0, "objects whose path, text or label is no plain value")
    row = [text_of(first[name]) for name in header]
    return fits(Table(found[0].name, header, [("1", row)]), f"{found[0].name} is a list of objects", lists.sees(found[0].parent))


def _first(text: str, file: Path) -> dict[str, Any] | None:
    """The first object of a list, or of the first line."""
    import json

    begin = text.lstrip("\ufeff \t\r\n")
    try:
        value, _ = json.JSONDecoder().raw_decode(begin[1:].lstrip() if begin.startswith("[") else begin)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read(path: Path) -> Reading:
    """Every object."""
    findings = Findings()
    found = lists.tables_in(path, _ENDINGS)
    if lists.only(found, ""):
        findings.item(path.name, "no-table", f"{len(found)} JSON files here, one is wanted")
        return findings.failed()
    tables = [table for file in found if (table := _table(file, findings))]
    lists.read_tables(found[0].parent, tables, findings, whole=path.is_dir())
    return findings.reading()


def _table(file: Path, findings: Findings) -> Table | None:
    """The objects of one file as a table; None where it could not be read."""
    objects: list[tuple[str, object]] = []
    try:
        if file.suffix.lower() == ".json" and sample(file).lstrip("\ufeff \t\r\n").startswith("["):
            value, odd = read_json(file, file.name)
            findings.defects += odd
            objects = [(f"{file.name}:[{place}]", row) for place, row in enumerate(value)]
        else:
            objects = list(json_lines(file, file.name, findings))
    except Unreadable as error:
        findings.unreadable(error)
        return None
    if not objects:
        if not findings.defects:
            findings.item(file.name, "empty-table", "holds no objects")
        return None
    return lists.table_of(file.name, objects, findings)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `labels.jsonl`."""
    _, rows = lists.rows_of(items)
    write_lines(folder / "labels.jsonl", ({name: value for name, value in row.items() if value != ""} for row in rows))
