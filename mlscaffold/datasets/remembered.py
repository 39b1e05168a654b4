"""The pictures of a project, each read once for all commands: digests by time stamp, facts by digest, in the project's cache."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from mlscaffold.cache import Cache
from mlscaffold.datasets.images import READER, Facts
from mlscaffold.datasets.scan import Progress, file_digest, scan
from mlscaffold.places import Stamp, stamp_of

POINTER = 1024  # bytes; a file as small may be a pointer of Git LFS, whose digest is that of what it stands for


class Remembered:
    """What is known of the pictures of a project, and what this run learns."""

    def __init__(self, root: Path) -> None:
        """Open the cache of the project in `root`; where there is none, nothing is kept."""
        self.root = root
        self.cache = Cache(root / ".mlscaffold" / "cache.sqlite")
        self._read: dict[Path, tuple[str, int]] = {}

    def digest(self, path: Path) -> tuple[str, int]:
        """Digest and size of a medium, as `file_digest` gives them; of an unchanged file without opening it."""
        if path not in self._read:
            stamp = stamp_of(os.stat(path))  # noqa: PTH116 - pathlib costs three times as much on 10 000 files
            known = self.cache.digest(self._key(path), stamp) if stamp[0] > POINTER else None
            self._read[path] = (known, stamp[0]) if known else file_digest(path)
            if not known and stamp[0] > POINTER:
                self.cache.remember_file(self._key(path), stamp, self._read[path][0])
        return self._read[path]

    def facts(self, paths: Iterable[Path], *, progress: Progress | None = None) -> dict[Path, Facts]:
        """Facts of pictures; what was decoded before, here or in a check, is not decoded again."""
        wanted = list(paths)
        stamps: dict[Path, Stamp] = {}
        sizes = self.cache.sizes(READER)
        digests: dict[Path, str] = {}
        for path in wanted:
            try:
                stamps[path] = stamp_of(os.stat(path))  # noqa: PTH116 - as above
                if stamps[path][0] in sizes:
                    digests[path] = self.digest(path)[0]
            except OSError:
                continue
        rows = {digest: Facts.from_row(row) for digest, row in self.cache.facts(set(digests.values()), READER).items()}
        known = {digest: facts for digest, facts in rows.items() if facts.looked}
        told = {path: digest for path, digest in digests.items() if digest in known}
        found = {path: known[digest] for path, digest in told.items() if not known[digest].pointer}
        todo = [path for path in wanted if path not in found]
        before = len(found)
        fresh = scan(todo, progress=(lambda done, _: progress(before + done, len(wanted))) if progress else None)
        for path, facts in fresh.items():
            self.learn(path, facts, stamp=stamps.get(path))
        self.keep({path: facts for path, facts in fresh.items() if path in stamps})
        return {path: found.get(path) or fresh[path] for path in wanted}

    def learn(self, path: Path, facts: Facts, *, stamp: Stamp | None) -> None:
        """Take the digest of a file from who has read it whole, after its stamp was taken."""
        if facts.digest and not facts.pointer:
            self._read[path] = facts.digest, facts.size
            if stamp:
                self.cache.remember_file(self._key(path), stamp, facts.digest)

    def keep(self, facts: dict[Path, Facts]) -> None:
        """Write facts, and the digests learned so far."""
        self.cache.remember_facts({f.digest: f.to_row() for f in facts.values() if f.digest}, READER)
        self.cache.save()

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        self.cache.save()
        self.cache.connection.close()

    def _key(self, path: Path) -> str:
        return str(path)[len(str(self.root)) + 1 :].replace(os.sep, "/")
