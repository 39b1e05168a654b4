"""Pictures that are in a folder more than once: the same file, the same picture saved again, scaled or mirrored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.duplicates import TIGHT_RADIUS, TIGHT_RMS, candidates, confirmed, join
from mlscaffold.datasets.folders import Folders
from mlscaffold.datasets.images import THUMB, Facts
from mlscaffold.datasets.inspection import Found, Item
from mlscaffold.datasets.inventory import Inventory
from mlscaffold.model import Status

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

Fetch = Callable[[Iterable[str]], dict[str, Facts]]
LARGEST = 20  # pictures of a group that needs no second look, in a small folder
GONE = Facts("", 0, thumb=bytes(THUMB * THUMB))
"""Stands for a file that went away since it was read, and of which the cache does not know what was found: it is like nothing."""
SEVERAL = 500  # pairs whose thumbnails are in memory at a time


def resemblances(inventory: Inventory, folders: Folders, fetch: Fetch) -> Iterator[Found]:
    """Exact and near duplicates, and among them those with two classes or in two splits.

    Near: of the 64 bits of a perceptual hash 8 differ at most (6 above 50 000 pictures, 4 above a million: chance grows with the
    square), and thumbnails by 12 grey levels at most after standardising. On 176 121 pairs of unlike photographs no pair was
    called alike; every copy saved as JPEG of quality 50, halved or quartered, in grey or with other contrast was. Crops are not
    found. Two classes or two splits are a fault only for equal pixels, or by the strict rule (4 bits, 6 levels).
    """
    exact = _groups(inventory, "digests")
    extra = sum(len(group) - 1 for group in exact)
    if exact:
        words = f"in {_count(exact)} of equal files: {extra} more than needed"
        yield Found(
            "duplicates", Status.WARN, sum(map(len, exact)), words, _items(inventory, exact, "the same file"), "keep one of each"
        )
    alike = _groups(inventory, "pixels")
    pairs = list(_pairs(inventory, alike, fetch))
    links = [(group[0], other) for group in alike for other in group[1:]]
    largest = max(LARGEST, len(inventory) // 10)
    near = _joined([*links, *((a, b) for a, b, _, _ in pairs)])
    if long := {place for group in near if len(group) > largest for place in group}:
        # A chain may join what is unlike at its ends: a group that large is joined anew by the strict rule.
        near = _joined([*links, *((a, b) for a, b, tight, _ in pairs if tight or a not in long)])
    same = {tuple(group) for group in exact}
    near = [group for group in near if tuple(group) not in same]
    flipped = {frozenset((a, b)) for a, b, _, mirrored in pairs if mirrored}
    if near:
        words = f"in {_count(near)} of pictures saved again, scaled or mirrored"
        items = tuple(
            Item(tuple(inventory.paths[i] for i in group), "mirrored" if _mirrored(group, flipped) else "saved again or scaled")
            for group in near
        )
        yield Found(
            "near-duplicates", Status.WARN, sum(map(len, near)), words, items, "keep each group in one split, or keep one of each"
        )
    strict = _joined([*links, *((a, b) for a, b, tight, mirrored in pairs if tight and not mirrored)])
    yield from _across(inventory, folders.splits, strict, kind="leak", words="in two splits", fix="take them out of train")
    yield from _across(
        inventory, folders.labels, strict, kind="contradictory", words="in two class folders", fix="decide which class is right"
    )


def _across(
    inventory: Inventory, names: tuple[str, ...], groups: list[list[int]], *, kind: str, words: str, fix: str
) -> Iterator[Found]:
    """Equal pictures whose folders contradict each other."""
    bad = [group for group in groups if len({names[i] for i in group} - {""}) > 1]
    if bad:
        items = tuple(
            Item(tuple(inventory.paths[i] for i in group), ", ".join(sorted({names[i] for i in group} - {""}))) for group in bad
        )
        yield Found(kind, Status.FAIL, sum(map(len, bad)), f"that lie {words}, in {_count(bad)} of the same picture", items, fix)


def _count(groups: list[list[int]]) -> str:
    return f"{len(groups)} group{'s' * (len(groups) != 1)}"


def _groups(inventory: Inventory, which: str) -> list[list[int]]:
    """Positions that share a digest, two or more each, in order."""
    import numpy as np

    if not len(inventory):
        return []
    keys = inventory.keys(which)
    starts = keys.view(np.uint64)[:: keys.itemsize // 8]  # 8 of 32 bytes tell nearly all apart; the rest is compared below
    ordered = np.sort(starts)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    found: dict[bytes, list[int]] = defaultdict(list)
    for place in np.flatnonzero(np.isin(starts, twice)).tolist():
        found[keys[place].tobytes()].append(place)
    return sorted(group for group in found.values() if len(group) > 1)


def _items(inventory: Inventory, groups: Iterable[list[int]], words: str) -> tuple[Item, ...]:
    return tuple(Item(tuple(inventory.paths[i] for i in group), words) for group in groups)


def _pairs(inventory: Inventory, alike: list[list[int]], fetch: Fetch) -> Iterator[tuple[int, int, bool, bool]]:
    """Near-duplicate pairs (positions, whether the strict rule holds, whether mirrored) that thumbnails confirm.

    Of pictures that are `alike` (equal pixels) the first stands for all.
    """
    import numpy as np

    if len(inventory) < 2:
        return
    once = np.ones(len(inventory), dtype=bool)
    for group in alike:
        once[group[1:]] = False
    alone = np.flatnonzero(once & (inventory.column("deviation") >= 6))
    radius = 8 if len(alone) <= 50_000 else 6 if len(alone) <= 1_000_000 else 4
    hashes, flipped = inventory.column("phash")[alone], inventory.column("mirrored")[alone]
    first, second, distance, mirrored = candidates(hashes, flipped, radius=radius)
    for start in range(0, len(first), SEVERAL):
        part = slice(start, start + SEVERAL)
        places = np.unique(np.concatenate([first[part], second[part]]))
        digests = [inventory.digest(int(i)) for i in alone[places].tolist()]
        known = fetch(digests)
        a, b = np.searchsorted(places, first[part]), np.searchsorted(places, second[part])
        rms, near = confirmed([known.get(digest, GONE) for digest in digests], a, b, mirrored=mirrored[part])
        there = np.array([digest in known for digest in digests], dtype=bool)
        near &= there[a] & there[b]
        tight = (distance[part] <= TIGHT_RADIUS) & (rms <= TIGHT_RMS)
        rows = (alone[first[part]], alone[second[part]], tight, mirrored[part])
        yield from zip(*(row[near].tolist() for row in rows), strict=True)


def _mirrored(group: list[int], flipped: set[frozenset[int]]) -> bool:
    return any(frozenset((group[0], other)) in flipped for other in group[1:])


def _joined(links: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected components of positions."""
    return [[int(key) for key in group] for group in join((f"{a:012d}", f"{b:012d}") for a, b in links)]
