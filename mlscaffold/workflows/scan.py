"""Look at every picture below a folder, once, and say what is amiss: no project needed."""

from __future__ import annotations

import os
import sys
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from mlscaffold.cache import Cache
from mlscaffold.datasets.folders import folders_of
from mlscaffold.datasets.images import READER, Facts
from mlscaffold.datasets.inspection import Found, Item, Scan, inspect, without_masks
from mlscaffold.datasets.inventory import Inventory
from mlscaffold.datasets.walk import Walked, walk
from mlscaffold.datasets.workers import cores, read_all, read_facts
from mlscaffold.errors import UsageError
from mlscaffold.model import Status
from mlscaffold.places import SETTLED_AFTER, NoProject, code_version, find_root

BATCH = 500  # rows that are written at once; so many, or a second of work, an interruption may cost
PART = 1000  # paths that the cache is asked for at once


@dataclass(frozen=True)
class Progress:
    """How far the reading is: files and bytes, those known from the cache included."""

    done: int
    total: int
    bytes_done: int
    bytes_total: int


Report = Callable[[Progress], None]


def scan_folder(
    folder: Path, *, cache: Path | None, executor: Executor | None = None, workers: int = 0, report: Report | None = None
) -> Scan:
    """Read what the cache does not know of the folder, and judge all of it.

    Where nothing has changed since the last scan, its answer is given again. What an interrupted scan has read is not read again.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", reference="scan-path", hint="mlscaffold data scan FOLDER")
    started, began = time.perf_counter(), time.time_ns()
    top = folder.resolve()
    found = walk(top)
    if not found.pictures and not found.refused:
        raise UsageError(
            f"There is no picture in {folder}.", reference="nothing-to-scan", context=_passed(found), hint="Name another folder."
        )
    store = Cache(_made(cache))
    prefix = _prefix(top, cache)
    witness, newest = found.witness()
    version = f"{code_version()}:{READER}"
    known = store.memo(f"scan:{prefix}", version)
    if known and known[0].get("tree") == witness and newest < began - SETTLED_AFTER:
        seen = _from_json(known[1])
        return replace(seen, name=_name(folder), root=str(top), known=len(found.pictures), seconds=time.perf_counter() - started)
    scan = Inventory()
    fetch = _fetcher(store, top, scan)
    decoded = _read(top, found, store, into=scan, prefix=prefix, executor=executor, workers=workers, report=report)
    for path, words in found.refused:
        scan.refused[path] = "not-opened", words
    judged = _judged(scan, fetch, found)
    if newest < began - SETTLED_AFTER:
        store.remember_memo(f"scan:{prefix}", version, trace={"tree": witness}, value=asdict(judged))
        store.save()
    return replace(
        judged,
        name=_name(folder),
        root=str(top),
        decoded=decoded,
        known=len(found.pictures) - decoded,
        seconds=time.perf_counter() - started,
    )


def cache_of(folder: Path) -> Path:
    """Where facts about a folder are kept: in the project that holds it, else in the user's folder for caches."""
    top = folder.resolve()
    try:
        return find_root(top) / ".mlscaffold" / "cache.sqlite"
    except NoProject:
        name = sha256(str(top).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return _user_cache() / "mlscaffold" / f"scan-{name}.sqlite"


def _user_cache() -> Path:
    """The user's folder for what can be computed again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _made(cache: Path | None) -> Path | None:
    """The cache's file with its folder made; None where that cannot be."""
    try:
        if cache is not None:
            cache.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return cache


def _prefix(top: Path, cache: Path | None) -> str:
    """What comes before a path in the cache: a project's knows its own paths, every other one any folder by its place."""
    if cache is not None and cache.parent.name == ".mlscaffold" and top.is_relative_to(cache.parent.parent.resolve()):
        inner = top.relative_to(cache.parent.parent.resolve()).as_posix()
        return "" if inner == "." else f"{inner}/"
    return f"{top.as_posix()}/"


def _name(folder: Path) -> str:
    return folder.resolve().name or str(folder)


def _passed(found: Walked) -> str:
    return ", ".join(f"{n} {kind}" for kind, n in found.passed.most_common(5))


def _fetcher(store: Cache, top: Path, scan: Inventory) -> Callable[[Iterable[str]], dict[str, Facts]]:
    """Facts by digest: what the cache does not give (a full disk, another process that damaged it) is read again."""

    def fetch(digests: Iterable[str]) -> dict[str, Facts]:
        wanted = set(digests)
        found = {digest: Facts.from_row(row) for digest, row in store.facts(wanted, READER).items()}
        if left := wanted - found.keys():
            for place, path in enumerate(scan.paths):
                if (digest := scan.digest(place)) in left:
                    again = read_facts(top / path)
                    if again.digest == digest:
                        found[digest] = again
                        left.discard(digest)
        return found

    return fetch


def _read(
    top: Path, found: Walked, store: Cache, *, into: Inventory, prefix: str, executor: Executor | None, workers: int,
    report: Report | None,
) -> int:  # fmt: skip
    """Fill the inventory, from the cache and by reading; returns how many files were decoded."""
    total, size = len(found.pictures), found.bytes
    todo = array("q")
    done = bytes_done = 0
    for place, facts in _remembered(top, found, store, prefix):
        if facts is None:
            todo.append(place)
        else:
            into.add(found.pictures[place], facts)
            done, bytes_done = done + 1, bytes_done + found.stamp(place)[0]
    under_way: dict[str, int] = {}

    def asked() -> Iterator[str]:
        for place in todo:
            file = f"{top}/{found.pictures[place]}"
            under_way[file] = place
            yield file

    batch: dict[str, tuple[Any, ...]] = {}
    saved = time.monotonic()
    try:
        for file, facts in read_all(asked(), executor=executor, workers=workers or cores()):
            place = under_way.pop(file)
            path, stamp = found.pictures[place], found.stamp(place)
            into.add(path, facts)
            if facts.digest:
                batch[facts.digest] = facts.to_row()
                if not facts.pointer:
                    store.remember_file(prefix + path, stamp, facts.digest)
            done, bytes_done = done + 1, bytes_done + stamp[0]
            if len(batch) >= BATCH or time.monotonic() - saved > 1:
                batch, saved = _saved(store, batch), time.monotonic()
            if report:
                report(Progress(done, total, bytes_done, size))
    finally:
        _saved(store, batch)
    into.sort()
    return len(todo)


def _saved(store: Cache, batch: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Write what was learned; an empty batch for what comes."""
    if batch:
        store.remember_facts(batch, READER)
        store.save()
    return {}


def _remembered(top: Path, found: Walked, store: Cache, prefix: str) -> Iterator[tuple[int, Facts | None]]:
    """Each picture with what is known of it: by its stamp, or, where its size is that of a known file, by its content."""
    from mlscaffold.datasets.scan import file_digest

    sizes = store.sizes(READER)
    for start in range(0, len(found.pictures), PART):
        places = range(start, min(start + PART, len(found.pictures)))
        stamps = {prefix + found.pictures[place]: found.stamp(place) for place in places}
        told = store.digests(stamps)
        digests: dict[int, str] = {}
        for place, (path, stamp) in zip(places, stamps.items(), strict=True):
            digest = told.get(path)
            if digest is None and stamp[0] in sizes:
                try:
                    digest = file_digest(top / path[len(prefix) :])[0]
                    store.remember_file(path, stamp, digest)
                except OSError:
                    digest = None
            digests[place] = digest or ""
        wanted = {digest for digest in digests.values() if digest} if sizes else set()
        known = {digest: Facts.from_row(row) for digest, row in store.facts(wanted, READER).items()}
        for place, digest in digests.items():
            facts = known.get(digest)
            yield place, facts if facts and facts.looked and not facts.pointer else None


def _judged(scan: Inventory, fetch: Callable[[Iterable[str]], dict[str, Facts]], found: Walked) -> Scan:
    labels = folders_of(without_masks(scan).paths).labels
    names = {kind: scan.named(kind) for kind in ("format", "mode")}
    counts = {kind: {all_[code]: n for code, n in Counter(codes.tolist()).most_common()} for kind, (all_, codes) in names.items()}
    return Scan(
        name="",
        total=len(scan) + len(scan.refused),
        read=len(scan),
        bytes=found.bytes,
        passed=dict(found.passed.most_common()),
        formats=counts["format"],
        modes=counts["mode"],
        sizes={side: _span(scan.column(side).tolist()) for side in ("width", "height")} if len(scan) else {},
        classes=dict(Counter(label for label in labels if label).most_common()),
        found=tuple(inspect(scan, fetch)),
    )


def _span(values: list[int]) -> list[float]:
    from statistics import median

    return [min(values), median(values), max(values)]


def _from_json(value: dict[str, Any]) -> Scan:
    """A scan as the cache gives it back."""
    found = tuple(
        Found(
            **{**row, "status": Status(row["status"]), "items": tuple(Item(tuple(i["paths"]), i["words"]) for i in row["items"])}
        )
        for row in value["found"]
    )
    return Scan(**{**value, "found": found})


def thumbnails(scan: Scan, paths: Iterable[str]) -> dict[str, bytes]:
    """Small copies of pictures of the scan by path; none in a project that keeps its pictures out of reports."""
    from mlscaffold.datasets.thumbnails import of_file
    from mlscaffold.settings import read_settings

    top = Path(scan.root)
    try:
        if read_settings((find_root(top) / "mlscaffold.toml").read_bytes()).pictures != "embed":
            return {}
    except NoProject:
        pass
    made = {path: of_file(top / path) for path in dict.fromkeys(paths)}
    return {path: picture for path, picture in made.items() if picture}
