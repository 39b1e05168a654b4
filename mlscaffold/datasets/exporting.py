"""What writers share: where each picture goes, under a name that no other has, and the files around it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlscaffold.datasets.pictures import header_of
from mlscaffold.datasets.record import Record
from mlscaffold.datasets.tables import write_atomic


@dataclass(frozen=True)
class Placed:
    """A record, the place of its picture below the folder of the export (none for a text), and the size of its picture."""

    record: Record
    file: str
    size: tuple[int, int]


def safe(part: str) -> str:
    """A name that every file system takes."""
    plain = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", unicodedata.normalize("NFC", part)).strip().rstrip(".")
    return plain.lstrip(".") or "unnamed"


def free(names: set[str], wanted: str, *, by_stem: bool = False) -> str:
    """The wanted name, with a number if another file has it (also if only in other letters: some systems see no difference).

    With `by_stem` the ending does not count: formats that pair a picture with its annotation by stem need that.
    """
    path = PurePosixPath(wanted)
    name, number = wanted, 1
    while _key(name, by_stem) in names:
        number += 1
        name = path.with_name(f"{path.stem}-{number}{path.suffix}").as_posix()
    names.add(_key(name, by_stem))
    return name


def _key(name: str, by_stem: bool) -> str:
    return (PurePosixPath(name).with_suffix("").as_posix() if by_stem else name).casefold()


def placed(records: Iterable[Record], place: Callable[[Record], str]) -> list[Placed]:
    """Every record with the place of its picture; names are made safe and kept apart."""
    names: set[str] = set()
    found = []
    for record in records:
        if record.text is not None:
            found.append(Placed(record, "", (0, 0)))
            continue
        wanted = PurePosixPath(*(safe(part) for part in PurePosixPath(place(record)).parts)).as_posix()
        header = header_of(record.path)
        size = record.size or (header.stored if header else (0, 0))
        found.append(Placed(record, free(names, wanted, by_stem=True), size))
    return found


def copy_pictures(items: Sequence[Placed], folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy the picture of every record to its place."""
    for done, item in enumerate(items, 1):
        if item.file:
            write_atomic(folder / item.file, item.record.path.read_bytes())
        if progress and (done % 32 == 0 or done == len(items)):
            progress(done, len(items))


def classes_of(records: Iterable[Record], declared: Sequence[str]) -> list[str]:
    """The declared classes in their order, then others that objects have."""
    found = dict.fromkeys(declared)
    found.update(dict.fromkeys(sorted({shape.label for record in records for shape in record.shapes} - found.keys())))
    return list(found)


def by_split(items: Iterable[Placed]) -> dict[str, list[Placed]]:
    """The records of each split, those without one under an empty name."""
    found: dict[str, list[Placed]] = {}
    for item in items:
        found.setdefault(item.record.split, []).append(item)
    return dict(sorted(found.items()))


def write_json(path: Path, value: object) -> None:
    """Write a JSON file."""
    write_atomic(path, json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8"))


def write_lines(path: Path, rows: Iterable[object]) -> None:
    """Write a file with a JSON value a line."""
    write_atomic(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8"))


def under(folder: str, record: Record, *, split: bool = False) -> str:
    """The usual place of a picture: a folder, perhaps with one a split, then its own name."""
    inner = PurePosixPath(record.name or record.path.name)
    return PurePosixPath(folder, *([record.split] if split and record.split else []), inner).as_posix()
