"""Read many pictures on all cores, or by any executor, with a bounded number of them under way."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from itertools import chain, islice
from pathlib import Path
from typing import Any

from mlscaffold.datasets.images import Facts, facts_of
from mlscaffold.errors import ScaffoldError

POOL_FROM = 500  # a pool costs a quarter of a second
PIECE = 32  # a picture alone is not worth a message
AHEAD = 3  # pieces for each worker under way, so that none waits, and memory does not grow with the folder
Row = tuple[Any, ...]


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_facts(path: Path | str, *, look: bool = True) -> Facts:
    """The facts of one file; a file that cannot be opened is a fact too (`problem` "unreadable", no digest)."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a worker gets texts: they travel cheaper than paths
            data = file.read()
    except (OSError, ValueError) as error:
        return Facts("", 0, problem="unreadable", detail=getattr(error, "strerror", "") or "cannot be opened")
    return facts_of(data, look=look)


def read_piece(paths: Sequence[str], plain: Sequence[bool] = ()) -> list[Row]:
    """The rows of some files, in a worker; those that are `plain` are not looked at."""
    marks = plain or [False] * len(paths)
    return [read_facts(path, look=not skip).to_row() for path, skip in zip(paths, marks, strict=True)]


def read_all(
    paths: Iterable[str], *, executor: Executor | None = None, workers: int = 0, plain: Collection[str] = ()
) -> Iterator[tuple[str, Facts]]:
    """Facts of every path as they come, not in order: by the executor, by a pool of our own from 500 pictures on, or here.

    `workers` is how many there are (of an executor that is given), or shall be (default: one a core). Paths in `plain` are
    read without a look (`facts_of`).
    """
    wanted = iter(paths)
    workers = workers or cores()
    first = list(islice(wanted, POOL_FROM)) if executor is None else []
    if executor is None and (workers < 2 or len(first) < POOL_FROM):
        yield from ((path, read_facts(path, look=path not in plain)) for path in chain(first, wanted))
        return
    pieces = _Pieces(chain(first, wanted))
    if executor is not None:
        if lost := (yield from _through(executor, pieces, workers * AHEAD, plain=plain)):
            raise ScaffoldError(
                f"The workers went away: {len(lost) + pieces.left()} pictures were not read.",
                reference="workers-lost",
                hint="What was read is kept. Look at the workers and run the same command again.",
            )
        return
    while pieces:
        lost = yield from _by_pool(pieces, workers, plain)
        yield from ((path, _alone(path)) for path in lost)  # one of them ended its reader


class _Pieces:
    """What is still to be read, in pieces that are taken as they are needed: a large folder's paths are never all in memory."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = iter(paths)
        self._next: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.first)

    @property
    def first(self) -> list[str]:
        """The next piece; empty where nothing is left."""
        self._next = self._next or list(islice(self._paths, PIECE))
        return self._next

    def taken(self) -> list[str]:
        """The next piece, taken off."""
        piece, self._next = self.first, []
        return piece

    def left(self) -> int:
        """How many paths are left, all of which are given up."""
        return len(self.taken()) + sum(1 for _ in self._paths)


def _by_pool(pieces: _Pieces, workers: int, plain: Collection[str]) -> Generator[tuple[str, Facts], None, list[str]]:
    """Read pieces by a pool of processes; returns the paths that were under way when it broke."""
    pool = _pool(workers)
    try:
        lost = yield from _through(pool, pieces, workers * AHEAD, plain=plain)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown(wait=not lost)
    return lost


def _alone(path: str) -> Facts:
    """The facts of one file, read by a process of its own, which may crash."""
    pool = _pool(1)
    try:
        return Facts.from_row(pool.submit(read_piece, [path]).result()[0])
    except BrokenExecutor:
        return Facts("", 0, problem="undecodable", detail="a decoder crashed on it, or it needs more memory than there is")
    finally:
        pool.shutdown(wait=False)


def _through(
    executor: Executor, pieces: _Pieces, ahead: int, *, plain: Collection[str]
) -> Generator[tuple[str, Facts], None, list[str]]:
    """Take pieces off the left and read them, `ahead` at a time; returns the paths lost when the executor broke."""
    under_way: dict[Future[list[Row]], list[str]] = {}
    lost: list[str] = []
    try:
        while (pieces or under_way) and not lost:
            while pieces and len(under_way) < ahead and not lost:
                try:
                    marks = [path in plain for path in pieces.first] if plain else []
                    under_way[executor.submit(read_piece, pieces.first, marks)] = pieces.first
                    pieces.taken()
                except BrokenExecutor:
                    lost += pieces.taken()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                piece = under_way.pop(future)
                try:
                    rows = future.result()
                except BrokenExecutor:
                    lost += piece
                    continue
                yield from ((path, Facts.from_row(row)) for path, row in zip(piece, rows, strict=True))
    finally:
        for future in under_way:
            future.cancel()
    return lost + [path for piece in under_way.values() for path in piece] if lost else []


def _pool(workers: int) -> ProcessPoolExecutor:
    """Processes that begin anew: a fork of a process with threads may hang, and each system knows this way."""
    from multiprocessing import get_context

    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Ctrl-C ends a worker at once and without words, and so does the end of who started it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)
