"""Splits that YOLO sets keep in text files with the name of a picture a line (`train: train.txt`, and Darknet's)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlscaffold.datasets.collecting import Findings
from mlscaffold.datasets.parsing import LARGEST, Unreadable, decode, load
from mlscaffold.datasets.pictures import Pictures
from mlscaffold.datasets.record import SPLIT_NAMES, leads_out

USUAL = {"train.txt": "train", "val.txt": "validation", "valid.txt": "validation", "test.txt": "test"}


def splits_of_lists(root: Path, values: Mapping[str, Any], *, pictures: Pictures, findings: Findings) -> dict[Path, str]:
    """The split of every picture that such a list names; of one in the lists of two splits none."""
    found: dict[Path, set[str]] = {}
    for file, split in _files(root, values):
        where = file.relative_to(root).as_posix()
        try:
            names = [line.strip() for line in decode(load(file, where, largest=LARGEST >> 4))[0].splitlines() if line.strip()]
        except Unreadable as error:
            if error.defect.kind != "empty-file":
                findings.unreadable(error)
            continue
        places = {name: pictures.find(name) for name in names}
        for place in places.values():
            if isinstance(place, Path):
                found.setdefault(place, set()).add(split)
        if missing := [name for name, place in places.items() if not isinstance(place, Path)]:
            findings.notes.append(
                f"{where}: {len(missing)} of {len(places)} names are no pictures here, first {missing[0][:120]}"
            )
    both = Counter(len(splits) > 1 for splits in found.values())[True]
    if both:
        findings.notes.append(f"{both} pictures are in the lists of several splits; the lists give them none")
    return {path: next(iter(splits)) for path, splits in found.items() if len(splits) == 1}


def _files(root: Path, values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The lists that data.yaml names, else those with the usual names; nothing outside of the folder."""
    told = [
        (one, SPLIT_NAMES[key.lower()])
        for key, value in values.items()
        if key.lower() in SPLIT_NAMES
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, str) and one.lower().endswith(".txt")
    ]
    for name, split in told or USUAL.items():
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        for place in (root.joinpath(*parts), root / parts[-1]):
            if place.is_file() and not leads_out(place, root):
                yield place, split
                break
