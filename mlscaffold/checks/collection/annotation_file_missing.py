"""collection.annotation-file-missing."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, fail
from mlscaffold.evidence import data
from mlscaffold.evidence.collection import by_folder, composed, known_media
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="annotations", reads=(RAW, "data/manifest/*.csv"))
def annotation_file_missing(project: Project) -> Iterator[Finding]:
    """Every folder of pictures has its annotation file.

    ## Why
    A batch without annotations drops out silently: nobody trains on it, and nobody notices.

    ## Evidence
    Folders below `data/raw` that hold pictures (from the manifests where the pictures are not here) against `annotations.csv`
    in them.

    ## Fix
    Put an `annotations.csv` with the columns `path` and `label` into the folder; `mlscaffold data import` writes one.
    """
    data.need_pulled(project)
    folders = by_folder(known_media(project))
    annotated = {
        composed(path.rsplit("/", 1)[0].removeprefix(RAW).lstrip("/")) or "."
        for path in project.glob(f"{RAW}/**/annotations.csv")
    }
    bare = {folder: paths for folder, paths in folders.items() if folder not in annotated}
    if bare:
        named = few([f"{folder} ({count(len(paths), 'picture')})" for folder, paths in bare.items()])
        yield fail(
            f"{len(bare)} of {count(len(folders), 'folder')} of pictures {'has' if len(bare) == 1 else 'have'} "
            f"no annotation file: {named}",
            *(f"{RAW}/{folder}" for folder in list(bare)[:3]),
            fix=f"write {RAW}/{next(iter(bare))}/annotations.csv, or mlscaffold data import FOLDER",
        )
