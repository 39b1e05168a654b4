"""Gather the pictures of a collection for the gallery: thumbnails on all cores, labels, splits, and what checks found about each."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import data
from mlscaffold.model import Status
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.reports.gallery import CELL, Gallery, Shot
from mlscaffold.workflows.check import Options, check_project
from mlscaffold.workflows.judging import need_pictures

MOST = 5000
"""Pictures of a page by default: about 20 MB."""
FEW = 64
"""Below so many pictures a pool costs more than it saves."""


def look(
    project: Project, *, most: int = MOST, split: str = "", label: str = "", progress: Callable[[int, int], None] | None = None
) -> Gallery:
    """The pictures under `data/raw`, of one split or label if asked; beyond `most` a random sample that keeps what checks found."""
    need_pictures(project, "A gallery", "stand in a file of their own")
    notes = {a.path: a.label for a in data.annotation_rows(project)}
    try:
        splits = {row.path: row.split for row in data.splits(project)}
    except Missing:
        splits = {}
    paths = sorted({*notes, *(row.path for row in data.manifest(project)), *data.raw_media(project)})
    paths = [p for p in paths if (not split or splits.get(p) == split) and (not label or notes.get(p) == label)]
    if not paths:
        raise ScaffoldError("There is no such picture.", reference="no-pictures-found", hint="mlscaffold data import FOLDER")
    found = findings_of(project)
    drawn = _sample(paths, found, most)
    small = thumbnails([project.root / "data/raw" / path for path in drawn], progress=progress)
    shots = tuple(
        Shot(path, notes.get(path, ""), splits.get(path, ""), path.split("/")[0], found.get(path, ()), picture)
        for path, picture in zip(drawn, small, strict=True)
    )
    return Gallery(project.settings.name, shots, len(paths) - len(drawn), tuple(sorted({s.label for s in shots if s.label})))


def findings_of(project: Project) -> dict[str, tuple[str, ...]]:
    """Raw path → the checks that name it; of each check the first few pictures, as a finding does."""
    report = check_project(project, Options(everything=True))
    try:
        origins = {f"data/processed/{row.path}": row.origin for row in data.processed(project)}
    except (Missing, Unknown, ScaffoldError):
        origins = {}
    named: dict[str, set[str]] = {}
    for finding in report.findings:
        if finding.status in (Status.FAIL, Status.WARN):
            for place in finding.evidence:
                path = origins.get(place.path) or place.path.removeprefix("data/raw/")
                named.setdefault(path, set()).add(finding.check)
    return {path: tuple(sorted(checks)) for path, checks in named.items()}


def thumbnails(
    paths: Sequence[Path], *, executor: Executor | None = None, progress: Callable[[int, int], None] | None = None
) -> list[bytes]:
    """A small JPEG of each file, empty where it is absent or broken; on all cores unless the files are few."""
    if executor is None and len(paths) < FEW:
        return [_small(path) for path in paths]
    done: list[bytes] = []
    pool = executor or ProcessPoolExecutor(max_workers=os.cpu_count())
    try:
        for picture in pool.map(_small, paths, chunksize=32):
            done.append(picture)
            if progress and (len(done) % 32 == 0 or len(done) == len(paths)):
                progress(len(done), len(paths))
    finally:
        if executor is None:
            pool.shutdown(cancel_futures=True)
    return done


def _small(path: Path) -> bytes:
    from mlscaffold.datasets.thumbnails import thumbnail

    try:
        return thumbnail(path.read_bytes(), edge=CELL, kind="JPEG")
    except Exception:  # Pillow raises anything at a damaged picture; that it is damaged is for a check to say
        return b""


def _sample(paths: Sequence[str], found: dict[str, tuple[str, ...]], most: int) -> list[str]:
    """At most `most` paths, in order: all that a check names, then others by chance."""
    if len(paths) <= most:
        return list(paths)
    first = [path for path in paths if path in found][:most]
    rest = [path for path in paths if path not in found]
    return sorted([*first, *random.Random(0).sample(rest, most - len(first))])
