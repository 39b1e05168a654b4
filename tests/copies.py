"""One copy of the finished project a worker, brought back after each test: to copy a thousand files anew costs ten times as much."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from stat import S_ISDIR

Stamp = tuple[int, ...]
INDEX = ".git/index"


class Copy:
    """A copy of a project that tests spoil in turn. Pictures and git's objects, which nobody changes in place, are links to the original."""

    def __init__(self, original: Path, folder: Path) -> None:
        self.original = original
        self.root = folder / "flower-sorter"
        self.index = b""
        self.stamps: dict[str, Stamp] = {}
        self._anew()

    def restore(self) -> None:
        """Bring back what a test has changed, and remove what it left, also beside the project."""
        for beside in self.root.parent.iterdir():
            if beside != self.root or beside.is_symlink():
                _remove(beside)
        if not self.root.is_dir():
            self._anew()
            return
        here = stamps(self.root)
        for path in sorted(here.keys() - self.stamps.keys(), reverse=True):
            _remove(self.root / path)
        for path in sorted(path for path, stamp in self.stamps.items() if here.get(path) != stamp):
            self._bring_back(path)

    def _anew(self) -> None:
        shutil.copytree(self.original, self.root, symlinks=True, copy_function=_share)
        # git looks at the files once, not in every test
        subprocess.run(["git", "update-index", "-q", "--refresh"], cwd=self.root, capture_output=True, check=False)
        self.index = (self.root / INDEX).read_bytes()
        self.stamps = stamps(self.root)

    def _bring_back(self, path: str) -> None:
        source, target = self.original / path, self.root / path
        if source.is_dir():
            if not target.is_dir() or target.is_symlink():
                _remove(target)
                target.mkdir()
            target.chmod(source.stat().st_mode)
        else:
            _remove(target)
            if path == INDEX:
                target.write_bytes(self.index)
            else:
                _share(str(source), str(target))
                target.chmod(source.stat().st_mode)
        self.stamps[path] = stamp(target.lstat())


def stamps(root: Path) -> dict[str, Stamp]:
    """Every file and folder below a folder, with what tells whether it was touched."""
    found: dict[str, Stamp] = {}
    pending, start = [str(root)], len(str(root)) + 1
    while pending:
        for entry in os.scandir(pending.pop()):
            found[entry.path[start:]] = stamp(entry.stat(follow_symlinks=False))
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
    return found


def stamp(found: os.stat_result) -> Stamp:
    """What tells whether a file was touched; of a folder its mode, and of a link to the original not when it was linked last."""
    if S_ISDIR(found.st_mode):
        return (found.st_mode,)
    changed = 0 if found.st_nlink > 1 else found.st_ctime_ns
    return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, changed


def _share(source: str, target: str) -> str:
    if source.endswith(".png") or "/.git/objects/" in source:
        os.link(source, target)
    else:
        shutil.copyfile(source, target)
    return target


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
