"""collection.empty-folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from mlscaffold.checks import check, warn
from mlscaffold.evidence import data
from mlscaffold.evidence.collection import composed, known_media
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Project


@check(proves="raw-data", reads=(RAW, "data/manifest/*.csv"))
def empty_folder(project: Project) -> Iterator[Finding]:
    """Every folder of the collection holds pictures.

    ## Why
    A copy that stopped, or a disk that was not mounted, leaves a folder and nothing in it; the folder looks like data.

    ## Evidence
    Folders below `data/raw` on this machine, against the pictures there (and in the manifests, where they are not here) and the rows
    of annotation files, in them or below.

    ## Fix
    Copy the pictures again, or remove the folder.
    """
    held = {composed(path) for path in known_media(project)} | {composed(row.path) for row in data.annotation_rows(project)}
    used = {parent.as_posix() for path in held for parent in PurePosixPath(path).parents}
    empty = [path for path in project.folders(RAW) if composed(path.removeprefix(f"{RAW}/")) not in used]
    outer = [path for path in empty if path.rpartition("/")[0] not in empty]
    if outer:
        total = len({*empty, *(f"{RAW}/{path}" for path in used if path != ".")})
        yield warn(
            f"{len(outer)} of {count(total, 'folder')} below {RAW} {'holds' if len(outer) == 1 else 'hold'} no picture: {few(outer)}",
            *outer[:3],
            fix=f"copy the pictures again, or rmdir {outer[0]}",
        )
