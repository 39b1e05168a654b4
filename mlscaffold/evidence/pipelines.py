"""`pipeline.json`: what is done to every picture, in order, in each split."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from mlscaffold.evidence import data, jsonfile, withdrawals
from mlscaffold.evidence.fields import read_json
from mlscaffold.project import Missing, Project

FILE = "pipeline.json"


@dataclass(frozen=True)
class Step:
    """One step of a split; `random` is None where the file does not say, `at` is `prepare` or `load`."""

    op: str
    random: bool | None
    at: str
    parameters: dict[str, object]


@dataclass(frozen=True)
class Pipeline:
    """The recipe: colour order, size (height, width), range of a pixel, mean and std with what they are of, steps of each split."""

    path: str
    colour: str
    size: tuple[int, int]
    range: tuple[float, float]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    statistics_of: str
    statistics_n: int | None
    splits: dict[str, tuple[Step, ...]]
    raw: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


def read(raw: bytes, path: str) -> Pipeline:
    """Parse `pipeline.json`."""
    top = read_json(raw, path)
    height, width = top.numbers("size", length=2)
    low, high = top.numbers("range", [0.0, 1.0], length=2)
    splits = top.table("splits")
    steps = {
        split: tuple(
            Step(s.text("op"), s.flag("random") if s.has("random") else None, s.text("at", "load"), s.values)
            for s in splits.tables(split)
        )
        for split in splits.values
    }
    return Pipeline(
        path,
        colour=top.text("colour"),
        size=(int(height), int(width)),
        range=(low, high),
        mean=top.numbers("mean", []),
        std=top.numbers("std", []),
        statistics_of=top.text("statistics_of", ""),
        statistics_n=top.count("statistics_n") if top.has("statistics_n") else None,
        splits=steps,
        raw=top.values,
    )


def of(project: Project, path: str = FILE) -> Pipeline:
    """The project's pipeline; raises `Missing` with the command that writes it."""
    if not project.exists(path):
        raise Missing(f"{path} is missing", path=path, fix=f"python -m {project.settings.package}.prepare")
    return project.read(read, path)


def pipeline_digest(project: Project, path: str = FILE) -> str:
    """The digest of a pipeline, as evidence.md defines it."""
    value = project.read(jsonfile.read, path)
    return _sha(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def classes_digest(names: Iterable[str]) -> str:
    """The digest of a class map, as evidence.md defines it."""
    return _sha("\n".join(names))


def data_digest(project: Project, split: str) -> str:
    """The digest of a processed split, from its committed table; raises `Missing`."""
    return _sha("".join(sorted(f"{row.digest},{row.label}\n" for row in data.processed(project, split))))


def withdrawn_since(project: Project, split: str, digest: str) -> int | None:
    """How many pictures were withdrawn of a split since its data had this digest; None where something else has changed too."""
    rows = [f"{row.digest},{row.label}\n" for row in data.processed(project, split)]
    if _sha("".join(sorted(rows))) == digest:
        return 0
    since: dict[tuple[str, str], list[str]] = {}
    for stone in withdrawals.tombstones(project):
        if stone.split == split and stone.prepared:
            since.setdefault((stone.date, stone.file), []).append(f"{stone.prepared},{stone.label}\n")
    n = 0
    for event in sorted(since, reverse=True):
        rows += since[event]
        n += len(since[event])
        if _sha("".join(sorted(rows))) == digest:
            return n
    return None


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
