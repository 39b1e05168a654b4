"""The real-world pictures are in no split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.checks.tuning.real_world_missing import read, right
from mlscaffold.evidence import data, media, scored
from mlscaffold.evidence.studies import Guess
from mlscaffold.model import Effect, Finding
from mlscaffold.project import Missing, Project

READS = ("reports/tuning", "data/field", "data/manifest", "data/splits", "data/processed/*/annotations.csv")


@check(proves="real-world", reads=READS)
def real_world_from_splits(project: Project) -> Iterator[Finding]:
    """The real-world pictures are in no split.

    ## Why
    Pictures from the training folder are the world that the model knows already.

    ## Evidence
    File digests in `inference.csv` against the manifests and splits. Where the pictures are here, also their pixels (saved
    again under
    another name), and near-duplicates: a perceptual hash proposes, thumbnails decide; near ones are a warning, since two bursts
    of one
    camera look alike.

    ## Fix
    Take new pictures, at the place where the model will work.
    """
    rows = read(project).rows
    path, fix = read(project).path, "put new pictures into data/field"
    split_of = {row.digest: row.split for row in _splits(project)}
    known = {m.digest: split_of.get(m.digest, "data/raw") for m in data.manifest(project)} | split_of
    pixels = (
        {row.digest: row.split for row in data.processed(project)}
        if project.exists("data/processed/train/annotations.csv")
        else {}
    )
    here = {p.removeprefix("data/field/"): d for p, d in project.digests("data/field").items() if data.is_medium(p)}
    facts = media.exact(project, here, base="data/field") if here else {}
    here = {p: facts[p].digest if facts[p].pointer else d for p, d in here.items()}  # a pointer of Git LFS stands for its picture
    found = {row.path: known[row.digest] for row in rows if row.digest in known}
    for row in rows:
        seen = facts.get(row.path)
        if row.path not in found and seen is not None and seen.pixels in pixels:
            found[row.path] = pixels[seen.pixels]
    if found:
        split, n = Counter(found.values()).most_common(1)[0]
        first = next(row for row in rows if row.path in found)
        yield fail(f"{len(found)} of {len(rows)} real-world pictures are in the data already,"
                   f" {n} of them in {split}: first {first.path}",
                   at(path, first.line), fix=fix, effect=_effect(rows, found))  # fmt: skip
    changed = [row for row in rows if row.path in here and here[row.path] != row.digest]
    if changed:
        yield fail(f"{len(changed)} pictures in data/field are not those that were answered, first {changed[0].path}",
                   at(path, changed[0].line), fix=f"python -m {project.settings.package}.infer data/field")  # fmt: skip
    near = sorted(_near(project, {p: d for p, d in here.items() if p not in found}))
    if near:
        yield warn(f"{len(near)} real-world pictures look like pictures of the splits: {scored.some(near)}", path, fix=fix)


def _effect(rows: Sequence[Guess], known: Mapping[str, str]) -> Effect | None:
    """The share that people called right, and that among the pictures which are new; None where nobody judged those."""
    told = [row for row in rows if row.verdict.strip()]
    new = [row for row in told if row.path not in known]
    if not new or len(new) == len(told):
        return None
    return Effect("accuracy on the real world", sum(map(right, told)) / len(told), sum(map(right, new)) / len(new))


def _splits(project: Project) -> list[data.SplitRow]:
    try:
        return data.splits(project)
    except Missing:
        return []


def _near(project: Project, here: dict[str, str]) -> set[str]:
    raw = data.raw_media(project)
    if not here or not raw:
        return set()
    from mlscaffold.datasets.duplicates import near_pairs

    facts = {f"field:{p}": f for p, f in media.facts(project, here, base="data/field").items()}
    facts |= {f"raw:{p}": f for p, f in media.facts(project, raw, base=data.RAW).items()}
    pairs = [{pair.first, pair.second} for pair in near_pairs(facts) if pair.tight]
    mixed = [pair for pair in pairs if len({key.split(":", 1)[0] for key in pair}) == 2]
    return {key.removeprefix("field:") for pair in mixed for key in pair if key.startswith("field:")}
