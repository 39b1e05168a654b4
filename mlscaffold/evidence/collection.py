"""The raw collection as checks see it: pictures that are here or in a manifest, by source and by folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from mlscaffold.datasets.elsewhere import tracked_by_dvc
from mlscaffold.datasets.links import is_dangling
from mlscaffold.evidence import data
from mlscaffold.project import Missing, Project
from mlscaffold.trees import composed as composed  # noqa: PLC0414 - names of the collection are compared by it

FIX = "mlscaffold data import FOLDER"


def known_media(project: Project) -> set[str]:
    """Every picture of the collection: of each source the files that are here, else what its manifest lists; raises `Missing`.

    A clone without pictures is so judged by its manifests, and so are pictures that DVC or an unmounted disk keeps. Names are composed (NFC), since systems differ in how they store them.
    """
    here = {composed(path) for path in data.raw_media(project)}
    listed = {composed(medium.path) for medium in data.manifest(project)}
    present = {source_of(path) for path in here}
    away = elsewhere(project, listed - here)
    media = here | {path for path in listed if source_of(path) not in present or path in away}
    if not media:
        raise Missing("data/raw holds no pictures, and no manifest lists any", path="data/raw", fix=FIX)
    return media


def elsewhere(project: Project, absent: Iterable[str]) -> set[str]:
    """Those of the listed pictures that are not here and not gone: DVC tracks them, or their link leads to a disk that is not mounted."""
    pointers = [pointer.removeprefix(f"{data.RAW}/") for pointer in project.glob(f"{data.RAW}/**/*.dvc")]
    return {path for path in absent if tracked_by_dvc(pointers, path) or is_dangling(project.root / data.RAW / path)}


def by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    """Folder (below `data/raw`) → its pictures, sorted."""
    found = defaultdict(list)
    for path in sorted(paths):
        found[str(PurePosixPath(path).parent)].append(path)
    return dict(sorted(found.items()))


def source_of(path: str) -> str:
    """The first folder of a path below `data/raw`; empty for a file that lies in none."""
    return path.partition("/")[0] if "/" in path else ""
