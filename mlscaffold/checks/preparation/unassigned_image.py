"""preparation.unassigned-image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, media, sources
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="disjoint-splits", reads=("data/manifest", "data/splits", "data/raw"))
def unassigned_image(project: Project) -> Iterator[Finding]:
    """Every labelled picture is in a split, and every row of a split is a picture that is still there.

    ## Why
    Pictures that came after the split are used by nobody; rows of pictures that went are trained on from old copies.

    ## Evidence
    Manifests, annotations and the pictures that are here, against the split tables, by path and by digest. Pictures without a label
    and broken ones belong in no split. One of an extra source that is alike a picture of test belongs in none either: extra pictures in
    no split are a warning.

    ## Fix
    `mlscaffold data split` deals what is new and leaves the rest where it is.
    """
    rows = data.splits(project)
    listed = {m.path: m.digest for m in data.manifest(project)}
    here = data.raw_media(project)
    if not listed and not here:
        raise Missing("data/manifest has no rows", path="data/manifest", fix="mlscaffold data import FOLDER")
    digests = set(listed.values()) | set(here.values())
    gone = [r for r in rows if r.digest not in digests]
    if gone:
        moved = sum(r.path in listed or r.path in here for r in gone)
        more = f" ({moved} have another content now)" if moved else ""
        yield fail(
            f"{len(gone)} of {len(rows)} rows of data/splits name pictures that data/manifest does not have{more}: {few([r.path for r in gone])}",
            *(at(r.file, r.line) for r in gone[:3]), fix="mlscaffold data split", items=[f"{data.RAW}/{r.path}" for r in gone],
        )  # fmt: skip
    labelled = {a.path for a in data.annotation_rows(project) if a.label}
    dealt, held = {r.path for r in rows}, {r.digest for r in rows}
    left = {p: d for p, d in {**here, **listed}.items() if p not in dealt and d not in held and p in labelled}
    if left:
        broken = {
            p
            for p, f in media.facts(project, {p: here[p] for p in left if p in here}, base=data.RAW).items()
            if f.problem and not f.pointer
        }
        left = {p: d for p, d in left.items() if p not in broken}
    extra = sources.extra(project)
    spare = sorted(p for p in left if p.split("/")[0] in extra)
    if spare:
        yield warn(
            f"{count(len(spare), 'picture')} of extra sources {'is' if len(spare) == 1 else 'are'} in no split: alike or newer than what is"
            f" measured on, or not dealt yet: {few(spare)}",
            "data/splits", fix="mlscaffold data split says which",
        )  # fmt: skip
        left = {p: d for p, d in left.items() if p not in spare}
    if left:
        source, n = Counter(p.split("/")[0] for p in left).most_common(1)[0]
        where = f", {n} of them of {source}" if n < len(left) else f" of {source}"
        raise Missing(
            f"{count(len(left), 'labelled picture')}{where} {'is' if len(left) == 1 else 'are'} in no split: {few(sorted(left))}",
            path=f"data/splits/{source}.csv", fix="mlscaffold data split",
        )  # fmt: skip
