"""`study.csv` and `inference.csv`: the search for better parameters, and what the model says of pictures from the field."""

from __future__ import annotations

from dataclasses import dataclass

from mlscaffold.evidence import Broken, tables
from mlscaffold.evidence.fields import nearest

STATES = ("COMPLETE", "PRUNED", "FAIL", "RUNNING", "WAITING")
_OWN = ("trial", "state", "value", "metric", "split")


@dataclass(frozen=True)
class Trial:
    """One trial: its state, its value if it has one, the split it was scored on, its parameters as text."""

    line: int
    number: int
    state: str
    value: float | None
    metric: str
    split: str
    params: dict[str, str]


@dataclass(frozen=True)
class Study:
    """All trials of a search, in the order of the file."""

    path: str
    trials: tuple[Trial, ...]
    table: tables.Table


@dataclass(frozen=True)
class Guess:
    """What the model says of one picture from the field, and what a person says of that."""

    line: int
    path: str
    digest: str
    prediction: str
    confidence: float
    margin: float
    unsure: bool
    verdict: str


@dataclass(frozen=True)
class Inference:
    """The model on pictures from the field."""

    path: str
    rows: tuple[Guess, ...]
    table: tables.Table


def read(data: bytes, path: str) -> Study:
    """Parse `study.csv`; a trial that is complete has a value."""
    table = tables.read(data, path)
    table.need(*_OWN)
    return Study(path, tuple(_trial(table, row) for row in table.rows), table)


def read_inference(data: bytes, path: str) -> Inference:
    """Parse `inference.csv`."""
    table = tables.read(data, path)
    table.need("path", "digest", "prediction", "confidence", "margin", "unsure", "verdict")
    return Inference(path, tuple(_guess(table, row) for row in table.rows), table)


def meaning(value: Study | Inference, select: str = "") -> object:
    """Rows sorted, columns by name."""
    return tables.meaning(value.table, select)


def _trial(table: tables.Table, row: tables.Row) -> Trial:
    state = row["state"].upper().rsplit(".", 1)[-1]
    if state not in STATES:
        near = nearest(state, STATES)
        raise Broken(table.path, f'state is "{row["state"]}"; it is one of {", ".join(STATES)}', line=row.line, hint=near)
    value = table.number(row, "value") if row["value"] else None
    if state == "COMPLETE" and value is None:
        raise Broken(table.path, "a complete trial has no value", line=row.line)
    params = {name: cell for name, cell in row.values.items() if name not in _OWN}
    return Trial(row.line, table.whole(row, "trial"), state, value, row["metric"], row["split"], params)


def _guess(table: tables.Table, row: tables.Row) -> Guess:
    confidence, margin = table.number(row, "confidence"), table.number(row, "margin")
    if not (0 <= confidence <= 1 and 0 <= margin <= 1):
        raise Broken(table.path, "confidence and margin lie from 0 to 1", line=row.line)
    if row["unsure"] not in ("0", "1"):
        raise Broken(table.path, f'unsure is "{row["unsure"]}"; 0 or 1 is wanted', line=row.line)
    unsure = row["unsure"] == "1"
    return Guess(row.line, row["path"], row["digest"], row["prediction"], confidence, margin, unsure, row["verdict"])
