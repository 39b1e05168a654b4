"""`data/versions/<name>.toml`: states of the data that somebody named, each by digests of its manifests, labels and splits."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from mlscaffold.evidence import data, pipelines
from mlscaffold.evidence.fields import read_toml
from mlscaffold.project import Missing, Project, Unknown, canonical_json
from mlscaffold.splitnames import order

FOLDER = "data/versions"


@dataclass(frozen=True)
class State:
    """The data as the committed tables have them. Digests are of meaning: a rename or another order of rows moves nothing.

    `labels` is empty where the annotations are not on this machine; `splits` and `prepared` (split → digest of its prepared data) where
    there are none yet. `pictures` and `labelled` are counts, `rows` those of each split.
    """

    digest: str
    media: str
    labels: str
    splits: str
    pictures: int
    labelled: int
    rows: dict[str, int] = field(default_factory=dict)
    prepared: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """A named state: who named it, when, with which note, and at which commit (empty where the tables were not committed)."""

    path: str
    name: str
    state: State
    when: str
    by: str
    note: str
    commit: str


def state_of(project: Project) -> State:
    """The state of the project's data; raises `Missing` while no manifest lists a picture."""
    listed = data.manifest(project)
    if not listed:
        raise Missing("no manifest lists a picture", path="data/manifest", fix="mlscaffold data import FOLDER")
    media = _sha(f"{row.digest}\n" for row in listed)
    digest_of = {row.path: row.digest for row in listed}
    try:
        notes = [note for note in data.annotation_rows(project) if note.label]
        labels = _sha(
            canonical_json([digest_of.get(note.path, note.path), note.label, note.group, sorted(note.attributes.items())]) + "\n"
            for note in notes
        )
    except Unknown:
        notes, labels = [], ""
    try:
        rows = data.splits(project)
    except Missing:
        rows = []
    splits = _sha(f"{row.digest},{row.split}\n" for row in rows) if rows else ""
    counts = Counter(row.split for row in rows)
    return State(
        digest=hashlib.sha256(f"{media}\n{labels}\n{splits}\n".encode()).hexdigest(),
        media=media,
        labels=labels,
        splits=splits,
        pictures=len(listed),
        labelled=len(notes),
        rows={split: counts[split] for split in sorted(counts, key=order)},
        prepared=_prepared(project),
    )


def _prepared(project: Project) -> dict[str, str]:
    found = {}
    for split in data.prepared_splits(project):
        with suppress(Missing):
            found[split] = pipelines.data_digest(project, split)
    return found


def _sha(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()


def read(content: bytes, path: str) -> Version:
    """Parse a version."""
    top = read_toml(content, path)
    digests, counts, rows, prepared = (top.optional(key) for key in ("digests", "counts", "rows", "prepared"))
    state = State(
        digest=top.digest("digest"),
        media=digests.digest("media"),
        labels=digests.digest("labels"),
        splits=digests.digest("splits", "") if digests.values.get("splits") else "",
        pictures=counts.count("pictures"),
        labelled=counts.count("labelled"),
        rows={name: rows.count(name) for name in rows.values},
        prepared={name: prepared.digest(name) for name in prepared.values},
    )
    return Version(
        path,
        name=path.rpartition("/")[2].removesuffix(".toml"),
        state=state,
        when=top.text("when"),
        by=top.text("by", ""),
        note=top.text("note", ""),
        commit=top.text("commit", ""),
    )


def versions(project: Project) -> list[Version]:
    """Every named version, the oldest first."""
    return sorted((project.read(read, path) for path in project.glob(f"{FOLDER}/*.toml")), key=lambda v: (v.when, v.name))
