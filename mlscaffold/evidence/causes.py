"""`reports/evaluation/causes`: mistakes that a person sorted by cause, and what was counted of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mlscaffold.evidence import Broken, NewerSchema, tables
from mlscaffold.evidence.fields import Fields, read_json
from mlscaffold.project import Project
from mlscaffold.trees import composed

SCHEMA = 1
FOLDER = "reports/evaluation/causes"
TABLE, MISTAKES = "causes.json", "mistakes.csv"
SEPARATOR = ";"
LONGEST = 60
"""Signs of a cause's name."""


@dataclass(frozen=True)
class Sorted:
    """A mistake that somebody looked at: its path in the table of predictions, what it is, what was said, and the causes."""

    line: int
    path: str
    label: str
    prediction: str
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """A cause as it was written down."""

    name: str
    count: int
    share: float
    low: float
    high: float
    gain: float


@dataclass(frozen=True)
class Causes:
    """A table of causes. `of` is the table of predictions that the mistakes stand in, `n` its rows, `mistakes` those that are wrong."""

    folder: str
    sheet: str
    by: str
    when: str
    of: str
    checkpoint: str
    n: int
    mistakes: int
    looked: int
    causes: tuple[Counted, ...]
    rows: tuple[Sorted, ...]

    @property
    def path(self) -> str:
        """The file with the counts."""
        return f"{self.folder}/{TABLE}"

    @property
    def list(self) -> str:
        """The file with the mistakes."""
        return f"{self.folder}/{MISTAKES}"


def read_all(project: Project) -> list[Causes]:
    """Every table of causes, oldest first; raises `Broken` for one that cannot be read."""
    found = []
    for path in project.glob(f"{FOLDER}/*/{TABLE}"):
        folder = path.rsplit("/", 1)[0]
        rows = project.read(read_mistakes, f"{folder}/{MISTAKES}")
        found.append(_causes(folder, project.read(read_json, path), rows))
    return sorted(found, key=lambda one: (one.when, one.folder))


def read_mistakes(data: bytes, path: str) -> tuple[Sorted, ...]:
    """Parse `mistakes.csv`; every mistake once."""
    table = tables.read(data, path)
    table.need("path", "label", "prediction", "causes")
    seen: dict[str, int] = {}
    rows = []
    for row in table.rows:
        first = seen.setdefault(row["path"], row.line)
        if first != row.line:
            raise Broken(path, f"{row['path']} stands on line {first} already", line=row.line)
        rows.append(Sorted(row.line, composed(row["path"]), row["label"], row["prediction"], split(row["causes"])))
    return tuple(rows)


def split(text: str) -> tuple[str, ...]:
    """The causes in a cell, each once, as they are written down."""
    return tuple(dict.fromkeys(name for part in text.split(SEPARATOR) if (name := plain(part))))


def plain(text: str) -> str:
    """A cause's name on one line, without what separates names and what a spreadsheet would take for a formula."""
    return re.sub(rf"[\s{SEPARATOR}\x00-\x1f\x7f]+", " ", text).strip().lstrip("=+-@ ")[:LONGEST].strip()


def joined(names: Iterable[str]) -> str:
    """Causes as they stand in a cell."""
    return f"{SEPARATOR} ".join(names)


def _causes(folder: str, top: Fields, rows: tuple[Sorted, ...]) -> Causes:
    schema = top.count("schema")
    if schema > SCHEMA:
        raise NewerSchema(top.path, schema)
    counted = tuple(
        Counted(
            one.text("cause"),
            one.count("count"),
            share=one.number("share", low=0, high=1),
            low=one.number("low", low=0, high=1),
            high=one.number("high", low=0, high=1),
            gain=one.number("gain", low=0, high=1),
        )
        for one in top.tables("causes")
    )
    return Causes(
        folder,
        sheet=top.text("sheet"),
        by=top.text("by"),
        when=top.text("when"),
        of=top.text("of"),
        checkpoint=top.text("checkpoint").lower(),
        n=top.count("n"),
        mistakes=top.count("mistakes"),
        looked=top.count("looked"),
        causes=counted,
        rows=rows,
    )
