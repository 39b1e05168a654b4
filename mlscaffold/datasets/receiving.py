"""The folder of a source as an import finds it, and what the import puts there: pictures that stay as they are, labels that may change."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

from mlscaffold.datasets.annotations import FILE, Annotation, read_annotations, write_annotations
from mlscaffold.datasets.exporting import free, safe
from mlscaffold.datasets.images import Facts, facts_of
from mlscaffold.datasets.manifest import MANIFEST, ManifestRow, read_manifest, write_manifest
from mlscaffold.datasets.record import Defect, Record
from mlscaffold.datasets.remembered import Remembered
from mlscaffold.datasets.sources import RAW, media_of, stays_inside
from mlscaffold.datasets.tables import PART, write_atomic

FACTS_AT_ONCE = 500


@dataclass(frozen=True)
class Manner:
    """How an import works: into which sub-folder new pictures go, whether they are linked, whether anything is written at all, and
    whether the data set's labels overrule corrections made here."""

    batch: str = ""
    link: bool = False
    dry: bool = False
    take: bool = False


@dataclass(frozen=True)
class Relabelled:
    """A label of a known picture that the data set gives otherwise than it stood here; paths are under the source."""

    path: str
    before: str
    after: str


@dataclass(frozen=True)
class Refusals:
    """Digests that may not come in, with the words that say why."""

    withdrawn: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Place:
    """What lies in the source's folder or in its manifest, and what this import has claimed of it."""

    root: Path
    source: str
    pictures: Remembered
    manner: Manner
    refusals: Refusals
    listed: dict[str, ManifestRow] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    unclaimed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, Annotation] = field(default_factory=dict)
    fresh: dict[Path, Facts] = field(default_factory=dict)
    came: dict[str, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    changed: list[Relabelled] = field(default_factory=list)
    kept: list[Relabelled] = field(default_factory=list)
    redescribed: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the source lies."""
        return self.root / RAW / self.source

    @property
    def manifest(self) -> Path:
        """The source's manifest."""
        return self.root / MANIFEST / f"{self.source}.csv"

    def replaced(self) -> list[tuple[str, str]]:
        """New pictures that have the name of a known one which this import did not bring: other bytes, so another picture."""
        left = {name for names in self.unclaimed.values() for name in names}
        by_name = {name: name for name in left} | {inner: name for name in left if (inner := name.partition("/")[2])}
        return [(by_name[wanted], name) for name, wanted in self.came.items() if wanted in by_name and by_name[wanted] != name]


def open_place(root: Path, source: str, pictures: Remembered, *, manner: Manner, refusals: Refusals) -> Place:
    """The state of a source's folder; temporary files of an import that was killed are removed."""
    place = Place(root, source, pictures, manner, refusals)
    folder = place.folder
    if folder.is_dir() and not manner.dry:
        for leftover in folder.rglob(f".*{PART}"):
            leftover.unlink()
    rows = read_manifest(place.manifest) if place.manifest.is_file() else []
    before = {row.path.partition("/")[2]: row for row in rows if stays_inside(row.path)}
    for medium in media_of(folder):
        name = medium.relative_to(folder).as_posix()
        digest, size = pictures.digest(medium)
        place.listed[name] = before.get(name) or ManifestRow(f"{source}/{name}", size, digest)
        place.unclaimed[place.listed[name].digest].append(name)
        if place.listed[name].digest != digest:
            place.altered.append(name)
    place.away = before.keys() - place.listed.keys()
    for name in sorted(place.away):
        place.listed[name] = before[name]
        place.unclaimed[before[name].digest].append(name)
    place.names = {name.casefold() for name in place.listed}
    if folder.is_dir():
        for file in folder.rglob(FILE):
            inner = file.parent.relative_to(folder)
            place.rows |= {(inner / row.name).as_posix(): row for row in read_annotations(file)}
    return place


def take_in(place: Place, record: Record) -> tuple[str, bool] | Defect:
    """The name under which the picture lies in the source's folder, and whether it is new there; or why it does not come in."""
    where = record.origin or record.name
    try:
        data = record.path.read_bytes()
    except OSError as error:
        return Defect(where, "unreadable", f"cannot be opened: {error.strerror}")
    digest = sha256(data).hexdigest()
    if digest in place.refusals.withdrawn:
        return Defect(where, "withdrawn", place.refusals.withdrawn[digest])
    wanted = wanted_name(record)
    if same := place.unclaimed[digest]:
        name = min(same, key=lambda n: (n != wanted, PurePosixPath(n).name != PurePosixPath(wanted).name, n))
        same.remove(name)
        if name in place.away:
            place.away.discard(name)
            place.restored.append(name)
            _store(place, name, record, data)
        return name, False
    if digest in place.refusals.dropped:
        return Defect(where, "duplicate", place.refusals.dropped[digest])
    facts = facts_of(data)
    if facts.problem:
        return Defect(where, facts.problem, facts.detail)
    name = free(place.names, f"{place.manner.batch}/{wanted}" if place.manner.batch else wanted)
    _store(place, name, record, data)
    place.came[name] = wanted
    place.listed[name] = ManifestRow(f"{place.source}/{name}", len(data), digest)
    place.fresh[place.folder / name] = facts
    if len(place.fresh) >= FACTS_AT_ONCE and not place.manner.dry:
        place.pictures.keep(place.fresh)
        place.fresh.clear()
    return name, True


def wanted_name(record: Record) -> str:
    """Where a record should lie: in its own sub-folder, else in that of its label."""
    inner = PurePosixPath(record.name)
    parts = list(inner.parts[:-1]) or ([record.label] if record.label else [])
    return PurePosixPath(*(safe(part) for part in parts), safe(inner.name)).as_posix()


def _store(place: Place, name: str, record: Record, data: bytes) -> None:
    """Copy the picture to its place, or link it."""
    if place.manner.dry:
        return
    target = place.folder / name
    if place.manner.link:
        link(target, record.path)
    else:
        write_atomic(target, data)


def link(target: Path, picture: Path) -> None:
    """Make `target` a link to a picture elsewhere, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}{PART}")
    temporary.unlink(missing_ok=True)
    try:
        temporary.symlink_to(os.path.abspath(picture))  # noqa: PTH100 - a link of the data set itself is not followed
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def annotate(place: Place, name: str, record: Record) -> None:
    """Set the row of a picture. What the data set does not say, a person's word stays; what was corrected here is not undone.

    The manifest knows the label that the data set gave last. Where the label here is still that one, the data set's new one is
    taken; where it is another one, somebody corrected it here, and it stays unless the import is told to take the data set's.
    """
    old = place.rows.get(name)
    here, listed = (old.label if old else ""), place.listed[name]
    label = record.label or here
    if here and record.label and here != record.label:
        if place.manner.take or listed.imported == here:
            place.changed.append(Relabelled(name, here, record.label))
        else:
            place.kept.append(Relabelled(name, here, record.label))
            label = here
    group = record.group or (old.group if old else "")
    attributes = (old.attributes if old else {}) | record.attributes | ({"split": record.split} if record.split else {})
    if old and (group, attributes) != (old.group, old.attributes):
        place.redescribed.append(name)
    place.rows[name] = Annotation(PurePosixPath(name).name, label, group, attributes)
    if record.label:
        place.listed[name] = ManifestRow(listed.path, listed.size, listed.digest, record.label)


def write_place(place: Place) -> None:
    """Write the annotation file of every sub-folder, and the manifest."""
    by_folder: dict[str, list[Annotation]] = defaultdict(list)
    for name, row in place.rows.items():
        by_folder[PurePosixPath(name).parent.as_posix()].append(row)
    for folder, rows in by_folder.items():
        write_annotations(place.folder / folder / FILE, rows)
    write_manifest(place.manifest, place.listed.values())
