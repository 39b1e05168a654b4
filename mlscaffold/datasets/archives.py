"""Data sets that come as a zip: unpacked beside nothing else, and never to a place outside of the folder made for it."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory

from mlscaffold.datasets.record import Defect, is_clutter
from mlscaffold.errors import ScaffoldError

MOST = 200 << 30
"""Bytes that an archive may unpack to."""

RATIO = 200
"""Times that an archive may grow (beyond the first gigabyte): pictures hardly shrink, bombs do."""


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, tuple[Defect, ...]]]:
    """The folder of a data set, for as long as it is needed: the path itself, or what a zip holds, with what was refused of it."""
    if path.suffix.lower() != ".zip" or not path.is_file():
        yield path, ()
        return
    with TemporaryDirectory(prefix="mlscaffold-") as made:
        folder = Path(made, path.stem)
        folder.mkdir()
        defects = tuple(_extract(path, folder))
        yield _inner(folder), defects


def _extract(path: Path, folder: Path) -> Iterator[Defect]:
    """Unpack every entry that stays inside; a defect for each of the others."""
    seen: set[str] = set()
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            whole = sum(entry.file_size for entry in entries)
            if whole > MOST or whole > max(1 << 30, RATIO * path.stat().st_size):
                raise ScaffoldError(
                    f"{path.name} has {path.stat().st_size / 1e6:.1f} MB and says that it unpacks to {whole / 1e6:.0f} MB.",
                    reference="zip-too-large",
                    hint="Unpack it yourself if that is right, and name the folder.",
                )
            for entry in entries:
                where = f"{path.name}/{entry.filename[:120]}"
                if problem := _refused(entry, seen):
                    yield Defect(where, *problem)
                    continue
                seen.add(entry.filename.casefold())
                target = folder / entry.filename
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(entry) as source, target.open("xb") as file:
                        shutil.copyfileobj(source, file, 1 << 20)
                except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
                    target.unlink(missing_ok=True)
                    yield Defect(where, "broken-entry", f"cannot be unpacked: {error}")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise ScaffoldError(
            f"{path.name} cannot be unpacked: {error}.", reference="broken-zip", hint="Fetch it again."
        ) from error


def _refused(entry: zipfile.ZipInfo, seen: set[str]) -> tuple[str, str] | None:
    """Kind and words of why an entry is not unpacked."""
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or PureWindowsPath(name).drive or ".." in name.split("/") or "\0" in name:
        return "leads-out", "leads out of the folder; not unpacked"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "leads-out", "is a link; not unpacked"
    if entry.flag_bits & 1:
        return "encrypted", "is encrypted; not unpacked"
    if entry.filename.casefold() in seen:
        return "named-twice", "stands in the archive twice, perhaps in other letters; the first is taken"
    return None


def _inner(folder: Path) -> Path:
    """The folder itself, or the only one in it; what systems leave behind does not count."""
    inside = [path for path in folder.iterdir() if not is_clutter(path.name)]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder
