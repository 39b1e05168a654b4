"""`predictions.csv` and its kin: what a model, a rule or an export said of each file, with one probability a class."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlscaffold.evidence import Broken, tables
from mlscaffold.trees import composed

PREFIX = "p:"
TOLERANCE = 1e-3
"""How far a row's probabilities may sum from 1: seven digits and a thousand classes stay within it."""


@dataclass(frozen=True)
class Prediction:
    """One file: its true label, the class that was said, and the probabilities in the order of the classes."""

    line: int
    path: str
    label: str
    prediction: str
    probabilities: tuple[float, ...]

    @property
    def right(self) -> bool:
        """Whether the prediction is the label."""
        return self.label == self.prediction

    @property
    def confidence(self) -> float:
        """The largest probability."""
        return max(self.probabilities)


@dataclass(frozen=True)
class Predictions:
    """All rows, with the classes in the order of their columns."""

    path: str
    classes: tuple[str, ...]
    rows: tuple[Prediction, ...]
    table: tables.Table

    @property
    def accuracy(self) -> float:
        """The share of rows that are right; NaN without rows."""
        return sum(row.right for row in self.rows) / len(self.rows) if self.rows else math.nan


def read(data: bytes, path: str) -> Predictions:
    """Parse predictions; the file must hold rows, each path once, known classes, and probabilities that sum to 1."""
    table = tables.read(data, path)
    table.need("path", "label", "prediction")
    columns = tuple(name for name in table.header if name.startswith(PREFIX))
    classes = tuple(name.removeprefix(PREFIX) for name in columns)
    if not columns:
        raise Broken(path, f'has no probabilities; a column "{PREFIX}<class>" for every class is wanted', line=1)
    if not table.rows:
        raise Broken(path, "has a header and no rows", line=1)
    seen: dict[str, int] = {}
    known = set(classes)
    rows = []
    for row in table.rows:
        first = seen.setdefault(row["path"], row.line)
        if first != row.line:
            raise Broken(path, f"{row['path']} stands on line {first} already", line=row.line)
        rows.append(_prediction(table, row, columns, known))
    return Predictions(path, classes, tuple(rows), table)


def meaning(predictions: Predictions, select: str = "") -> object:
    """Rows sorted, columns by name; `select` keeps rows (`label=rose,tulip`)."""
    return tables.meaning(predictions.table, select)


def _prediction(table: tables.Table, row: tables.Row, columns: tuple[str, ...], known: set[str]) -> Prediction:
    for column in ("label", "prediction"):
        if row[column] not in known:
            raise Broken(table.path, f'{column} is "{row[column]}"; there is no column {PREFIX}{row[column]}', line=row.line)
    probabilities = tuple(table.number(row, column) for column in columns)
    for column, value in zip(columns, probabilities, strict=True):
        if not (0 <= value <= 1 + 1e-6):
            raise Broken(table.path, f"{column} is {value:g}; a probability lies from 0 to 1", line=row.line)
    total = math.fsum(probabilities)
    if abs(total - 1) > TOLERANCE:
        raise Broken(table.path, f"probabilities sum to {total:.4f}, not to 1", line=row.line)
    return Prediction(row.line, composed(row["path"]), row["label"], row["prediction"], probabilities)
