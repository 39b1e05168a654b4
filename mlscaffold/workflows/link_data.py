"""Link the pictures of a source to where they lie on this machine: a NAS, a mounted disk, a folder of DVC."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlscaffold import git
from mlscaffold.datasets.links import LINKS, declare, is_dangling, roots_of
from mlscaffold.datasets.manifest import MANIFEST, ManifestRow, read_manifest
from mlscaffold.datasets.receiving import link
from mlscaffold.datasets.record import is_clutter, is_media
from mlscaffold.datasets.scan import file_digest
from mlscaffold.datasets.sources import RAW, check_source_name, stays_inside
from mlscaffold.errors import ScaffoldError, UsageError


@dataclass(frozen=True)
class Linked:
    """What became of the pictures of a source: linked now, here already, and listed but not found in the folder."""

    source: str
    folder: str
    linked: int
    here: int
    missing: tuple[str, ...]


def link_data(
    root: Path, source: str = "", folder: Path | None = None, *, progress: Callable[[int, int], None] | None = None
) -> list[Linked]:
    """Make the links of a source into `folder`, or anew those of every source that was declared on this machine.

    A picture is found by size and digest, as the manifest gives them, whatever its name. A file that is here stays.
    """
    if not source:
        return [_link(root, name, place, progress) for name, places in roots_of(root).items() for place in places]
    source = check_source_name(source)
    if folder is None:
        places = roots_of(root).get(source, ())
        if not places:
            raise UsageError(
                f"No folder is declared for {source} on this machine.",
                reference="no-link",
                hint=f"mlscaffold data link {source} FOLDER",
            )
        return [_link(root, source, place, progress) for place in places]
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", reference="no-folder", hint="Name the folder that holds the pictures.")
    if folder.resolve().is_relative_to(root.resolve() / RAW):
        raise UsageError(f"{folder} lies in {RAW} already.", reference="import-of-raw")
    done = _link(root, source, folder, progress)
    if not done.linked and done.missing:
        raise ScaffoldError(
            f"{folder} holds none of the {len(done.missing)} pictures of {source} that are not here.",
            reference="nothing-to-link",
            hint=f"Name the folder that holds {done.missing[0]}.",
        )
    return [done]


def is_shared(root: Path) -> bool:
    """Whether git would take the file that names this machine's folders."""
    asked = git.run_git(["check-ignore", "-q", LINKS.as_posix()], root, check=False).code if git.top(root) else 0
    return asked == 1


def _link(root: Path, source: str, folder: Path, progress: Callable[[int, int], None] | None) -> Linked:
    """Link what is listed and not here."""
    manifest = root / MANIFEST / f"{source}.csv"
    if not manifest.is_file():
        raise UsageError(
            f"{MANIFEST / manifest.name} is missing: nothing says which pictures {source} has.",
            reference="no-manifest",
            hint=f"mlscaffold data import {folder} --source {source} --link",
        )
    rows = [row for row in read_manifest(manifest) if stays_inside(row.path)]
    wanted = [row for row in rows if is_dangling(root / RAW / row.path) or not (root / RAW / row.path).exists()]
    by_size = _by_size(folder, {row.size for row in wanted}) if wanted else {}
    digests: dict[Path, str] = {}
    found: list[tuple[ManifestRow, Path]] = []
    missing = []
    for n, row in enumerate(wanted, start=1):
        name = Path(row.path).name
        candidates = sorted(by_size.get(row.size, []), key=lambda path: (path.name != name, path))
        match = next((path for path in candidates if _digest(path, digests) == row.digest), None)
        if match is None:
            missing.append(row.path)
        else:
            found.append((row, match))
        if progress:
            progress(n, len(wanted))
    if found:
        declare(root, source, folder)
    for row, place in found:
        link(root / RAW / row.path, place)
    return Linked(source, str(folder), len(found), len(rows) - len(wanted), tuple(missing))


def _by_size(folder: Path, sizes: set[int]) -> dict[int, list[Path]]:
    """The pictures below a folder that have one of these sizes; a link that leads out of it is passed over."""
    base = Path(os.path.realpath(folder))
    found = defaultdict(list)
    for inside, folders, names in os.walk(base):
        folders[:] = sorted(name for name in folders if not is_clutter(name))
        for name in names:
            path = Path(inside, name)
            if is_media(path) and not is_clutter(name) and path.is_file() and path.resolve().is_relative_to(base):
                size = path.stat().st_size
                if size in sizes:
                    found[size].append(path)
    return found


def _digest(path: Path, known: dict[Path, str]) -> str:
    if path not in known:
        known[path] = file_digest(path)[0]
    return known[path]
