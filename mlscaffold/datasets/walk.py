"""What lies below a folder: pictures with their stamps, and what is refused or passed over, counted."""

from __future__ import annotations

import os
from array import array
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from mlscaffold.datasets.paths import Paths
from mlscaffold.datasets.record import MEDIA, is_clutter
from mlscaffold.places import Stamp, stamp_of

PICTURES = MEDIA


@dataclass
class Walked:
    """Pictures (paths below the folder, sorted), what is refused unopened (path, words), and counts of what else is there.

    `times` holds size, mtime and ctime of one picture after the other, `inodes` the rest of their stamps.
    """

    pictures: Paths = field(default_factory=Paths)
    times: array[int] = field(default_factory=lambda: array("q"))
    inodes: array[int] = field(default_factory=lambda: array("Q"))
    refused: list[tuple[str, str]] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)

    def stamp(self, place: int) -> Stamp:
        """The stamp of the picture at a place."""
        size, mtime, ctime = self.times[3 * place : 3 * place + 3]
        return size, mtime, ctime, self.inodes[place]

    @property
    def bytes(self) -> int:
        """The size of all pictures."""
        return sum(self.times[::3])

    def witness(self) -> tuple[str, int]:
        """A digest of all names and stamps, and the time (ns) of the youngest picture."""
        rows = [f"{path}\0{words}" for path, words in self.refused] + [f"{kind}\0{n}" for kind, n in sorted(self.passed.items())]
        digest = sha256("\n".join(rows).encode("utf-8", "surrogatepass"))
        for part in (self.pictures.data, self.times, self.inodes):
            digest.update(part)
        return digest.hexdigest(), max(max(self.times[1::3], default=0), max(self.times[2::3], default=0))


def walk(root: Path) -> Walked:
    """Look at every entry below the folder once; no link is followed, hidden and system files are counted and not opened."""
    top, found = str(root), Walked()
    pending = [""]
    names: list[str] = []
    times, inodes = array("q"), array("Q")
    while pending:
        here = pending.pop()
        try:
            entries = list(os.scandir(f"{top}/{here}" if here else top))
        except OSError as problem:
            found.refused.append((f"{here}/", f"the folder cannot be opened: {problem.strerror}"))
            continue
        for entry in entries:
            name = entry.name
            path = f"{here}/{name}" if here else name
            # What most entries are comes first: half of a second scan is this loop.
            if name[0] != "." and name[name.rfind(".") :].lower() in PICTURES and entry.is_file(follow_symlinks=False):
                try:
                    size, mtime, ctime, inode = stamp_of(entry.stat(follow_symlinks=False))
                    times.extend((size, mtime, ctime))
                    inodes.append(inode)
                    names.append(path)
                except OSError as problem:
                    found.refused.append((path, f"cannot be looked at: {problem.strerror}"))
            elif is_clutter(name):
                found.passed["hidden or system"] += 1
            elif entry.is_symlink():
                _link(found, root, path)
            elif entry.is_dir(follow_symlinks=False):
                pending.append(path)
            elif (ending := _ending(name)) not in PICTURES:
                found.passed[ending or "no ending"] += 1
            else:
                found.passed["neither file nor folder"] += 1
    order = sorted(range(len(names)), key=names.__getitem__)
    found.pictures = Paths(names[place] for place in order)
    for place in order:
        found.times.extend(times[3 * place : 3 * place + 3])
        found.inodes.append(inodes[place])
    found.refused.sort()
    return found


def _link(found: Walked, root: Path, path: str) -> None:
    """A link: one that stays inside leads to what is seen anyway, one that leads out is refused."""
    try:
        target = (root / path).resolve()
    except (OSError, RuntimeError):
        found.refused.append((path, "a ring of links"))
        return
    if not target.is_relative_to(root.resolve()):
        if target.is_dir() or _ending(path) in PICTURES:
            found.refused.append((path, "a link that leads out of the folder; not opened"))
        else:
            found.passed["links"] += 1
    elif not target.exists():
        found.refused.append((path, "a link to nothing"))
    else:
        found.passed["links"] += 1


def _ending(name: str) -> str:
    """The ending of a name in lower case."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""
