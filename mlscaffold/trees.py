"""Where the content of a project comes from: the disk, or git's index."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from mlscaffold import git
from mlscaffold.places import Stamp, stamp_of

# Never part of any evidence, wherever they lie.
SYSTEM_NAMES = {".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".ipynb_checkpoints", "@eaDir", ".gitkeep", ".gitignore"}


def composed(text: str) -> str:
    """A name in one of the two forms in which systems store letters with marks (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def on_disk(file: Path) -> Path:
    """The file as its disk spells the name: a table may hold the other form of its letters."""
    if str(file).isascii() or file.exists():
        return file
    folder = on_disk(file.parent)
    try:
        return next((entry for entry in folder.iterdir() if composed(entry.name) == composed(file.name)), file)
    except OSError:
        return file


class Unknown(Exception):
    """The evidence cannot be judged on this machine; the words say why."""

    def __init__(self, reason: str, *, path: str = "", fix: str = "") -> None:
        super().__init__(reason)
        self.reason, self.path, self.fix = reason, path, fix


class Tree(Protocol):
    """Where content comes from: the disk, or git's index."""

    def content(self, path: str) -> bytes | None:
        """The content of a file, or None."""
        ...

    def stamp(self, path: str) -> Stamp | None:
        """The size and times of a file on disk, or None where they say nothing."""
        ...

    def listing(self, folder: str, *, deep: bool) -> list[str]:
        """The files below a folder (of one level, or all), sorted."""
        ...

    def folders(self, folder: str) -> list[str]:
        """The folders below a folder, sorted, also those without a file; what is not on disk has none of those."""
        ...


class WorkTree:
    """Files as they lie on disk."""

    def __init__(self, root: Path) -> None:
        """Look below `root`."""
        self.root = root

    def content(self, path: str) -> bytes | None:
        """The bytes of a file, or None where there is none."""
        try:
            return on_disk(self.root / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as problem:
            raise Unknown(f"{path} cannot be read: {problem.strerror}", path=path) from problem

    def stamp(self, path: str) -> Stamp | None:
        """Size, mtime, ctime (ns) and inode of a regular file."""
        try:
            found = os.stat(self.root / path)  # noqa: PTH116 - pathlib costs three times as much on 10 000 files
        except (OSError, ValueError):
            return None
        return stamp_of(found) if found.st_mode & 0o170000 == 0o100000 else None

    def listing(self, folder: str, *, deep: bool) -> list[str]:
        """Files below a folder, without the droppings of systems and editors."""
        return sorted(path for path, _ in self.walk(folder, deep=deep))

    def folders(self, folder: str) -> list[str]:
        """Folders below a folder, without the droppings of systems and editors; links are not followed."""
        found: list[str] = []
        for here, names, _ in os.walk(self.root / folder):
            names[:] = [name for name in names if name not in SYSTEM_NAMES and not name.startswith(".")]
            found += [os.path.relpath(f"{here}/{name}", self.root).replace(os.sep, "/") for name in names]
        return sorted(found)

    def walk(self, folder: str, *, deep: bool) -> Iterator[tuple[str, Stamp]]:
        """Files below a folder with their stamps; links to folders are followed once."""
        pending, seen = [folder], set()
        while pending:
            here = pending.pop()
            try:
                entries = list(os.scandir(self.root / here if here else self.root))
            except PermissionError as problem:  # not absent: nobody may conclude that there is nothing
                raise Unknown(f"{here} cannot be read: {problem.strerror}", path=here, fix=f"chmod u+rx {here}") from problem
            except OSError:
                continue
            for entry in entries:
                name = entry.name
                if name in SYSTEM_NAMES or name.startswith("._") or name == ".git":  # a file in a linked work tree
                    continue
                path = f"{here}/{name}" if here else name
                try:
                    if entry.is_file():
                        yield path, stamp_of(entry.stat())
                    elif deep and entry.is_dir():
                        if entry.is_symlink():
                            real = os.path.realpath(entry.path)
                            if real in seen:
                                continue
                            seen.add(real)
                        pending.append(path)
                except OSError:
                    continue


class IndexTree:
    """Tracked files as they are staged, ignored ones as they lie on disk."""

    def __init__(self, root: Path) -> None:
        """Read the index of the repository that holds `root`."""
        self.root = root
        self.disk = WorkTree(root)
        self.entries = git.index_entries(root)
        self._blobs: dict[str, bytes] = {}
        self._known_ignored: dict[str, bool] = {}
        self._linked: dict[str, bool] = {}

    def content(self, path: str) -> bytes | None:
        """The staged content; of an ignored file, the content on disk."""
        blob = self.entries.get(path)
        if blob is None:
            return self.disk.content(path) if self._is_ignored(path) else None
        self.load([path])
        return self._blobs.get(blob)

    def load(self, paths: list[str]) -> None:
        """Fetch the staged contents of many files in one process."""
        wanted = [blob for path in paths if (blob := self.entries.get(path)) and blob not in self._blobs]
        if wanted:
            self._blobs |= git.blobs(wanted, self.root)

    def stamp(self, path: str) -> Stamp | None:
        """The disk's stamp, for ignored files only."""
        return self.disk.stamp(path) if path not in self.entries and self._is_ignored(path) else None

    def listing(self, folder: str, *, deep: bool) -> list[str]:
        """Tracked files from the index, and ignored ones from the disk."""
        prefix = f"{folder}/" if folder else ""
        tracked = [p for p in self.entries if p.startswith(prefix) and (deep or "/" not in p[len(prefix) :])]
        tracked = [p for p in tracked if p.rsplit("/", 1)[-1] not in SYSTEM_NAMES]
        loose = [p for p in self.disk.listing(folder, deep=deep) if p not in self.entries]
        return sorted({*tracked, *self._ignored(loose)})

    def folders(self, folder: str) -> list[str]:
        """Folders as they lie on disk: git knows of none that is empty."""
        return self.disk.folders(folder)

    def _is_ignored(self, path: str) -> bool:
        return bool(self._ignored([path]))

    def _ignored(self, paths: list[str]) -> list[str]:
        self._known_ignored |= {p: True for p in paths if p not in self._known_ignored and self._is_linked(p.rpartition("/")[0])}
        asked = [p for p in paths if p not in self._known_ignored]
        if asked:  # all at once: a process for each picture would take minutes
            names = "\0".join(asked).encode("utf-8", "surrogateescape")
            answer = git.run_git(["check-ignore", "-z", "--stdin"], self.root, check=False, stdin=names).stdout
            ignored = {p.decode("utf-8", "surrogateescape") for p in answer.split(b"\0") if p}
            self._known_ignored |= {p: p in ignored for p in asked}
        return [p for p in paths if self._known_ignored[p]]

    def _is_linked(self, folder: str) -> bool:
        """Whether a folder lies behind a symbolic link: git holds nothing of it, and refuses to be asked."""
        if folder and folder not in self._linked:
            self._linked[folder] = self._is_linked(folder.rpartition("/")[0]) or (self.root / folder).is_symlink()
        return bool(folder) and self._linked[folder]
