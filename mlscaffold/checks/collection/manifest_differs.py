"""collection.manifest-differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, unknown
from mlscaffold.evidence import data, media
from mlscaffold.evidence.collection import composed, elsewhere, source_of
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FIX = "mlscaffold data stats"


@check(proves="raw-data", reads=(RAW, "data/manifest/*.csv"), tells=("data/manifest/*",))
def manifest_differs(project: Project) -> Iterator[Finding]:
    """The manifests list exactly the raw pictures, byte for byte.

    ## Why
    Raw data are read only. Whoever has no pictures, as CI has none, believes the manifest.

    ## Evidence
    Digests of the pictures below `data/raw`, source by source, against `data/manifest/*.csv`. A source that is not on this
    machine is left out. Pictures that DVC keeps, or that are links to a disk that is not mounted, are unknown.

    ## Fix
    Bring the pictures back, or, if the change is meant, `mlscaffold data stats` writes the manifests anew.
    """
    rows = data.manifest(project)
    here = {composed(path): (path, digest) for path, digest in data.raw_media(project).items()}
    if not rows:
        held = f"{count(len(here), 'picture')} in {RAW}, and no manifest" if here else "no manifest lists a picture"
        raise Missing(held, path="data/manifest", fix=FIX)
    times = Counter(composed(row.path) for row in rows)
    twice = [row for row in rows if times[composed(row.path)] > 1]
    if twice:
        yield fail(
            f"{count(len(twice), 'row')} for pictures that are listed twice: {few([r.path for r in twice])}",
            at(twice[0].file, twice[0].line),
            fix=FIX,
        )
    listed = {composed(row.path): row for row in rows}
    present = {source_of(path) for path in here}
    new = sorted(path for path in here if path not in listed)
    lacking = [path for path in listed if path not in here and source_of(path) in present]
    away = elsewhere(project, lacking)
    gone = sorted(set(lacking) - away)
    other = {here[p][0]: here[p][1] for p, row in listed.items() if p in here and here[p][1] != row.digest}
    # A Git LFS pointer has other bytes; its digest is that of the picture it stands for.
    pointed = {composed(p): f.digest for p, f in media.facts(project, other, base=RAW).items() if f.pointer}
    changed = sorted(composed(p) for p in other if pointed.get(composed(p)) != listed[composed(p)].digest)
    for paths, words in ((new, "in no manifest"), (gone, "listed, and not there"), (changed, "with other bytes than listed")):
        if paths:
            total = len(listed) if paths is not new else len(here)
            place = at(f"{RAW}/{paths[0]}") if paths is new else at(listed[paths[0]].file, listed[paths[0]].line)
            yield fail(
                f"{len(paths)} of {count(total, 'picture')} {words}: {few(paths)}",
                place,
                fix=FIX,
                items=[f"{RAW}/{p}" for p in paths],
            )
    if away:
        yield unknown(
            f"{len(away)} of {count(len(listed), 'picture')} are kept by DVC, or on a disk that is not mounted: {few(sorted(away))}",
            at(f"{RAW}/{min(away)}"),
            fix="dvc pull, or mlscaffold data link",
        )
