"""collection.orphan-annotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data
from mlscaffold.evidence.collection import composed, known_media, source_of
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="annotations", reads=(RAW, "data/manifest/*.csv"))
def orphan_annotation(project: Project) -> Iterator[Finding]:
    """Every annotation speaks of a picture that is there, once.

    ## Why
    Pictures were deleted for privacy, their rows were not: counts are wrong from then on, and the training stops at the first
    of them.

    ## Evidence
    Rows of the annotation files against the pictures below `data/raw` (the manifests where they are not here).

    ## Fix
    Take the rows out, or bring the pictures back.
    """
    rows = data.annotation_rows(project)
    if not rows:
        raise Missing("no annotation file has a row", path=RAW, fix="mlscaffold data import FOLDER")
    media = known_media(project)
    sources = {source_of(path) for path in media}
    # A source whose pictures and manifest are both absent cannot be judged here; the manifest has a check of its own.
    lost = [row for row in rows if composed(row.path) not in media and source_of(composed(row.path)) in sources]
    if lost:
        yield fail(
            f"{len(lost)} of {count(len(rows), 'annotation')} "
            f"{'names a missing file' if len(lost) == 1 else 'name missing files'}: "
            f"{few([row.path for row in lost])}",
            *(at(row.file, row.line) for row in lost[:3]),
            fix="take the rows out, or bring the pictures back",
            items=[f"{RAW}/{row.path}" for row in lost],
        )
    times = Counter(composed(row.path) for row in rows)
    twice = [row for row in rows if times[composed(row.path)] > 1]
    if twice:
        named = few(sorted({row.path for row in twice}))
        yield warn(
            f"{count(len({r.path for r in twice}), 'picture')} annotated more than once: {named}",
            *(at(r.file, r.line) for r in twice[:3]),
            fix="leave one row each",
            items=[f"{RAW}/{row.path}" for row in twice],
        )
