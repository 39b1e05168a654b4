"""What the folders of pictures mean: classes, splits, or nothing that can be known."""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mlscaffold.datasets.record import SPLIT_NAMES

WRAPPERS = frozenset({"images", "image", "imgs", "img", "data", "dataset", "pictures", "photos", "jpegimages"})
# 2026-11-03, 20261103, batch_2, part-01, 003: folders of a camera or of a courier. A plain 0 to 9 is a class of digits.
_COUNTED = re.compile(
    r"(\d{4}[-_.]?\d\d[-_.]?\d\d.*|\d{3,}.*|0\d+|(batch|part|set|session|seq|sequence|day|week|run|shard|chunk)[-_ ]?\d+)", re.I
)


@dataclass(frozen=True)
class Folders:
    """Class and split of each path; an empty text where the folders do not say."""

    labels: tuple[str, ...]
    splits: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that there are."""
        return tuple(sorted(set(self.labels) - {""}))


def are_counters(names: Collection[str]) -> bool:
    """Whether most of the names are dates, batches or numbers that begin with 0."""
    return 2 * sum(bool(_COUNTED.fullmatch(name)) for name in names) > len(names)


def folders_of(paths: Iterable[str]) -> Folders:
    """Read class and split from paths such as `train/rose/1.jpg` or `rose/1.jpg`.

    Folders are classes where two or more lie side by side and are not mere counters: dates, batches, numbers that begin with 0.
    """
    seen: dict[str, int] = {}
    places = array("q", (seen.setdefault(path.rpartition("/")[0], len(seen)) for path in paths))
    parts = [folder.split("/") if folder else [] for folder in seen]
    while parts and all(p and p[0].lower() in WRAPPERS for p in parts) and len({p[0] for p in parts}) == 1:
        parts = [p[1:] for p in parts]
    while parts and all(len(p) > 1 for p in parts) and len({p[0] for p in parts}) == 1 and parts[0][0].lower() not in SPLIT_NAMES:
        parts = [p[1:] for p in parts]
    splits = [""] * len(parts)
    told = [SPLIT_NAMES.get(p[0].lower(), "") if p else "" for p in parts]
    inner = any(split and len(p) > 1 for split, p in zip(told, parts, strict=True))
    if parts and (all(told) or (inner and "train" in told and len(set(told) - {""}) > 1)):
        splits = told
        parts = [p[1:] if split else [] for split, p in zip(told, parts, strict=True)]  # what lies beside the splits has no class
        while any(parts) and all(p[0].lower() in WRAPPERS for p in parts if p):
            parts = [p[1:] for p in parts]
    labels = [p[0] if p else "" for p in parts]
    names = set(labels) - {""}
    if len(names) < 2 or are_counters(names):
        labels = [""] * len(parts)
    return Folders(tuple(labels[place] for place in places), tuple(splits[place] for place in places))
