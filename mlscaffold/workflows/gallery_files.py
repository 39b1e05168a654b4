"""Write a gallery: one page, or a folder that takes its place only when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mlscaffold.errors import ScaffoldError
from mlscaffold.reports.gallery import Gallery, large_name
from mlscaffold.reports.gallery.html import INDEX, MARK, render, render_folder
from mlscaffold.workflows.taking import Way
from mlscaffold.writing import CannotWrite, write_bytes, write_text

HEAD = 4096
"""Bytes of a page in which it says that it is a gallery."""


def is_folder(output: Path) -> bool:
    """Whether a gallery under that name is a folder."""
    return output.is_dir() or output.suffix.lower() not in (".html", ".htm")


def write_gallery(output: Path, gather: Callable[[Way], Gallery], *, linked: bool) -> Gallery:
    """Gather a gallery for where it will lie, and write it; raises where the folder holds anything but an older gallery."""
    if not is_folder(output):
        gallery = gather(Way(linked=linked, beside=output.absolute().parent))
        write_text(output, render(gallery))
        return gallery
    with _made(output) as folder:
        # Addresses are seen from where the folder will lie in the end.
        gallery = gather(Way(folder=None if linked else folder, linked=linked, beside=output.absolute()))
        places = range(len(gallery.shots))
        large = [place for place in places if (folder / large_name(place)).is_file()]
        for name, content in render_folder(gallery, large=large):
            write_bytes(folder / name, content)
    return gallery


@contextmanager
def _made(output: Path) -> Iterator[Path]:
    """A folder beside the wanted one, which takes its place at the end; nothing is left of it after an error."""
    if output.exists() and not _ours(output):
        raise ScaffoldError(
            f"{output} is there, and is no gallery.",
            reference="folder-in-use",
            hint="Name a new folder, or a file: --output gallery.html",
        )
    try:
        output.absolute().parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.absolute().parent))
    except OSError as problem:
        raise CannotWrite(output, problem) from problem
    try:
        yield folder
        folder.chmod(0o755)
        if output.exists():
            shutil.rmtree(output)
        folder.rename(output)
    except OSError as problem:
        raise CannotWrite(output, problem) from problem
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ours(output: Path) -> bool:
    """Whether a folder is empty or an older gallery, with nothing else in it."""
    if not output.is_dir():
        return False
    names = {path.name for path in output.iterdir()}
    if not names:
        return True
    if not names <= {INDEX, "sprites", "pictures"} or INDEX not in names:
        return False
    with (output / INDEX).open("rb") as file:
        return MARK.encode() in file.read(HEAD)
