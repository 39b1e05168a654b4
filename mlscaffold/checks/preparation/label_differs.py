"""preparation.label-differs."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import data, effects
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project


@check(proves="processed-data", reads=("data/raw/**/annotations.csv", "data/splits", "data/processed/*/annotations.csv"))
def label_differs(project: Project) -> Iterator[Finding]:
    """Split tables and processed annotations carry the labels of the raw annotations.

    ## Why
    A mapping that is off by one turns shirts into skirts, and every metric agrees with it.

    ## Evidence
    The label of each picture in the raw annotations, the split tables and the processed annotations, joined by path (and by digest
    where a file was renamed). The raw annotations are the truth.

    ## Fix
    `mlscaffold data split` takes the labels over, `prepare` writes them into the processed annotations.
    """
    notes = data.annotation_rows(project)
    if not notes:
        raise Missing("data/raw has no annotations", path=data.RAW, fix="mlscaffold data import FOLDER")
    digest_of = {_key(m.path): m.digest for m in data.manifest(project)}
    truth: dict[str, set[str]] = defaultdict(set)
    by_digest: dict[str, set[str]] = defaultdict(set)
    for note in notes:
        truth[_key(note.path)].add(note.label)
        by_digest[digest_of.get(_key(note.path), "")].add(note.label)
    by_digest.pop("", None)
    rows = data.splits(project)
    wanted = {_key(r.path): truth.get(_key(r.path)) or by_digest.get(r.digest, set()) for r in rows}
    wrong = [r for r in rows if wanted[_key(r.path)] and r.label not in wanted[_key(r.path)]]
    if wrong:
        first, right = wrong[0], {r.path: _one(wanted[_key(r.path)]) for r in wrong}
        yield fail(
            f"{len(wrong)} of {len(rows)} labels in data/splits are not those of the raw annotations:"
            f" {first.path} is {right[first.path]} there, {first.label} here",
            *(at(r.file, r.line) for r in wrong[:3]), fix="mlscaffold data split", effect=effects.relabelled(project, right),
            items=[f"{data.RAW}/{r.path}" for r in wrong],
        )  # fmt: skip
    prepared = data.processed(project)
    split_label = {_key(r.path): {r.label} for r in rows}
    changed = []
    for p in prepared:
        known = truth.get(_key(p.origin)) or wanted.get(_key(p.origin)) or split_label.get(_key(p.origin))
        if known and p.label not in known:
            changed.append((p, _one(known)))
    if changed:
        row, was = changed[0]
        yield fail(
            f"{len(changed)} of {len(prepared)} pictures changed class between raw and processed: {row.path} is {was} in data/raw,"
            f" {row.label} in processed",
            *(at(p.file, p.line) for p, _ in changed[:3]), fix=f"mlscaffold data split, then python -m {project.settings.package}.prepare",
            effect=effects.relabelled(project, {p.origin: label for p, label in changed}),
            items=[f"{data.RAW}/{p.origin}" for p, _ in changed],
        )  # fmt: skip


def _key(path: str) -> str:
    """The path in one Unicode form: some systems store accents apart."""
    return unicodedata.normalize("NFC", path)


def _one(labels: set[str]) -> str:
    return sorted(labels)[0]
