"""Read many pictures, each once, on all cores where that pays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from hashlib import sha256
from pathlib import Path

from mlscaffold.datasets.images import LFS, Facts, facts_of

POOL_FROM = 500
CHUNK = 64
Progress = Callable[[int, int], None]


def read_facts(path: Path) -> Facts:
    """The facts of one file; a file that cannot be opened is a fact too (`problem` "unreadable", no digest)."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Facts("", 0, problem="unreadable", detail=error.strerror or "cannot be opened")
    return facts_of(data)


def file_digest(path: Path) -> tuple[str, int]:
    """Digest and size of a medium; of a Git LFS pointer those of the file that it stands for. Raises OSError."""
    with path.open("rb") as file:
        start = file.read(1024)
        if start.startswith(LFS):
            facts = facts_of(start)
            return facts.digest, facts.size
        digest, size = sha256(start), len(start)
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def scan(
    paths: Iterable[Path],
    *,
    known: Mapping[str, Facts] | None = None,
    digests: Mapping[Path, str] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> dict[Path, Facts]:
    """Facts of every path, in the order of `paths`.

    `known` holds facts by digest (a cache): such a picture is hashed, not decoded. `digests` holds digests of files that the
    caller vouches for: with a known digest they are not even opened. From 500 pictures on, a pool of processes does the rest;
    any other executor may be given in its place. `progress` gets (done, total).
    """
    wanted = list(dict.fromkeys(paths))
    found: dict[Path, Facts] = {}
    todo: list[Path] = []
    for path in wanted:
        facts = _recall(path, known, digests or {}) if known else None
        if facts is None:
            todo.append(path)
        else:
            found[path] = facts
    done = len(found)
    if progress and done:
        progress(done, len(wanted))
    for path, facts in _read_all(todo, executor):
        found[path] = facts
        done += 1
        if progress and (done % CHUNK == 0 or done == len(wanted)):
            progress(done, len(wanted))
    return {path: found[path] for path in wanted}


def _recall(path: Path, known: Mapping[str, Facts], digests: Mapping[Path, str]) -> Facts | None:
    """What is known of the file by its digest."""
    try:
        digest = digests.get(path) or file_digest(path)[0]
        facts = known.get(digest)
        # A pointer and the picture that it stands for have one digest; only reading tells which of them lies here.
        return None if facts is None or facts.pointer else facts
    except OSError:
        return None


def _read_all(paths: Sequence[Path], executor: Executor | None) -> Iterable[tuple[Path, Facts]]:
    """Read every path, by the executor, a pool of our own, or here."""
    if executor is not None:
        yield from _by(executor, paths)
        return
    workers = min(os.cpu_count() or 1, 8)
    if len(paths) < POOL_FROM or workers < 2:
        yield from ((path, read_facts(path)) for path in paths)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from _by(pool, paths)


def _by(executor: Executor, paths: Sequence[Path]) -> Iterable[tuple[Path, Facts]]:
    """Read every path in chunks: a picture alone is not worth a message."""
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    for chunk, facts in zip(chunks, executor.map(_read_chunk, chunks), strict=True):
        yield from zip(chunk, facts, strict=True)


def _read_chunk(paths: Sequence[Path]) -> list[Facts]:
    """The facts of some paths, in a worker."""
    return [read_facts(path) for path in paths]
