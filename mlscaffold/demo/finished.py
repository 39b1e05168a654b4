"""The finished project that the wheel brings along: all ten stages signed, ready to look at within a second.

`finished.tar.xz` holds a real result of `mlscaffold demo`: its history as git exports it, and the files that git ignores and checks read.
`python -m tests.freeze` makes it anew.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mlscaffold import git
from mlscaffold.errors import ScaffoldError, UsageError

ARCHIVE = Path(__file__).parent / "finished.tar.xz"
ABOUT, HISTORY, FILES = "about.json", "history", "files/"
PERSON, MAIL = "Dana Demo", "dana@digits.example"


@dataclass(frozen=True)
class Frozen:
    """What the archive holds: the last commit, the history, and the content of every file that git ignores, by path."""

    head: str
    history: bytes
    files: dict[str, bytes]


class Unreadable(ScaffoldError):
    """The archive is absent or damaged."""


@cache
def read(archive: Path = ARCHIVE) -> Frozen:
    """Read the archive, once."""
    try:
        with tarfile.open(archive, "r:xz") as opened:
            found = {m.name: file.read() for m in opened if (file := opened.extractfile(m))}
        head = str(json.loads(found[ABOUT])["head"])
        ignored = {name.removeprefix(FILES): content for name, content in found.items() if name.startswith(FILES)}
        return Frozen(head, found[HISTORY], ignored)
    except (OSError, tarfile.TarError, EOFError, ValueError, KeyError) as problem:
        raise Unreadable(
            f"The finished project ({archive.name}) cannot be read: {problem}",
            reference="archive-unreadable",
            hint="Install mlscaffold again.",
        ) from problem


def unpack(target: Path, archive: Path = ARCHIVE) -> int:
    """Write the finished project to `target`, which must be absent or empty, as a whole or not at all; returns how many files."""
    refuse_occupied(target)
    frozen = read(archive)
    target.parent.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        restore_history(hidden, frozen)
        write_files(hidden, frozen.files)
        count = len(frozen.files) + len(git.index_entries(hidden))
        hidden.chmod(0o777 & ~_umask())
        if target.exists():
            target.rmdir()
        hidden.rename(target)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    return count


def refuse_occupied(target: Path) -> None:
    """Raise if there is anything at `target` that would be overwritten."""
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise UsageError(
            f"{target} exists and is not empty",
            reference="folder-occupied",
            hint=f"mlscaffold demo --finished OTHER-NAME, or remove {target.name} first",
        )


def restore_history(root: Path, frozen: Frozen) -> None:
    """Commits with their ids, index and work tree; whoever works here is the made-up person, whom the team knows."""
    git.run_git(["init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main", "."], root)
    for key, value in (("user.name", PERSON), ("user.email", MAIL), ("core.autocrlf", "false")):
        git.run_git(["config", key, value], root)
    git.run_git(["fast-import", "--quiet"], root, stdin=frozen.history)
    git.run_git(["reset", "--quiet", "--hard", frozen.head], root)


def write_files(root: Path, files: dict[str, bytes]) -> None:
    """Write files, with the folders that they need."""
    for folder in {os.path.dirname(path) for path in files}:  # noqa: PTH120 - pathlib is slow on thousands
        (root / folder).mkdir(parents=True, exist_ok=True)
    place = str(root)
    for path, content in files.items():
        with open(f"{place}/{path}", "wb") as file:  # noqa: PTH123 - as above
            file.write(content)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
