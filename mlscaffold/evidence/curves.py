"""`metrics.csv`: loss and accuracy by epoch, in our layout or as Lightning's own logger writes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mlscaffold.evidence import Broken, tables

NAMES = {
    "train_loss": ("train_loss", "train_loss_epoch", "train/loss", "loss"),
    "train_acc": ("train_acc", "train_acc_epoch", "train_accuracy", "train/acc", "train/accuracy"),
    "val_loss": ("val_loss", "val_loss_epoch", "val/loss", "valid_loss", "validation_loss"),
    "val_acc": ("val_acc", "val_acc_epoch", "val_accuracy", "val/acc", "val/accuracy", "validation_accuracy"),
    "lr": ("lr", "learning_rate"),
}
"""Our column names, and the names under which other loggers write them."""


@dataclass(frozen=True)
class Epoch:
    """One epoch: its number, the last line that says something of it, and its values; NaN is kept, blank is absent."""

    epoch: int
    line: int
    values: dict[str, float]

    def get(self, name: str) -> float:
        """The value, or NaN where none was logged."""
        return self.values.get(name, math.nan)


@dataclass(frozen=True)
class Curves:
    """The epochs of a run in order; `repeated` names those that were logged twice (a resumed run)."""

    path: str
    columns: tuple[str, ...]
    epochs: tuple[Epoch, ...]
    repeated: tuple[int, ...] = ()
    table: tables.Table | None = field(default=None, compare=False, repr=False)

    def column(self, name: str) -> tuple[float, ...]:
        """One value an epoch, NaN where none was logged."""
        return tuple(epoch.get(name) for epoch in self.epochs)

    def best(self, name: str, mode: str) -> Epoch | None:
        """The first epoch with the best finite value; mode is `min` or `max`."""
        finite = [epoch for epoch in self.epochs if math.isfinite(epoch.get(name))]
        choose = min if mode == "min" else max
        return choose(finite, key=lambda epoch: epoch.get(name), default=None)


def read(data: bytes, path: str) -> Curves:
    """Parse `metrics.csv`; rows of one epoch (Lightning writes train and validation apart) become one."""
    table = tables.read(data, path)
    table.need("epoch")
    names = _columns(table)
    values: dict[int, dict[str, float]] = {}
    lines: dict[int, int] = {}
    repeated: set[int] = set()
    for row, epoch in _epochs(table):
        held = values.setdefault(epoch, {})
        lines[epoch] = row.line
        for column, name in names.items():
            if not row[column]:
                continue
            if name in held and name != "lr" and column != "loss":
                repeated.add(epoch)
            held[name] = table.number(row, column)
    epochs = tuple(Epoch(number, lines[number], values[number]) for number in sorted(values))
    return Curves(path, tuple(dict.fromkeys(names.values())), epochs, tuple(sorted(repeated)), table)


def meaning(curves: Curves, select: str = "") -> object:
    """One row an epoch with its values; the logger's layout does not count."""
    wanted = [name.strip() for name in select.split(",")] if select else sorted(curves.columns)
    return [[epoch.epoch, *(repr(epoch.get(name)) for name in wanted)] for epoch in curves.epochs]


def _columns(table: tables.Table) -> dict[str, str]:
    """Column of the table → our name; per-step columns are left out."""
    found: dict[str, str] = {}
    for name, aliases in NAMES.items():
        column = next((alias for alias in aliases if alias in table.header), None)
        if column is None and name == "lr":
            column = next((column for column in table.header if column.startswith("lr-")), None)
        if column:
            found[column] = name
    taken = {"epoch", "step", *found}
    others = [c for c in table.header if c not in taken and not c.endswith("_step") and _numeric(table, c)]
    return found | {column: column for column in others}


def _numeric(table: tables.Table, column: str) -> bool:
    for row in table.rows:
        if row[column]:
            try:
                table.number(row, column)
            except Broken:
                return False
    return True


def _epochs(table: tables.Table) -> list[tuple[tables.Row, int]]:
    """Rows with their epoch; a row without one (a learning-rate monitor's) belongs to the next that has one."""
    numbered: list[tuple[tables.Row, int]] = []
    waiting: list[tables.Row] = []
    for row in table.rows:
        if not row["epoch"]:
            waiting.append(row)
            continue
        epoch = table.whole(row, "epoch")
        numbered += [(held, epoch) for held in waiting] + [(row, epoch)]
        waiting = []
    if waiting and not numbered:
        raise Broken(table.path, "no row has an epoch", line=waiting[0].line)
    return numbered + [(held, numbered[-1][1]) for held in waiting]
