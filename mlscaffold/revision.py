"""A project as it stood at a commit: its content comes from git's objects."""

from __future__ import annotations

from pathlib import Path

from mlscaffold import git
from mlscaffold.places import Stamp


class RevisionTree:
    """The files of one commit; what git ignores is not among them."""

    def __init__(self, root: Path, commit: str) -> None:
        """Read the tree of `commit` below `root`."""
        self.root = root
        self.entries: dict[str, str] = {}
        # Run in the project's folder, ls-tree names paths relative to it.
        listing = git.run_git(["ls-tree", "-r", "-z", commit, "."], root, check=False).stdout
        for record in listing.split(b"\0"):
            meta, _, path = record.partition(b"\t")
            if path and meta.split()[1] == b"blob":
                self.entries[path.decode("utf-8", "surrogateescape")] = meta.split()[2].decode()
        self._blobs: dict[str, bytes] = {}

    def content(self, path: str) -> bytes | None:
        """The content of a file at that commit."""
        blob = self.entries.get(path)
        if blob is None:
            return None
        if blob not in self._blobs:
            # Neighbours are asked for next: one process for the folder.
            folder = path.rpartition("/")[0]
            near = {b for p, b in self.entries.items() if p.rpartition("/")[0] == folder} - self._blobs.keys()
            self._blobs |= git.blobs(near, self.root)
        return self._blobs.get(blob)

    def stamp(self, path: str) -> Stamp | None:
        """Nothing: what git keeps has no times."""
        return None

    def listing(self, folder: str, *, deep: bool) -> list[str]:
        """Files below a folder."""
        prefix = f"{folder}/" if folder else ""
        return sorted(p for p in self.entries if p.startswith(prefix) and (deep or "/" not in p[len(prefix) :]))
