"""Hugging Face imagefolder: `metadata.csv`, `.jsonl` or `.parquet` beside the pictures, one in each folder of a split."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from mlscaffold.datasets.collecting import Findings, json_lines, judged, measured, text_of, told_size
from mlscaffold.datasets.exporting import Placed, by_split, under, write_lines
from mlscaffold.datasets.formats.csv_list import rows_in
from mlscaffold.datasets.formats.parquet_list import engine
from mlscaffold.datasets.geometry import bounds, exact, numbers
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.parsing import Unreadable, decode, load, oddly_encoded, sample
from mlscaffold.datasets.pictures import Pictures, pictures_of, short, split_in
from mlscaffold.datasets.record import SPLIT_NAMES, Reading, Record, Shape, Sniff

HOLDS = holds("pictures, label, labels, group, attributes, split, any split, size, boxes")
_FILES = ("metadata.jsonl", "metadata.csv", "metadata.parquet")
_LABELS = ("label", "labels", "class", "category")
_KNOWN = frozenset({"objects", "group", "split", "width", "height", *_LABELS})


def sniff(path: Path) -> Sniff:
    """A file `metadata.*` with a column file_name."""
    files = files_of(path)
    if not files:
        return Sniff(0.0, "no metadata.csv, metadata.jsonl or metadata.parquet with file_name")
    name = files[0].name if path.is_file() else files[0].relative_to(path).as_posix()
    more = f" (and {len(files) - 1} more)" if len(files) > 1 else ""
    return Sniff(0.99, f"{name}{more} has file_name, as Hugging Face's imagefolder wants it")


def files_of(path: Path) -> list[Path]:
    """The metadata files at a path."""
    if path.is_file():
        found = [path] if path.name in _FILES else []
    else:
        found = [file for depth in ("", "*/", "*/*/") for name in _FILES for file in sorted(path.glob(depth + name))]
    return [p for p in found if not p.is_symlink() and (p.suffix == ".parquet" or "file_name" in sample(p)[:8192])]


def read(path: Path) -> Reading:
    """Every row of every metadata file; a name is meant from the folder of its file."""
    findings = Findings()
    root = path if path.is_dir() else path.parent
    files = files_of(path) or ([path] if path.is_file() else [])
    if not files:
        findings.item(path.name, "no-annotations", "holds no metadata file")
        return findings.failed()
    pictures = pictures_of(root)
    seen: dict[Path, str] = {}
    for file in files:
        where = file.relative_to(root).as_posix()
        try:
            for at, row in _rows(file, where, findings):
                _row(row, at, file, pictures, findings, seen)
        except Unreadable as error:
            findings.unreadable(error)
    if left := pictures.unclaimed:
        findings.notes.append(
            f"{len(left)} pictures stand in no metadata file, and labels of folders do not count beside one: {left[0]}"
        )
    return findings.reading(pictures)


def _rows(file: Path, where: str, findings: Findings) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one file, with where they stand; raises `Unreadable`."""
    if file.suffix == ".parquet":
        try:
            rows = engine().read_table(file).to_pylist()
        except (OSError, ValueError, TypeError) as error:
            raise Unreadable(where, "broken-table", f"cannot be read as Parquet ({type(error).__name__})") from None
        yield from ((f"{where}:{place}", row) for place, row in enumerate(rows, 1))
    elif file.suffix == ".csv":
        text, encoding = decode(load(file, where))
        findings.defects += oddly_encoded(encoding, where)
        try:
            (_, header), *rows_ = rows_in(text) or [(0, [""])]
        except csv.Error as error:
            raise Unreadable(where, "broken-table", f"cannot be read: {error}") from None
        for line, cells in rows_:
            if len(cells) != len(header):
                findings.item(f"{where}:{line}", "ragged-row", f"has {len(cells)} cells, the header has {len(header)}")
            else:
                yield f"{where}:{line}", dict(zip(header, cells, strict=True))
    else:
        for at, value in json_lines(file, where, findings):
            if isinstance(value, dict):
                yield at, value
            else:
                findings.item(at, "no-object", f"is {type(value).__name__}; an object is wanted")


def _row(row: dict[str, Any], at: str, file: Path, pictures: Pictures, findings: Findings, seen: dict[Path, str]) -> None:
    """Read one row into a record or a defect."""
    key = "file_name" if "file_name" in row else next((name for name in row if str(name).endswith("_file_name")), "file_name")
    found = _beside(row.get(key), file, pictures)
    if isinstance(found, Path) and found in seen:
        found = ("named-twice", f"names {row[key]} again ({seen[found]})")
    objects = row.get("objects")
    if isinstance(found, tuple):
        findings.item(at, *found, field=key)
        count = len(boxes) if isinstance(objects, dict) and isinstance(boxes := objects.get("bbox"), list) else 0
        findings.object(at, "of-refused-picture", f"{count} objects of it", count=count)
        return
    seen[found] = at
    size = measured(found, told_size(row.get("width"), row.get("height")), where=at, findings=findings)
    shapes = _shapes(objects, at, findings)
    told = next((row[name] for name in _LABELS if name in row), "")
    labels = [text_of(name) for name in told] if isinstance(told, list) else [text_of(told)]
    split = text_of(row.get("split"))
    name = pictures.name(found)
    findings.records.append(
        Record(
            found,
            short(name),
            tuple(dict.fromkeys(label for label in labels if label)),
            group=text_of(row.get("group")),
            attributes={str(k): text_of(v) for k, v in row.items() if k not in _KNOWN and k != key and v not in (None, "")},
            origin=at,
            split=SPLIT_NAMES.get(split.lower(), split) or split_in(f"{name.rpartition('/')[0]}/"),
            size=size,
            shapes=judged(shapes, size, where=at, findings=findings),
        )
    )


def _beside(name: object, file: Path, pictures: Pictures) -> Path | tuple[str, str]:
    """The picture that a name means from the folder of the metadata file, and from there alone."""
    found = pictures.find(name, beside=file.parent)
    if isinstance(found, Path) and isinstance(name, str):
        wanted = PurePosixPath(pictures.name(file.parent), name.replace("\\", "/")).as_posix()
        if PurePosixPath(pictures.name(found)).as_posix() != PurePosixPath(wanted).as_posix() and ".." not in wanted:
            return (
                "missing-file",
                f"{name[:120]} does not exist beside {file.name}; names are meant from there ({pictures.name(found)} does)",
            )
    return found


def _shapes(objects: object, at: str, findings: Findings) -> list[Shape]:
    """Boxes and their classes, as two lists of one length."""
    if objects in (None, ""):
        return []
    if not isinstance(objects, dict) or not isinstance(objects.get("bbox"), list):
        findings.tell(at, "broken-objects", "objects hold no list bbox; no box is taken over", field="objects")
        return []
    boxes = objects["bbox"]
    names: list[object] = next(
        (objects[key] for key in ("categories", "category", "labels", "label") if isinstance(objects.get(key), list)), []
    )
    found = []
    for place, told in enumerate(boxes):
        box = numbers(told, 4)
        if box is None or len(box) != 4:
            findings.object(
                f"{at} bbox[{place}]", "broken-box", f"is {str(told)[:60]}; four finite numbers are wanted", field="bbox"
            )
            continue
        label = text_of(names[place]) if place < len(names) else ""
        found.append(Shape(label, (box[0], box[1], box[2], box[3]), origin=f"{at} bbox[{place}]"))
    return found


def place(record: Record) -> str:
    """Pictures lie in the folder of their split."""
    return under("", record, split=record.split in SPLIT_NAMES.values())


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write a `metadata.jsonl` into every folder of a split."""
    groups: dict[str, list[Placed]] = {}
    for split, group in by_split(items).items():
        groups.setdefault(split if split in SPLIT_NAMES.values() else "", []).extend(group)
    for top, group in groups.items():
        rows = [_line(item, f"{top}/" if top else "") for item in group]
        write_lines(Path(folder, top, "metadata.jsonl"), rows)


def _line(item: Placed, top: str) -> dict[str, Any]:
    """The row of one picture."""
    record = item.record
    row: dict[str, Any] = {"file_name": item.file.removeprefix(top), "width": item.size[0], "height": item.size[1]}
    if record.labels:
        row |= {"label": record.label} if len(record.labels) == 1 else {"labels": list(record.labels)}
    row |= {"group": record.group} if record.group else {}
    row |= {"split": record.split} if record.split and not top else {}
    if record.shapes:
        boxes = [[exact(value) for value in bounds(shape) or ()] for shape in record.shapes]
        row["objects"] = {"bbox": boxes, "categories": [shape.label for shape in record.shapes]}
    return row | record.attributes


def fit(record: Record, lost: Counter[str]) -> Record:
    """Attributes that have the name of a column of ours are given up."""
    taken = [name for name in record.attributes if name in _KNOWN or name.endswith("file_name")]
    lost["attributes of pictures"] += len(taken)
    return replace(record, attributes={name: value for name, value in record.attributes.items() if name not in taken})
