"""Read many pictures, each once, on all cores where that pays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from hashlib import sha256
from pathlib import Path

from mlscaffold.datasets.images import LFS, Facts, facts_of
from mlscaffold.datasets.workers import read_all

STEP = 64
Progress = Callable[[int, int], None]


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
    places = {str(path): path for path in todo}
    for place, facts in read_all(places, executor=executor):
        found[places[place]] = facts
        done += 1
        if progress and (done % STEP == 0 or done == len(wanted)):
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
