"""A project as it stood at a commit, read with GitPython: only asked for when a sign-off no longer matches today's files."""

from __future__ import annotations

from pathlib import Path

from mlscaffold.places import Stamp


class RevisionTree:
    """The files of one commit; what git ignores is not among them."""

    def __init__(self, root: Path, commit: str) -> None:
        """Read the tree of `commit` below `root`; an unknown commit has no files."""
        from git import Repo
        from git.exc import BadName, GitError
        from gitdb.exc import ODBError

        self.files: dict[str, bytes] = {}
        try:
            with Repo(root, search_parent_directories=True) as repository:
                top = Path(repository.working_tree_dir or root).resolve()
                inside = root.resolve().relative_to(top).as_posix()
                tree = repository.commit(commit).tree
                below = tree if inside == "." else tree / inside
                prefix = "" if inside == "." else f"{inside}/"
                for item in below.traverse():
                    if getattr(item, "type", "") == "blob":
                        self.files[str(item.path).removeprefix(prefix)] = item.data_stream.read()  # type: ignore[union-attr]
        except (BadName, GitError, ODBError, ValueError, KeyError):
            self.files = {}

    def content(self, path: str) -> bytes | None:
        """The content of a file at that commit."""
        return self.files.get(path)

    def stamp(self, path: str) -> Stamp | None:
        """Nothing: what git keeps has no times."""
        return None

    def listing(self, folder: str, *, deep: bool) -> list[str]:
        """Files below a folder."""
        prefix = f"{folder}/" if folder else ""
        return sorted(p for p in self.files if p.startswith(prefix) and (deep or "/" not in p[len(prefix) :]))

    def folders(self, folder: str) -> list[str]:
        """None: git knows of no folder without a file."""
        return []
