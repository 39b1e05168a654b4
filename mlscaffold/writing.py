"""Writing that a kill cannot leave half done: a temporary file, fsync, rename."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import Any

from mlscaffold.errors import ScaffoldError

WHY = {
    errno.ENOSPC: ("the disk is full", "Free some space, then run the command again; nothing was changed."),
    errno.EDQUOT: ("your quota is used up", "Free some space, then run the command again; nothing was changed."),
    errno.EACCES: ("you have no permission to write there", "Change the permissions of the folder, or run as its owner."),
    errno.EPERM: ("you have no permission to write there", "Change the permissions of the folder, or run as its owner."),
    errno.EROFS: ("the file system is read-only", "Work in a folder that can be written."),
    errno.EFBIG: ("it is larger than files may be here", "Raise the limit (ulimit -f), then run the command again."),
    errno.EISDIR: ("it is a folder", "Name a file."),
    errno.ENOTDIR: ("a part of the path is a file", "Name another folder."),
    errno.EEXIST: ("a part of the path is a file", "Name another folder."),
    errno.ENAMETOOLONG: ("the name is too long", "Give a shorter name."),
}


class CannotWrite(ScaffoldError):
    """A file could not be written; the old state is untouched."""

    def __init__(self, path: Path, problem: OSError) -> None:
        why, hint = WHY.get(problem.errno or 0, (problem.strerror or str(problem), ""))
        super().__init__(f"Cannot write {path}: {why}", reference="cannot-write", hint=hint)


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file's content as a whole; raises `CannotWrite`, and then the old file is as it was."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as problem:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
        raise CannotWrite(path, problem) from problem


def write_text(path: Path, text: str) -> None:
    """Replace a text file, in UTF-8 with LF."""
    write_bytes(path, text.encode("utf-8"))


def write_toml(path: Path, table: dict[str, Any]) -> None:
    """Replace a TOML file; keys keep their order."""
    import tomli_w

    write_text(path, tomli_w.dumps(table, multiline_strings=False))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
