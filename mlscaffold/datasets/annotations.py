"""The annotation file of every raw folder: the truth about labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mlscaffold.datasets.sources import RAW, media_of, sources
from mlscaffold.datasets.tables import read_table, write_table

FILE = "annotations.csv"


@dataclass(frozen=True)
class Annotation:
    """A row: a file name in this folder, what it shows, what it belongs to, and other columns."""

    name: str
    label: str
    group: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class Medium:
    """An annotated medium: `path` under `data/raw`, and the annotation file (from the root) and line that speak of it."""

    path: str
    source: str
    annotation: Annotation
    file: str


@dataclass(frozen=True)
class Collection:
    """What all annotation files say, beside what lies on disk (paths under `data/raw`)."""

    media: tuple[Medium, ...]
    unannotated: tuple[str, ...]
    absent: tuple[str, ...]


def read_annotations(path: Path) -> list[Annotation]:
    """The rows of one annotation file; raises what a person can mend."""
    rows = []
    for line, cells in read_table(path, ("path", "label")):
        name, label, group = (cells.pop(key, "").strip() for key in ("path", "label", "group"))
        rows.append(Annotation(name, label, group, cells, line))
    return rows


def write_annotations(path: Path, rows: Iterable[Annotation]) -> bool:
    """Write an annotation file, sorted; a column that no row fills is left out. False if nothing changed."""
    ordered = sorted(rows, key=lambda row: row.name)
    extra = list(dict.fromkeys(name for row in ordered for name in row.attributes))
    columns = ["path", "label", *(["group"] if any(row.group for row in ordered) else []), *extra]
    values = ({"path": row.name, "label": row.label, "group": row.group, **row.attributes} for row in ordered)
    return write_table(path, columns, ({key: row[key] for key in columns if key in row} for row in values))


def read_collection(root: Path) -> Collection:
    """Every annotation of every source, in order of their paths; a row that leads out of its folder is passed over."""
    raw = root / RAW
    media: dict[str, Medium] = {}
    here: set[str] = set()
    for source in sources(root):
        here.update(path.relative_to(raw).as_posix() for path in media_of(raw / source))
        for file in sorted((raw / source).rglob(FILE)):
            folder = file.parent.relative_to(raw).as_posix()
            for row in read_annotations(file):
                if row.name and Path(row.name).name == row.name:
                    path = f"{folder}/{row.name}"
                    media.setdefault(path, Medium(path, source, row, (RAW / folder / FILE).as_posix()))
    return Collection(
        tuple(media[path] for path in sorted(media)), tuple(sorted(here - media.keys())), tuple(sorted(media.keys() - here))
    )
