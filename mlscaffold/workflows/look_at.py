"""Gather the pictures of any data set for the gallery, in every format that is read: objects, splits, and what is wrong with each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mlscaffold.datasets import formats
from mlscaffold.datasets.archives import unpacked
from mlscaffold.datasets.record import Defect, Reading, Record, is_media, leads_out
from mlscaffold.errors import ScaffoldError
from mlscaffold.reports.gallery import Gallery, Shot
from mlscaffold.workflows.judging import need_pictures
from mlscaffold.workflows.look import Wish, classes_of, sample, strictest
from mlscaffold.workflows.taking import Job, Progress, Taken, Way, take

REFUSED = 500
"""Frames of what was refused and belongs to no picture that was read; the rest is counted."""

BROKEN = "unreadable-image"
"""The finding of a picture that a format takes over without opening it, and that cannot be decoded."""


def look_at(
    path: Path, wish: Wish | None = None, *, format: str = "", way: Way | None = None, progress: Progress | None = None
) -> Gallery:
    """Every picture (or text) of the data set at `path`; what its format refuses or finds odd is shown with its message."""
    wish, way = wish or Wish(), way or Way()
    need_pictures(strictest(path, Path.cwd()), "A gallery", may="stand in a file of their own")
    with unpacked(path) as (folder, defects):
        if way.linked and folder != path:
            raise ScaffoldError(
                f'{path.name} is an archive, and pictures = "link" lets no page hold pictures.',
                reference="no-pictures",
                hint="Unpack it, and look at the folder.",
            )
        choice = formats.choose(folder, format)
        reading = choice.form.read(folder)
        reading = replace(reading, defects=(*defects, *reading.defects))
        records = [record for record in reading.records if _wanted(record, wish)]
        told, lost = _said(reading, records)
        places = sample(range(len(records)), set(told), wish.most)
        drawn = [records[place] for place in places]
        frames = [] if wish.split or wish.label else lost[:REFUSED]
        jobs = [Job(record.path, record.shapes, record.size) if record.text is None else Job(Path()) for record in drawn]
        jobs += [Job(_picture(folder, defect)) for defect in frames]
        taken = take(jobs, way=way, progress=progress)
    shots = [_shot(record, told.get(place, ()), one) for record, place, one in zip(drawn, places, taken, strict=False)]
    shots += [_refused(defect, one) for defect, one in zip(frames, taken[len(drawn) :], strict=True)]
    if not shots:
        raise ScaffoldError(
            f"{path} has no such picture." if reading.total else f"There is nothing to look at in {path}.",
            reference="no-pictures-found",
        )
    about = f"{choice.name} ({choice.reason}): {len(reading.records):,} read, {len(reading.refused):,} refused"
    if reading.objects or reading.refused_objects:
        about += f"; {reading.objects:,} objects, {reading.refused_objects:,} refused"
    missing = len(records) - len(drawn) + (len(lost) - len(frames) if frames else 0)
    return Gallery(path.resolve().name, tuple(shots), missing, classes_of(shots), about)


def _wanted(record: Record, wish: Wish) -> bool:
    return (not wish.split or record.split == wish.split) and (not wish.label or wish.label in _classes(record))


def _classes(record: Record) -> tuple[str, ...]:
    """The labels of a record and the classes of its objects, each once."""
    return tuple(dict.fromkeys([*record.labels, *(s.label for s in record.shapes), *(s.label for s in record.spans)]))


def _said(reading: Reading, records: Sequence[Record]) -> tuple[dict[int, list[Defect]], list[Defect]]:
    """Defects by the record that they speak of, and those that belong to none: told by the places that both name."""
    places: dict[str, int] = {}
    for number, record in enumerate(records):
        for name in (record.name, record.origin, *(shape.origin for shape in record.shapes)):
            if name:
                places.setdefault(name, number)
    told: dict[int, list[Defect]] = defaultdict(list)
    lost = []
    for defect in reading.defects:
        plain = re.sub(r"(:\d+|\s\S+\[\d+\])$", "", defect.where)
        place = next((places[name] for name in (defect.where, plain) if name in places), None)
        if place is not None:
            told[place].append(defect)
        else:
            lost.append(defect)
    return told, lost


def _picture(folder: Path, defect: Defect) -> Path:
    """The picture that a defect speaks of, if it lies in the data set; a path that is none otherwise."""
    for name in (defect.where, re.sub(r":\d+$", "", defect.where)):
        try:
            path = folder / name
            if is_media(path) and not leads_out(path, folder):
                return path
        except (ValueError, OSError):  # a name that no system takes
            continue
    return Path()


def _shot(record: Record, told: Sequence[Defect], taken: Taken) -> Shot:
    parts = record.name.split("/")
    if record.text is None and not taken.small and not taken.link:
        told = [*told, Defect(record.name, BROKEN, "is no picture that can be decoded")]
    return Shot(
        record.name if record.text is None else record.origin,
        ", ".join(record.labels),
        record.split,
        parts[0] if len(parts) > 1 else "",
        tuple(sorted({defect.kind for defect in told})),
        taken.small,
        classes=_classes(record),
        messages=tuple(_words(defect) for defect in told),
        marks=taken.marks,
        size=taken.size,
        large=taken.large,
        link=taken.link,
        text=record.text,
        spans=record.spans,
    )


def _refused(defect: Defect, taken: Taken) -> Shot:
    """A frame for what was not taken over."""
    return Shot(
        defect.where,
        "refused" if defect.unit else "odd",
        "",
        "",
        (defect.kind,),
        taken.small,
        messages=(_words(defect),),
        size=taken.size,
        large=taken.large,
        link=taken.link,
    )


def _words(defect: Defect) -> str:
    refused = {"item": "refused", "object": "object refused"}.get(defect.unit, "odd")
    return f"{refused}: {defect.where} {defect.message}"
