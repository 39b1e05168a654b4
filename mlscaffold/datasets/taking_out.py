"""Take pictures out of the tables of a project: annotations, split tables, manifests."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath

from mlscaffold.datasets.annotations import FILE
from mlscaffold.datasets.manifest import MANIFEST
from mlscaffold.datasets.sources import RAW
from mlscaffold.datasets.splits import FOLDER
from mlscaffold.datasets.tables import drop_rows
from mlscaffold.trees import composed

Step = tuple[Path, tuple[str, ...], Callable[[dict[str, str]], bool]]


def take_out(
    root: Path, paths: Collection[str], *, digests: Collection[str] = (), before: Collection[Step] = ()
) -> dict[str, int]:
    """Drop the rows of these pictures (paths under `data/raw`), and of files with these digests; how many went out of which table.

    `before` are tables of the caller that come after the annotations. The manifests come last: as long as a picture is listed, an
    interrupted command can be run again.
    """
    steps: list[Step] = []
    for folder in sorted({str(PurePosixPath(path).parent) for path in paths}):
        steps.append((root / RAW / folder / FILE, ("path", "label"), _names(folder, paths)))
    steps += before
    for place in (FOLDER, MANIFEST):
        steps += [(table, ("path", "digest"), _lists(paths, digests)) for table in sorted((root / place).glob("*.csv"))]
    dropped = {path: drop_rows(path, columns, unwanted) for path, columns, unwanted in steps if path.is_file()}
    return {path.relative_to(root).as_posix(): n for path, n in dropped.items() if n}


def _names(folder: str, paths: Collection[str]) -> Callable[[dict[str, str]], bool]:
    return lambda row: composed(f"{folder}/{row['path'].strip()}") in paths


def _lists(paths: Collection[str], digests: Collection[str]) -> Callable[[dict[str, str]], bool]:
    return lambda row: composed(row["path"]) in paths or row["digest"].lower() in digests
