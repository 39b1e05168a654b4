"""Which rows of a list are in another list too, and which stand twice: by name, digest, text, and the pictures themselves."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mlscaffold.datasets.images import Facts
from mlscaffold.datasets.record import leads_out

HOW = {
    "path": "same path",
    "digest": "same digest",
    "text": "same text",
    "file": "same file",
    "pixels": "same pixels",
    "near": "same picture saved again",
    "name": "same name",
}
"""Ways in which two examples are one, the surest first, in words."""
ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
COUNTER = re.compile(r"^(.*?)(\d+)$")


@dataclass(frozen=True)
class Listing:
    """Examples of one list: path, text, digest and label of each, an empty text where it has none."""

    paths: Sequence[str]
    texts: Sequence[str] = ()
    digests: Sequence[str] = ()
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class Pictures:
    """Facts of the pictures that were found, by the path that the list gives; the others counted by what is wrong."""

    facts: Mapping[str, Facts] = field(default_factory=dict)
    missing: int = 0
    outside: int = 0
    broken: int = 0


@dataclass(frozen=True)
class Leaks:
    """Row → how it is known to be in training; names that two lists share by counting, not by meaning, are only told."""

    rows: dict[int, str]
    counted_names: int = 0
    other_labels: int = 0


def plain_text(text: str) -> str:
    """A text as a model sees it: compatible characters made one, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def plain_path(path: str) -> str:
    """A path with forward slashes and without what means nothing."""
    path = path.replace("\\", "/")
    return str(PurePosixPath(path)) if path.startswith("./") or "//" in path or "/./" in path or path.endswith("/") else path


def leaks(rows: Listing, train: Listing, *, pictures: Pictures | None = None, trained: Pictures | None = None) -> Leaks:
    """The rows that the training list holds too; where both pictures were read, they decide and names do not."""
    found: dict[int, str] = {}
    for how, ours, theirs in (
        ("path", map(plain_path, rows.paths), map(plain_path, train.paths)),
        ("digest", (d.lower() for d in rows.digests), (d.lower() for d in train.digests)),
        ("text", map(plain_text, rows.texts), map(plain_text, train.texts)),
    ):
        known = set(theirs) - {""}
        bare = how == "path" and not any("/" in name for name in known)
        if known and not bare:
            for i, value in enumerate(ours):
                if value in known:
                    found.setdefault(i, how)
    if pictures is not None and train.digests:
        known = {digest.lower().removeprefix("sha256:") for digest in train.digests}
        found |= {
            i: "file" for i, path in enumerate(rows.paths) if path in pictures.facts and pictures.facts[path].digest in known
        }
    if pictures is not None and trained is not None:
        for i, how in _by_pictures(rows.paths, pictures.facts, trained.facts).items():
            found.setdefault(i, how)
    names, counted, other = _by_name(rows, train, pictures, trained)
    for i in names:
        found.setdefault(i, "name")
    return Leaks(dict(sorted(found.items())), counted, other)


def doubles(rows: Listing, pictures: Pictures | None = None) -> dict[str, list[tuple[int, ...]]]:
    """Groups of rows that are one example, by how it is known."""
    shared = {
        "path": _shared(map(plain_path, rows.paths)),
        "digest": _shared(d.lower() for d in rows.digests),
        "text": _shared(map(plain_text, rows.texts)),
    }
    if pictures is not None:
        facts = pictures.facts
        shared["file"] = _shared(facts[path].digest if path in facts else "" for path in rows.paths)
        shared["pixels"] = _shared(facts[path].pixels if path in facts else "" for path in rows.paths)
    return {how: groups for how, groups in shared.items() if groups}


def near_doubles(rows: Listing, pictures: Pictures) -> int:
    """How many rows show a picture that an earlier row shows too, saved again (not equal in pixels)."""
    from mlscaffold.datasets.duplicates import join, near_pairs

    shown = {f.pixels: f for f in pictures.facts.values() if f.pixels}
    return sum(len(group) - 1 for group in join((pair.first, pair.second) for pair in near_pairs(shown)))


def look(paths: Iterable[str], root: Path, *, progress: Callable[[int, int], None] | None = None) -> Pictures:
    """Read the pictures that a list names inside a folder; a path that leaves the folder is never opened.

    A path is looked for as it stands, then by its file name where only one file of the folder has it.
    """
    from mlscaffold.datasets.scan import scan

    wanted = list(dict.fromkeys(path for path in paths if path))
    places: dict[str, Path] = {}
    missing = outside = 0
    base = root.resolve()
    by_name: dict[str, list[Path]] | None = None
    for path in wanted:
        place = _inside(base, path)
        if place is None:
            outside += 1
            continue
        if not _is_file(place):
            by_name = _names(base) if by_name is None else by_name
            others = by_name.get(PurePosixPath(plain_path(path)).name, [])
            if len(others) != 1 or not _is_file(others[0]):
                missing += 1
                continue
            place = others[0]
        places[path] = place
    facts = scan(places.values(), progress=progress)
    read = {path: facts[place] for path, place in places.items()}
    broken = sum(not f.decode_ok for f in read.values())
    return Pictures({path: f for path, f in read.items() if f.decode_ok}, missing, outside, broken)


def _inside(base: Path, path: str) -> Path | None:
    """Where a path leads, links followed; None if that is outside of the folder."""
    try:
        place = (base / path.replace("\\", "/")).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return place if place.is_relative_to(base) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _names(base: Path) -> dict[str, list[Path]]:
    """The files of a folder by name; a link that leaves it is left out."""
    found: dict[str, list[Path]] = defaultdict(list)
    for folder, _, names in os.walk(base):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() or not leads_out(path, base):
                found[name].append(path)
    return found


def _shared(values: Iterable[str]) -> list[tuple[int, ...]]:
    """Rows by value, where more than one has it."""
    every = list(values)
    counts = Counter(every)
    if len(counts) == len(every):
        return []
    found: dict[str, list[int]] = defaultdict(list)
    for i, value in enumerate(every):
        if value and counts[value] > 1:
            found[value].append(i)
    return [tuple(rows) for rows in found.values() if len(rows) > 1]


def _by_pictures(paths: Sequence[str], facts: Mapping[str, Facts], trained: Mapping[str, Facts]) -> dict[int, str]:
    """Rows whose picture is in training: the same bytes, the same pixels, or near-duplicates that the pixels confirm."""
    from mlscaffold.datasets.duplicates import near_pairs

    digests = {f.digest for f in trained.values()}
    pixels = {f.pixels for f in trained.values()}
    everything = {f.pixels: f for f in (*facts.values(), *trained.values()) if f.pixels}
    near: set[str] = set()
    for pair in near_pairs(everything):
        near |= {pair.second} if pair.first in pixels else set()
        near |= {pair.first} if pair.second in pixels else set()
    found = {}
    for i, path in enumerate(paths):
        if f := facts.get(path):
            how = "file" if f.digest in digests else "pixels" if f.pixels in pixels else "near" if f.pixels in near else ""
            if how:
                found[i] = how
    return found


def _by_name(rows: Listing, train: Listing, pictures: Pictures | None, trained: Pictures | None) -> tuple[list[int], int, int]:
    """Rows whose file name is in training; how many names were not believed, because lists count alike; how many labels differ.

    Names that count from 1 in both lists (0001.png, 0002.png) say nothing: each folder has them. Nor do names whose labels
    mostly contradict.
    """
    parents = _repeat(rows.paths) or _repeat(train.paths)
    ours = [_stem(path, parents) for path in rows.paths]
    theirs = [_stem(path, parents) for path in train.paths]
    known: dict[str, int] = {name: i for i, name in enumerate(theirs) if name}
    hits = [i for i, name in enumerate(ours) if name in known]
    if pictures is not None and trained is not None:
        hits = [i for i in hits if not (rows.paths[i] in pictures.facts and train.paths[known[ours[i]]] in trained.facts)]
    if not hits:
        return [], 0, 0
    if _counts(ours) and _counts(theirs):
        return [], len(hits), 0
    if rows.labels and train.labels:
        other = [i for i in hits if train.labels[known[ours[i]]] not in ("", rows.labels[i])]
        if set(rows.labels) & set(train.labels) and len(other) > max(1, len(hits) // 5):
            return [], len(hits), len(other)
        return hits, 0, len(other)
    return hits, 0, 0


def _repeat(paths: Sequence[str]) -> bool:
    """Whether file names repeat in different folders, so that a name alone is no name."""
    distinct = {plain_path(path) for path in paths if path}
    return len({_stem(path, False) for path in distinct}) < 0.9 * len(distinct)


def _stem(path: str, parents: bool) -> str:
    """A file's name without its ending, after that of its folder if asked for."""
    parts = plain_path(path).split("/")
    return "/".join([*(parts[-2:-1] if parents else []), ENDING.sub("", parts[-1])])


def _counts(names: Sequence[str]) -> bool:
    """Whether most names are a prefix and a number, and the numbers leave few gaps."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for name in names:
        if (match := COUNTER.match(name[:200])) and len(match.group(2)) <= 9:
            numbers[match.group(1)].add(int(match.group(2)))
    runs = [found for found in numbers.values() if len(found) >= 5 and max(found) - min(found) < 1.3 * len(found)]
    return sum(map(len, runs)) * 2 > len(set(names))
