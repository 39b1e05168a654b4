"""Measure the collection and write `reports/collection/statistics.json` with its plots."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlscaffold.datasets.annotations import read_collection
from mlscaffold.datasets.manifest import ManifestChange, read_manifests, refresh_manifests
from mlscaffold.datasets.remembered import Remembered
from mlscaffold.datasets.schema import read_classes
from mlscaffold.datasets.sources import RAW, media_of, sources
from mlscaffold.datasets.statistics import Statistics, plot_classes, plot_sizes, statistics_of
from mlscaffold.datasets.tables import write_atomic
from mlscaffold.errors import ScaffoldError

REPORT = Path("reports/collection")
FILE = REPORT / "statistics.json"


@dataclass(frozen=True)
class DataStats:
    """The statistics, what is unlabelled or annotated without a medium (paths under `data/raw`), and what was written."""

    statistics: Statistics
    unlabelled: tuple[str, ...]
    absent: tuple[str, ...]
    manifests: tuple[ManifestChange, ...]
    written: tuple[str, ...]


def data_stats(root: Path, *, progress: Callable[[int, int], None] | None = None) -> DataStats:
    """Refresh the manifests, read every medium, count, plot, and write the report; needs the media on this machine."""
    pictures = Remembered(root)
    media = [path for source in sources(root) for path in media_of(root / RAW / source)]
    found = pictures.facts(media, progress=progress)
    manifests = refresh_manifests(root, digest=pictures.digest)
    pictures.close()
    if missing := _absent(root, {path.relative_to(root / RAW).as_posix() for path in media if not found[path].pointer}):
        every = {*missing, *(change.source for change in manifests)}
        raise ScaffoldError(
            f"The media of {len(missing)} of {len(every)} sources are not on this machine: {', '.join(missing[:5])}.",
            reference="media-absent",
            hint=f"Bring them into {RAW / missing[0]} (copy, git lfs pull, dvc pull, data link); {FILE} stays as it is.",
        )
    raw = root / RAW
    if not media:
        raise ScaffoldError(
            f"There is no picture in {RAW}.", reference="nothing-to-measure", hint="Next: mlscaffold data import FOLDER"
        )
    facts = {path.relative_to(raw).as_posix(): fact for path, fact in found.items()}
    collection = read_collection(root)
    statistics = statistics_of(read_manifests(root).values(), collection.media, facts, classes=read_classes(root))
    figures = {
        "classes.svg": plot_classes(statistics.values["classes"]),
        "sizes.svg": plot_sizes((fact.width, fact.height) for fact in facts.values() if fact.width),
    }
    statistics.values["figures"] = sorted(figures)
    for name, data in figures.items():
        write_atomic(root / REPORT / name, data)
    write_atomic(root / FILE, (json.dumps(statistics.values, indent=2, ensure_ascii=False) + "\n").encode("utf-8"))
    blank = [medium.path for medium in collection.media if not medium.annotation.label]
    written = (FILE.as_posix(), *((REPORT / name).as_posix() for name in sorted(figures)))
    return DataStats(statistics, tuple(sorted([*collection.unannotated, *blank])), collection.absent, tuple(manifests), written)


def _absent(root: Path, here: set[str]) -> list[str]:
    """Sources of which a picture is listed and not here: away as a whole, kept by DVC, a pointer, or on a disk that is not mounted."""
    return sorted({path.split("/")[0] for path in read_manifests(root).keys() - here})
