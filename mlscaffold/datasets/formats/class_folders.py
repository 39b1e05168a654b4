"""Pictures in one folder a class, perhaps under one folder a split: `<class>/x.jpg` or `<split>/<class>/x.jpg`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mlscaffold.datasets.exporting import Placed, safe
from mlscaffold.datasets.folders import WRAPPERS, are_counters
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.maskfiles import MASKS
from mlscaffold.datasets.record import FOREIGN, SPLIT_NAMES, Defect, Reading, Record, Sniff, is_clutter, is_media, leads_out

HOLDS = holds("pictures, label, split")
_TABLES = frozenset({".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".xml", ".parquet", ".mat"})


def sniff(path: Path) -> Sniff:
    """A folder whose sub-folders hold pictures fits; one with nothing but pictures fits badly: nothing says what they are."""
    if not path.is_dir():
        return Sniff(0.0, "not a folder")
    top = _unwrapped(path)
    folders = [child for child in _folders(top) if _holds_media(child)]
    if all(folder.name.lower() in WRAPPERS | MASKS for folder in folders) and folders:
        return Sniff(0.2, f"pictures in {', '.join(folder.name for folder in folders)}, which are no classes")
    if _is_split(folders):
        if _has_classes(folders):
            return Sniff(0.84, f"{len(folders)} splits with class folders")
        return Sniff(0.2, f"{len(folders)} splits with pictures, without class folders")
    if len(folders) > 1:
        return Sniff(0.8, f"{len(folders)} folders with pictures")
    if folders:
        return Sniff(0.5, "one folder with pictures")
    if any(is_media(child) for child in top.iterdir() if child.is_file() and not is_clutter(child.name)):
        return Sniff(0.2, "pictures without class folders")
    return Sniff(0.0, "no folder in it holds pictures")


def read(path: Path) -> Reading:
    """Every picture below `path`, labelled by its class folder; pictures with no folder at all are taken unlabelled."""
    top = _unwrapped(path)
    folders = [child for child in _folders(top) if _holds_media(child)]
    split = _is_split(folders)
    within = not split and _splits_within(folders)
    records: list[Record] = []
    defects: list[Defect] = []
    ignored: Counter[str] = Counter()
    for file in _walk(top, ignored):
        name = file.relative_to(top).as_posix()
        parts = name.split("/")[:-1]
        if leads_out(file, path):
            defects.append(Defect(name, "leads-out", "is a link that leads out of the folder; not opened"))
        elif not parts and folders:
            defects.append(Defect(name, "no-class", "lies beside the class folders, in none of them"))
        else:
            if split and parts and parts[0].lower() not in SPLIT_NAMES:
                ignored[f"in {parts[0]}, which is no split"] += 1
                continue
            which = SPLIT_NAMES[parts[0].lower()] if split and parts else SPLIT_NAMES[parts[1].lower()] if within else ""
            inner = parts[1:] if split else parts
            label = inner[0] if inner else ""
            labels = (label,) if label else ()
            records.append(Record(file, "/".join([*inner, file.name]), labels, origin=name, split=which))
    return Reading(tuple(records), tuple(defects), dict(ignored), tuple(_notes(top, records, split=split)))


def _notes(top: Path, records: list[Record], *, split: bool) -> Iterator[str]:
    """What is odd about the set as a whole."""
    folders = [inner for child in _folders(top) for inner in (_folders(child) if split else [child])]
    if empty := sorted({folder.relative_to(top).as_posix() for folder in folders if not _holds_media(folder)}):
        yield f"{len(empty)} folders hold no pictures: {', '.join(empty[:5])}"
    if split:
        every = {record.label for record in records if record.label}
        for name in sorted({record.split for record in records if record.split}):
            here = {record.label for record in records if record.split == name and record.label}
            if here and here != every:
                yield f"{name} lacks {len(every - here)} of {len(every)} classes: {', '.join(sorted(every - here)[:5])}"
    yield from _doubts(top, sorted({record.label for record in records if record.label}), split=split)
    if unlabelled := sum(not record.label for record in records):
        yield f"{unlabelled} pictures have no label: nothing says what they show"


def _doubts(top: Path, labels: list[str], *, split: bool) -> Iterator[str]:
    """Why the folders may be no classes, and which files may say what the classes are."""
    if len(labels) > 1 and are_counters(labels):
        yield f"the folders look like dates or batches ({', '.join(labels[:3])}): if they are no classes, name a list of labels instead"
    tops = [child for child in _folders(top) if _holds_media(child)] if labels and not split else []
    inner = [{child.name for child in _folders(folder) if _holds_media(child)} for folder in tops]
    bare = not any(map(_bare_media, tops))
    if len(tops) > 1 and bare and not _splits_within(tops) and len(inner[0]) > 1 and all(names == inner[0] for names in inner):
        yield (
            f"{_few(folder.name for folder in tops)} each hold the same folders, {_few(sorted(inner[0]))}: if those are the classes, bring"
            f" in each one as a source of its own, beginning with {top / tops[0].name}"
        )
    beside = [
        file for folder in [top, *_folders(top)] for file in sorted(folder.iterdir())
        if file.suffix.lower() in _TABLES and file.is_file() and not is_clutter(file.name)
    ]  # fmt: skip
    if beside:
        names = _few(file.relative_to(top).as_posix() for file in beside)
        yield f"not read, though labels may be in {'it' if len(beside) == 1 else 'them'}: {names}"


def _few(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:4]) + (f" and {len(every) - 4} more" if len(every) > 4 else "")


def _unwrapped(path: Path) -> Path:
    """The folder that holds the class folders: down through a lone `images` or `data`, or any lone folder of nothing but folders."""
    folders = [child for child in _folders(path) if _holds_media(child)]
    if len(folders) != 1 or _bare_media(path) or _all_splits(folders):
        return path
    inner = [child.name for child in _folders(folders[0]) if _holds_media(child)]
    nested = inner and not _bare_media(folders[0]) and not are_counters(inner)
    return _unwrapped(folders[0]) if folders[0].name.lower() in WRAPPERS or nested else path


def _bare_media(folder: Path) -> bool:
    """Whether pictures lie in the folder itself."""
    return any(is_media(child) and not is_clutter(child.name) and child.is_file() for child in folder.iterdir())


def _splits_within(folders: list[Path]) -> bool:
    """Whether splits lie within the class folders: `<class>/<split>/x.jpg`."""
    inner = [child for folder in folders for child in _folders(folder) if _holds_media(child)]
    return bool(inner) and _all_splits(inner) and not any(_bare_media(folder) for folder in folders)


def _is_split(folders: list[Path]) -> bool:
    """Whether the folders are splits: all are named so, or train and another one with the same classes are."""
    named = [folder for folder in folders if folder.name.lower() in SPLIT_NAMES]
    kinds = {SPLIT_NAMES[folder.name.lower()] for folder in named}
    return _all_splits(folders) or ("train" in kinds and len(kinds) > 1 and _has_classes(named))


def _all_splits(folders: list[Path]) -> bool:
    return bool(folders) and all(folder.name.lower() in SPLIT_NAMES for folder in folders)


def _has_classes(folders: list[Path]) -> bool:
    """Whether any of the splits has folders that may be classes."""
    inner = [inner for folder in folders for inner in _folders(folder) if _holds_media(inner)]
    return any(folder.name.lower() not in WRAPPERS | MASKS for folder in inner)


def _folders(path: Path) -> list[Path]:
    """Sub-folders in order, without clutter and links."""
    with os.scandir(path) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False) and not is_clutter(entry.name))


def _holds_media(folder: Path) -> bool:
    """Whether a picture lies anywhere below."""
    return any(is_media(Path(name)) and not is_clutter(name) for _, _, names in os.walk(folder) for name in names)


def _walk(top: Path, ignored: Counter[str]) -> Iterator[Path]:
    """Every picture below `top` in order; what else there is, is counted."""
    for folder, inner, names in os.walk(top):
        for name in [name for name in inner if is_clutter(name)]:
            ignored["hidden or system"] += sum(len(files) for _, _, files in os.walk(Path(folder, name)))
        inner[:] = sorted(name for name in inner if not is_clutter(name))
        for name in sorted(names):
            if is_clutter(name):
                ignored["hidden or system"] += 1
            elif not is_media(Path(name)):
                ending = Path(name).suffix.lower()
                ignored[f"{ending} (convert them first)" if ending in FOREIGN else "not a picture"] += 1
            else:
                yield Path(folder, name)


def place(record: Record) -> str:
    """A picture lies in the folder of its class, that in the folder of its split."""
    *folders, name = record.name.split("/")
    inner = [folder for folder in folders if folder != record.label]
    return "/".join([*([record.split] if record.split else []), record.label, *inner, name])


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Make the folders of classes that no picture shows: the pictures themselves say the rest."""
    tops = sorted({item.record.split for item in items})
    for top in tops:
        for name in classes:
            Path(folder, top, safe(name)).mkdir(parents=True, exist_ok=True)


def fit(record: Record, lost: Counter[str]) -> Record | None:
    """A picture needs a label; the label becomes the name of a folder."""
    if not record.label:
        lost["pictures without a label of the whole"] += 1
        return None
    lost["names of classes, changed to suit folders"] += safe(record.label) != record.label
    return replace(record, labels=(safe(record.label),))


def fit_all(records: list[Record], lost: Counter[str]) -> list[Record]:
    """Where some pictures have a split, those without one have no place."""
    dealt = [record for record in records if record.split]
    if not dealt or len(dealt) == len(records):
        return records
    lost["pictures in no split"] += len(records) - len(dealt)
    return dealt
