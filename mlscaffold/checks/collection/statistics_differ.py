"""collection.statistics-differ."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import data, jsonfile, media
from mlscaffold.evidence.collection import composed, source_of
from mlscaffold.evidence.data import RAW
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FILE = "reports/collection/statistics.json"
FIX = "mlscaffold data stats"


@check(proves="statistics", reads=(FILE, RAW, "data/manifest/*.csv"))
def statistics_differ(project: Project) -> Iterator[Finding]:
    """The statistics are those of the data.

    ## Why
    Numbers of last month decide how the data are split and weighted today.

    ## Evidence
    `reports/collection/statistics.json` against a recount of manifests and annotations, and of sizes, modes and formats where
    the pictures are here; and the figures that it names.

    ## Fix
    `mlscaffold data stats` counts again.
    """
    if not project.exists(FILE):
        raise Missing(f"{FILE} is missing", path=FILE, fix=FIX)
    recorded = project.read(jsonfile.read, FILE)
    counted = _recount(project)
    wrong = [
        f"{name} {_shown(recorded.get(name))}, counted {_shown(value)}"
        for name, value in counted.items()
        if not _same(recorded.get(name), value)
    ]
    if wrong:
        yield fail(f"the statistics are of other data: recorded {few(wrong, 4)}", FILE, fix=FIX)
    figures = recorded.get("figures")
    base = FILE.rpartition("/")[0]
    gone = [str(name) for name in figures if not project.exists(f"{base}/{name}")] if isinstance(figures, list) else []
    if gone:
        yield warn(f"{len(gone)} of {len(figures or ())} figures of the statistics are not there: {few(gone)}", FILE, fix=FIX)


def _recount(project: Project) -> dict[str, Any]:
    rows = data.manifest(project)
    if not rows:
        raise Missing("no manifest lists a picture to be counted", path="data/manifest", fix=FIX)
    listed = {composed(row.path) for row in rows}
    labels = {composed(a.path): a.label for a in data.annotation_rows(project) if a.label}
    counted: dict[str, Any] = {
        "images": len(rows),
        "bytes": sum(row.bytes for row in rows),
        "classes": dict(Counter(labels[path] for path in listed if path in labels)),
        "sources": dict(Counter(source_of(path) for path in listed)),
        "manifest": hashlib.sha256("".join(sorted(f"{row.digest}\n" for row in rows)).encode()).hexdigest(),
    }
    here = data.raw_media(project)
    if {composed(path) for path in here} != listed:
        return counted
    seen = list(media.facts(project, here, base=RAW).values())
    if any(fact.pointer for fact in seen):
        return counted
    sized = [fact for fact in seen if fact.width]
    return counted | {
        "widths": _spread([fact.width for fact in sized]),
        "heights": _spread([fact.height for fact in sized]),
        "modes": dict(Counter(fact.mode for fact in sized)),
        "formats": dict(Counter(fact.format for fact in sized)),
    }


def _spread(numbers: list[int]) -> dict[str, float]:
    return {"min": min(numbers), "median": median(numbers), "max": max(numbers)} if numbers else {}


def _same(recorded: object, counted: object) -> bool:
    if isinstance(recorded, dict) and isinstance(counted, dict):
        # A class that nothing was counted for may stand there with 0.
        return {k: v for k, v in recorded.items() if v} == {k: v for k, v in counted.items() if v}
    return recorded == counted


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "{" + few([f"{k} {v}" for k, v in value.items()], 4) + "}"
    return f"{value:,}".replace(",", " ") if isinstance(value, int) else str(value)[:12]
