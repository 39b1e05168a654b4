"""The request log: one SQLite row a prediction. `monitor` reads it; nothing in it names a person."""

import sqlite3
import threading
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from project_package import paths
from project_package.errors import ProjectError


@dataclass(frozen=True)
class Entry:
    """One answered request."""

    time: str
    request: str
    digest: str  # of the export that answered
    arm: str  # of an A/B test
    label: str
    confidence: float
    margin: float
    latency_ms: float
    mean: float  # brightness of the prepared picture
    std: float  # contrast of the prepared picture
    width: int
    height: int
    queued: int  # 1: kept for a person to look at


COLUMNS = [field.name for field in fields(Entry)]


def keep_private(folder: Path) -> None:
    """Make a folder that git ignores: what users send is never committed."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / ".gitignore"
    if not mark.exists():
        mark.write_text("*\n")


class RequestLog:
    """The open log, shared by the threads of the service."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.Lock()
        try:
            keep_private(path.parent)
            self.database = sqlite3.connect(path, check_same_thread=False)
            self.database.execute("PRAGMA journal_mode=WAL")  # readers (monitor) do not block the service
            self.database.execute("PRAGMA synchronous=NORMAL")
            self.database.execute(f"CREATE TABLE IF NOT EXISTS requests ({', '.join(COLUMNS)})")
        except (OSError, sqlite3.Error) as error:
            raise ProjectError(f"the request log {paths.shown(path)} cannot be opened: {error}") from None

    def write(self, entry: Entry) -> None:
        """Add a row; on disk when this returns."""
        with self.lock, self.database:
            self.database.execute(f"INSERT INTO requests VALUES ({', '.join('?' * len(COLUMNS))})", astuple(entry))

    def close(self) -> None:
        """Close the log, with all of it in the one file."""
        with self.lock:
            self.database.close()


def read_log(path: Path, *, digest: str, last: int) -> list[Entry]:
    """Return the last rows that one export answered, oldest first."""
    if not path.is_file():
        raise ProjectError(f"there is no request log {paths.shown(path)}; the service writes it")
    try:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            query = f"SELECT {', '.join(COLUMNS)} FROM requests WHERE digest = ? ORDER BY rowid DESC LIMIT ?"
            rows = database.execute(query, (digest, last)).fetchall()
        finally:
            database.close()
    except sqlite3.Error as error:
        raise ProjectError(f"{paths.shown(path)} is not a request log of this service: {error}") from None
    return [Entry(*row) for row in reversed(rows)]
