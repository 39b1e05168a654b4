"""preparation.processed-differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mlscaffold.checks import at, check, fail, unknown
from mlscaffold.evidence import data, media, pipelines
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Missing, Project


@check(proves="processed-data", reads=("data/processed", "data/splits", "pipeline.json"), tells=("data/processed/*",))
def processed_differs(project: Project) -> Iterator[Finding]:
    """The processed pictures are what their annotations say, and exactly those of the splits.

    ## Why
    A picture left behind in the folder of test, or prepared by an older recipe, is measured and nobody knows.

    ## Evidence
    The processed annotations against the split tables: every row prepared, in its split, and nothing else. Where the pictures are
    here: their pixels against the recorded digests, their size and colour against `pipeline.json`, and files that no row names.

    ## Fix
    Run `prepare` again: it writes what is missing and removes what no split names.
    """
    fix = f"python -m {project.settings.package}.prepare"
    rows, prepared = data.splits(project), data.processed(project)
    splits_of: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        splits_of[row.path].add(row.split)
    strange = [p for p in prepared if p.origin not in splits_of]
    if strange:
        yield fail(
            f"{count(len(strange), 'processed picture')} {'has' if len(strange) == 1 else 'have'} an origin that no split names: {few([p.path for p in strange])}",
            *(at(p.file, p.line) for p in strange[:3]), fix=fix, items=_all(p.path for p in strange),
        )  # fmt: skip
    wrong = [p for p in prepared if p.origin in splits_of and p.split not in splits_of[p.origin]]
    if wrong:
        p = wrong[0]
        yield fail(
            f"{count(len(wrong), 'processed picture')} in the wrong split: {p.path} belongs to {few(sorted(splits_of[p.origin]))}",
            *(at(x.file, x.line) for x in wrong[:3]), fix=fix, items=_all(x.path for x in wrong),
        )  # fmt: skip
    for split in data.prepared_splits(project):
        yield from _pictures(project, split, [p for p in prepared if p.split == split], fix)
    done = {p.origin for p in prepared}
    left = [r for r in rows if r.path not in done]
    here = data.raw_media(project) if left else {}
    broken = media.facts(project, {r.path: here[r.path] for r in left if r.path in here}, base=data.RAW)
    left = [r for r in left if r.path not in broken or not broken[r.path].problem or broken[r.path].pointer]
    if left:
        raise Missing(
            f"{len(left)} of {len(rows)} pictures of the splits are not prepared: {few([r.path for r in left])}",
            path="data/processed",
            fix=fix,
        )


def _pictures(project: Project, split: str, listed: list[data.Processed], fix: str) -> Iterator[Finding]:
    """Findings about the pictures of one split that are on this machine."""
    folder = f"data/processed/{split}"
    media_here = data.processed_media(project, split)
    facts = {p: f for p, f in media.exact(project, media_here, base="data/processed").items() if not f.pointer}
    if not listed and not media_here:
        return
    if not facts:
        yield unknown(f"{count(len(listed), 'picture')} of {split} are not on this machine; the tables agree", folder)
        return
    rows = {p.path: p for p in listed}
    loose = sorted(media_here.keys() - rows.keys())
    if loose:
        yield fail(
            f"{count(len(loose), 'picture')} in {folder} that annotations.csv does not name: {few(loose)}",
            *_loose(loose),
            fix=fix,
            items=_all(loose),
        )
    absent = [p for p in rows if p not in media_here]
    if absent:
        yield fail(
            f"{len(absent)} of {len(rows)} pictures of {split} are not in {folder}: {few(absent)}",
            *_places(rows, absent),
            fix=fix,
            items=_all(absent),
        )
    other = [p for p, f in facts.items() if p in rows and f.pixels != rows[p].digest]
    if other:
        yield fail(
            f"{len(other)} of {len(rows)} pictures of {split} have other pixels than annotations.csv says: {few(other)}",
            *_places(rows, other), fix=fix, items=_all(other),
        )  # fmt: skip
    if not project.exists(pipelines.FILE):
        return
    pipeline = pipelines.of(project)
    height, width = pipeline.size
    odd = [p for p, f in facts.items() if f.decode_ok and ((f.height, f.width) != (height, width) or f.mode != pipeline.colour)]
    if odd and set(odd) - set(other):
        f = facts[odd[0]]
        yield fail(
            f"{len(odd)} of {len(facts)} pictures of {split} are not {height} × {width} {pipeline.colour} as pipeline.json says:"
            f" {odd[0]} is {f.height} × {f.width} {f.mode}",
            *_places(rows, odd), fix=fix, items=_all(odd),
        )  # fmt: skip


def _loose(paths: list[str]) -> list[str]:
    """The first few pictures as places relative to the project."""
    return [f"data/processed/{p}" for p in paths[:3]]


def _places(rows: dict[str, data.Processed], paths: list[str]) -> list[Evidence]:
    return [at(rows[p].file, rows[p].line) for p in paths[:3] if p in rows]


def _all(paths: Iterable[str]) -> list[str]:
    return [f"data/processed/{path}" for path in paths]
