"""What is expensive to find out again: digests of files, facts about pictures, answers of checks.

The file is `.mlscaffold/cache.sqlite`: ignored by git, safe to delete, never needed for a right answer.
"""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlscaffold.places import SETTLED_AFTER, Stamp

VERSION = 3
TABLES = """
CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, size INT, mtime INT, ctime INT, inode INT, digest TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (digest TEXT PRIMARY KEY, reader INT, size INT, value TEXT);
CREATE TABLE IF NOT EXISTS memo (key TEXT PRIMARY KEY, version TEXT, trace TEXT, value TEXT) WITHOUT ROWID;
"""


class Cache:
    """The SQLite file; where it cannot be opened or written, everything is computed anew and nothing fails."""

    def __init__(self, path: Path | None) -> None:
        """Open the cache at `path`; None keeps everything in memory."""
        self.path = path
        self.connection = _open(path)
        self.settled_before = time.time_ns() - SETTLED_AFTER
        self._files: dict[str, tuple[Stamp, str]] | None = None
        self._new_files: dict[str, tuple[Stamp, str]] = {}
        self._new_memos: dict[str, tuple[str, str, str]] = {}

    @property
    def files(self) -> dict[str, tuple[Stamp, str]]:
        """Path → (size, mtime, ctime, inode), digest, as last seen."""
        if self._files is None:
            rows = self._rows("SELECT path, size, mtime, ctime, inode, digest FROM file", ())
            self._files = {path: ((size, mtime, ctime, inode), digest) for path, size, mtime, ctime, inode, digest in rows}
            self._files |= self._new_files
        return self._files

    def digest(self, path: str, stamp: Stamp) -> str | None:
        """The digest of a file that has not changed since it was read."""
        known = self.files.get(path)
        return known[1] if known and known[0] == stamp else None

    def digests(self, stamps: Mapping[str, Stamp]) -> dict[str, str]:
        """The digests of those files that have not changed since they were read: for many of them, a part at a time."""
        wanted = [path for path in stamps if _is_text(path)]
        found: dict[str, str] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._rows(f"SELECT path, size, mtime, ctime, inode, digest FROM file WHERE path IN ({marks})", tuple(part))
            found |= {path: digest for path, *stamp, digest in rows if tuple(stamp) == stamps[path]}
        return found

    def remember_file(self, path: str, stamp: Stamp, digest: str) -> None:
        """Keep a digest, unless the file is so young that it could change within the same time stamp."""
        if max(stamp[1], stamp[2]) < self.settled_before and _is_text(path):
            self._new_files[path] = (stamp, digest)
            if self._files is not None:
                self._files[path] = (stamp, digest)

    def facts(self, digests: Iterable[str], reader: int) -> dict[str, list[Any]]:
        """Facts about pictures by file digest, where this version of the reader has looked at them."""
        wanted = list(digests)
        found: dict[str, list[Any]] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._rows(f"SELECT digest, value FROM fact WHERE reader = ? AND digest IN ({marks})", (reader, *part))
            with contextlib.suppress(ValueError, KeyError):
                found |= {digest: json.loads(value, object_hook=_bytes) for digest, value in rows}
        return found

    def sizes(self, reader: int) -> set[int]:
        """The sizes in bytes of all files that facts are known about: a file of another size need not be hashed to be new."""
        return {size for (size,) in self._rows("SELECT DISTINCT size FROM fact WHERE reader = ?", (reader,))}

    def remember_facts(self, facts: Mapping[str, Sequence[Any]], reader: int, *, size: int = 1) -> None:
        """Keep facts about pictures; `size` is the place of the file's size in a row of them."""
        rows = [(digest, reader, value[size], _FACTS.encode(value)) for digest, value in facts.items()]
        with contextlib.suppress(sqlite3.Error), self.connection:
            self.connection.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?)", rows)

    def memo(self, key: str, version: str) -> tuple[dict[str, str], Any] | None:
        """What was computed under `key` by this version of the code: what it read (with digests), and the value."""
        new = self._new_memos.get(key)
        rows = (
            [new[1:]]
            if new and new[0] == version
            else self._rows("SELECT trace, value FROM memo WHERE key = ? AND version = ?", (key, version))
        )
        with contextlib.suppress(ValueError):
            return next(((json.loads(trace), json.loads(value)) for trace, value in rows), None)
        return None

    def remember_memo(self, key: str, version: str, *, trace: dict[str, str], value: object) -> None:
        """Keep a computed value together with the digests of all that it read."""
        self._new_memos[key] = (version, json.dumps(trace), json.dumps(value))

    def save(self) -> None:
        """Write what was learned; a cache that cannot be written is no error."""
        files = [(path, *stamp, digest) for path, (stamp, digest) in self._new_files.items()]
        memos = [(key, *row) for key, row in self._new_memos.items()]
        if files or memos:
            # At once, at the end: another run, a hook for instance, never waits for this one.
            with contextlib.suppress(sqlite3.Error), self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", files)
                self.connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?, ?)", memos)
        self._new_files, self._new_memos = {}, {}

    def forget(self, digests: Iterable[str], paths: Iterable[str]) -> None:
        """Erase what is known of these files, thumbnails included, so that nothing of it is left in the bytes of the cache.

        Kept answers go as a whole: they may name anything. A cache that cannot be cleaned is thrown away.
        """
        self._new_memos = {}
        try:
            if self.path is not None and not self.connection.execute("PRAGMA database_list").fetchone()[2]:
                raise sqlite3.OperationalError("the file is another process's at the moment")
            self.connection.execute("PRAGMA secure_delete=ON")
            with self.connection:
                self.connection.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in paths if _is_text(path)])
                self.connection.executemany("DELETE FROM fact WHERE digest IN (?, ? || ':pixels')", [(d, d) for d in digests])
                self.connection.execute("DELETE FROM memo")
            self.connection.execute("VACUUM")
        except sqlite3.Error:
            self.connection.close()
            _discard(self.path)
            if self.path is not None and self.path.exists():
                raise
            self.connection = _open(self.path)
        self._files = None
        self._new_files = {}

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        """The answer to a query; a damaged file is left behind and begun anew."""
        try:
            return self.connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:  # locked for long: do without
            return []
        except sqlite3.DatabaseError:
            self.connection.close()
            _discard(self.path)
            self.connection = _open(self.path)
            return []


def _is_text(path: str) -> bool:
    """Whether SQLite can hold a path: names on disk need not be text."""
    return path.isascii() or not any("\ud800" <= c <= "\udfff" for c in path)


def _text(value: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(value).decode()}


_FACTS = json.JSONEncoder(default=_text)  # made once: `json.dumps` with a default makes one for each row


def _bytes(value: dict[str, str]) -> bytes:
    return base64.b64decode(value["base64"])


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None and path.parent.is_dir():
        for attempt in range(2):
            try:
                connection = sqlite3.connect(path, timeout=5)
                if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                    for table in ("file", "fact", "memo"):
                        connection.execute(f"DROP TABLE IF EXISTS {table}")
                    connection.executescript(f"PRAGMA journal_mode=DELETE; {TABLES} PRAGMA user_version={VERSION};")
                connection.execute("PRAGMA synchronous=OFF")  # a power cut may cost the cache, never an answer
                return connection
            except sqlite3.OperationalError:  # locked, or not writable: do without
                break
            except sqlite3.Error:  # damaged: start anew, once
                if attempt == 0:
                    _discard(path)
    connection = sqlite3.connect("")  # a file of its own that goes away, so that a large folder does not fill the memory
    connection.executescript(TABLES)
    return connection


def _discard(path: Path | None) -> None:
    for name in (f"{path}{end}" for end in ("", "-journal", "-wal", "-shm") if path):
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
