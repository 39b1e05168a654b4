"""Roboflow exports: `train`, `valid` and `test` with COCO, VOC, YOLO, CSV or class folders in Roboflow's own places; written as COCO."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from mlscaffold.datasets import lists
from mlscaffold.datasets.collecting import Findings
from mlscaffold.datasets.exporting import Placed, by_split, classes_of, under, write_json
from mlscaffold.datasets.formats import class_folders, coco, csv_list, voc, yolo
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.joining import Joined
from mlscaffold.datasets.keypoints import skeletons
from mlscaffold.datasets.list_columns import Table
from mlscaffold.datasets.parsing import Unreadable, decode, load, sample
from mlscaffold.datasets.pictures import pictures_of, short
from mlscaffold.datasets.record import SPLIT_NAMES, Reading, Record, Sniff

HOLDS = coco.HOLDS | holds("group")
COCO = "_annotations.coco.json"
CSV = "_annotations.csv"
CLASSES = "_classes.csv"
_MARKS = ("README.roboflow.txt", "README.dataset.txt")
_COPY = ".rf."


def sniff(path: Path) -> Sniff:
    """Roboflow's own files or names, with annotations in a format that is read."""
    if not path.is_dir():
        return Sniff(0.0, "not a folder")
    tops = _tops(path)
    mark = next((name for name in (*_MARKS, COCO, CSV) for top in [path, *tops] if (top / name).is_file()), None)
    mark = mark or next((p.name for top in tops for p in sorted(top.rglob(f"*{_COPY}*"))[:1]), None)
    kind = _kind(path)
    if mark is None or not kind:
        return Sniff(0.0, "none of Roboflow's names, or no annotations with them")
    folders = ", ".join(top.name for top in tops) or "one folder"
    return Sniff(0.96, f"{mark} is Roboflow's; {folders} with {kind}")


def _tops(path: Path) -> list[Path]:
    """The folders of the splits."""
    return sorted(p for p in path.iterdir() if p.is_dir() and not p.is_symlink() and p.name.casefold() in SPLIT_NAMES)


def _kind(path: Path) -> str:
    """What the annotations are."""
    tops = _tops(path) or [path]
    if any((top / COCO).is_file() for top in [path, *tops]):
        return "COCO"
    if any((top / CSV).is_file() for top in [path, *tops]):
        return "CSV"
    if any(_of_pictures(top / CLASSES) for top in [path, *tops]):
        return "a CSV of classes"
    if yolo.sniff(path).score >= 0.5:
        return "YOLO"
    if any(next(top.glob("*.xml"), None) for top in tops):
        return "VOC"
    return "class folders" if class_folders.sniff(path).score >= 0.5 else ""


def _of_pictures(file: Path) -> bool:
    """Whether a `_classes.csv` names pictures; beside masks it names the classes of their values."""
    return file.is_file() and sample(file).casefold().startswith("filename")


def read(path: Path) -> Reading:
    """Every picture by the annotations of its split; copies of one picture get it as their group."""
    readers: dict[str, Callable[[Path], Reading]] = {
        "COCO": _read_coco,
        "CSV": partial(_read_csv, file_name=CSV),
        "a CSV of classes": partial(_read_csv, file_name=CLASSES),
        "YOLO": yolo.read,
        "VOC": voc.read,
        "class folders": class_folders.read,
    }
    kind = _kind(path) if path.is_dir() else ""
    if not kind:
        findings = Findings()
        findings.item(path.name, "no-annotations", "holds no annotations of Roboflow")
        return findings.failed()
    reading = readers[kind](path)
    records = tuple(replace(record, group=record.group or _original(record.path.name)) for record in reading.records)
    copies = sum(count - 1 for count in Counter(record.group for record in records if record.group).values())
    note = (
        (f"{copies} pictures are augmented copies of others; the name before {_COPY} is taken as their group",) if copies else ()
    )
    return replace(reading, records=records, notes=(*reading.notes, *note))


def _original(name: str) -> str:
    """The name of the picture that a copy was made from; empty for one that is no copy."""
    return name.partition(_COPY)[0] if _COPY in name else ""


def _read_coco(path: Path) -> Reading:
    """COCO, one file a split."""
    findings, pictures, joined = Findings(), pictures_of(path), Joined()
    for top in [path, *_tops(path)]:
        if (top / COCO).is_file():
            coco.read_file(
                top / COCO,
                pictures,
                findings,
                split=SPLIT_NAMES.get(top.name.casefold(), "") if top != path else "",
                joined=joined,
            )
    findings.notes += joined.notes()
    return findings.reading(pictures)


def _read_csv(path: Path, *, file_name: str) -> Reading:
    """Boxes in a CSV, or a column of 0 and 1 for each class, one file a split."""
    findings = Findings()
    for top in [path, *_tops(path)]:
        file = top / file_name
        if not file.is_file():
            continue
        where = file.relative_to(path).as_posix()
        try:
            rows = csv_list.rows_in(decode(load(file, where))[0])
        except (Unreadable, ValueError) as error:
            findings.item(where, "broken-table", str(error))
            continue
        part = Findings()
        table = (
            Table(where, rows[0][1], [(f"{where}:{line}", cells) for line, cells in rows[1:]]) if rows else Table(where, [], [])
        )
        lists.read_tables(top, [table], part)
        split = SPLIT_NAMES.get(top.name.casefold(), "") if top != path else ""
        findings.records += [replace(record, name=short(record.name), split=split) for record in part.records]
        findings.defects += part.defects
        findings.notes += part.notes
    return findings.reading()


def place(record: Record) -> str:
    """Pictures lie beside the annotations, in the folder of their split."""
    return under(_folder(record.split), record)


def _folder(split: str) -> str:
    return {"validation": "valid"}.get(split, split)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `_annotations.coco.json` into every folder of a split."""
    names = classes_of((item.record for item in items), classes)
    named = skeletons(item.record for item in items)
    for split, group in by_split(items).items():
        top = _folder(split)
        write_json(Path(folder, top, COCO), coco.document(group, names, named, below=f"{top}/" if top else ""))


def fit_all(records: Sequence[Record], lost: Counter[str]) -> list[Record]:
    """As in COCO."""
    return coco.fit_all(records, lost)


def fit(record: Record, lost: Counter[str]) -> Record:
    """A group is held by the name of the picture alone."""
    record = coco.fit(record, lost)
    if record.group and record.group != _original(PurePosixPath(record.name).name):
        lost["groups"] += 1
        record = replace(record, group="")
    return record
