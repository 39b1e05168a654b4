"""Gather the pictures of a collection for the gallery, with labels, splits, and what checks found about each."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from pathlib import Path
from typing import TypeVar

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import data
from mlscaffold.model import Status
from mlscaffold.places import NoProject, find_root
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.reports.gallery import Gallery, Shot
from mlscaffold.settings import read_settings
from mlscaffold.workflows.check import Options, check_project
from mlscaffold.workflows.judging import need_pictures
from mlscaffold.workflows.taking import Job, Progress, Taken, Way, take

Item = TypeVar("Item", bound=Hashable)

MOST = 5000
"""Pictures of a page by default: about 20 MB."""


@dataclass(frozen=True)
class Wish:
    """Which pictures are wanted: of one split, with one label or object of that class; beyond `most` (0: all) a random sample."""

    split: str = ""
    label: str = ""
    most: int = MOST


def look(project: Project, wish: Wish | None = None, *, way: Way | None = None, progress: Progress | None = None) -> Gallery:
    """The pictures under `data/raw`; a sample keeps what checks found."""
    need_pictures(project.settings.pictures, "A gallery", may="stand in a file of their own")
    wish = wish or Wish()
    notes = {a.path: a.label for a in data.annotation_rows(project)}
    try:
        splits = {row.path: row.split for row in data.splits(project)}
    except Missing:
        splits = {}
    paths = sorted({*notes, *(row.path for row in data.manifest(project)), *data.raw_media(project)})
    paths = [
        p for p in paths if (not wish.split or splits.get(p) == wish.split) and (not wish.label or notes.get(p) == wish.label)
    ]
    if not paths:
        raise ScaffoldError("There is no such picture.", reference="no-pictures-found", hint="mlscaffold data import FOLDER")
    found = findings_of(project)
    drawn = sample(paths, {path for path in paths if path in found}, wish.most)
    taken = take([Job(project.root / "data/raw" / path) for path in drawn], way=way, progress=progress)
    shots = tuple(
        _shot(path, notes.get(path, ""), splits.get(path, ""), found.get(path, ()), one)
        for path, one in zip(drawn, taken, strict=True)
    )
    return Gallery(project.settings.name, shots, len(paths) - len(drawn), tuple(sorted({s.label for s in shots if s.label})))


def _shot(path: str, label: str, split: str, found: Sequence[tuple[str, str]], taken: Taken) -> Shot:
    return Shot(
        path,
        label,
        split,
        path.split("/", maxsplit=1)[0],
        tuple(sorted({check for check, _ in found})),
        taken.small,
        classes=(label,) if label else (),
        messages=tuple(dict.fromkeys(f"{check}: {message}" for check, message in found)),
        size=taken.size,
        large=taken.large,
        link=taken.link,
    )


def findings_of(project: Project) -> dict[str, tuple[tuple[str, str], ...]]:
    """Raw path → the checks that name it, with their words; of each check the first few pictures, as a finding does."""
    report = check_project(project, Options(everything=True))
    try:
        origins = {f"data/processed/{row.path}": row.origin for row in data.processed(project)}
    except (Missing, Unknown, ScaffoldError):
        origins = {}
    named: dict[str, list[tuple[str, str]]] = {}
    for finding in report.findings:
        if finding.status in (Status.FAIL, Status.WARN):
            for place in finding.evidence:
                path = origins.get(place.path) or place.path.removeprefix("data/raw/")
                named.setdefault(path, []).append((finding.check, finding.message))
    return {path: tuple(sorted(set(checks))) for path, checks in named.items()}


def strictest(*places: Path) -> str:
    """What the projects in which these places lie let a page hold: `embed`, `link` or `none`; outside of any, `embed`."""
    found = {"embed"}
    for place in places:
        try:
            found.add(read_settings((find_root(place) / "mlscaffold.toml").read_bytes()).pictures)
        except NoProject:
            continue
    return next(kind for kind in ("none", "link", "embed") if kind in found)


def sample(items: Sequence[Item], first: set[Item], most: int) -> list[Item]:
    """At most `most` of them (0: all), in order: all of `first`, then others by chance."""
    if not most or len(items) <= most:
        return list(items)
    kept = [item for item in items if item in first][:most]
    rest = [item for item in items if item not in first]
    chosen = {*kept, *random.Random(0).sample(rest, most - len(kept))}
    return [item for item in items if item in chosen]


def classes_of(shots: Sequence[Shot]) -> tuple[str, ...]:
    """Every class that a gallery shows, sorted."""
    return tuple(sorted(set(chained.from_iterable(shot.classes for shot in shots))))
