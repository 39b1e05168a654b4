"""`data/withdrawn/*.csv`: tombstones of pictures that were withdrawn, by digests only; one file a withdrawal, so that branches merge."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlscaffold.evidence import data, tables
from mlscaffold.evidence.predictions import Prediction, Predictions
from mlscaffold.project import Missing, Project
from mlscaffold.trees import composed

FOLDER = "data/withdrawn"
COLUMNS = ("digest", "name", "split", "prepared", "predicted", "label", "date", "reason", "by")


@dataclass(frozen=True)
class Tombstone:
    """What is left of a picture: digests of its file (`digest`), of its prepared pixels, of its path under `data/raw` (`name`), and
    of its path under `data/processed` (`predicted`); which split it was in, with which label; when, why and by whom it was withdrawn.
    """

    digest: str
    name: str
    split: str
    prepared: str
    predicted: str
    label: str
    date: str
    reason: str
    by: str
    file: str
    line: int


def digest_of(path: str) -> str:
    """The digest of a path: file names may name people, so tombstones do not keep them."""
    return hashlib.sha256(composed(path).encode("utf-8", "surrogateescape")).hexdigest()


def read(data: bytes, path: str) -> list[Tombstone]:
    """Parse one file of tombstones."""
    table = tables.read(data, path)
    table.need(*COLUMNS)
    lowered = ("digest", "name", "prepared", "predicted")
    return [
        Tombstone(**{c: row[c].lower() if c in lowered else row[c] for c in COLUMNS}, file=path, line=row.line)
        for row in table.rows
    ]


def tombstones(project: Project) -> list[Tombstone]:
    """Every tombstone of the project."""
    return [stone for file in project.glob(f"{FOLDER}/*.csv") for stone in project.read(read, file)]


def withdrawn_digests(root: Path) -> dict[str, Tombstone]:
    """Digest of a file → its tombstone, of the project in `root` as it lies on disk."""
    found = sorted((root / FOLDER).glob("*.csv"))
    return {stone.digest: stone for file in found for stone in read(file.read_bytes(), f"{FOLDER}/{file.name}")}


def left_prepared(project: Project, stones: Sequence[Tombstone]) -> list[str]:
    """Prepared pictures (under `data/processed`) of tombstones that no table names any more: a pulled table does not erase them."""
    names = {stone.predicted for stone in stones if stone.predicted}
    if not names:
        return []
    listed = {row.path for row in _prepared(project)}
    here = [path for split in data.prepared_splits(project) for path in data.processed_media(project, split)]
    return sorted(path for path in here if path not in listed and digest_of(path) in names)


def rows_withdrawn(project: Project, table: Predictions) -> list[Prediction]:
    """The rows of a table of predictions whose pictures were withdrawn since."""
    names = {stone.predicted for stone in tombstones(project) if stone.predicted}
    if not names:
        return []
    here = {row.path for row in _prepared(project)}
    return [row for row in table.rows if row.path not in here and digest_of(row.path) in names]


def _prepared(project: Project) -> list[data.Processed]:
    try:
        return data.processed(project)
    except Missing:
        return []
