"""Tables of predictions as the calculators want them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlscaffold.evidence.predictions import Prediction, Predictions
from mlscaffold.practice.thresholds import Row


def rows(table: Predictions, *, only: Iterable[str] | None = None) -> list[Row]:
    """Label, prediction and probabilities of every row, or of the paths in `only`."""
    wanted = None if only is None else set(only)
    return [
        (r.label, r.prediction, dict(zip(table.classes, r.probabilities, strict=True)))
        for r in table.rows
        if wanted is None or r.path in wanted
    ]


def by_path(table: Predictions) -> dict[str, Prediction]:
    """Path → row."""
    return {row.path: row for row in table.rows}


def some(items: Sequence[str], n: int = 3) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(items) - n} more" if len(items) > n else ""
    return ", ".join(items[:n]) + more
