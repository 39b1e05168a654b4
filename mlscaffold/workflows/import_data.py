"""Bring a data set into a project: media, annotation files, source, manifest, classes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from mlscaffold.datasets import formats
from mlscaffold.datasets.annotations import FILE, Annotation, read_annotations, write_annotations
from mlscaffold.datasets.archives import unpacked
from mlscaffold.datasets.exporting import free, safe
from mlscaffold.datasets.extra import CONDITION, check_weight, mark_extra
from mlscaffold.datasets.images import Facts, facts_of
from mlscaffold.datasets.labelling import BOXES, labelled
from mlscaffold.datasets.manifest import MANIFEST, ManifestRow, write_manifest
from mlscaffold.datasets.record import Defect, Reading, Record
from mlscaffold.datasets.remembered import Remembered
from mlscaffold.datasets.schema import declared_attributes, fill_classes
from mlscaffold.datasets.sources import METHODS, RAW, check_source_name, media_of, source_name, write_source
from mlscaffold.datasets.tables import PART, write_atomic
from mlscaffold.errors import ScaffoldError, UsageError

BATCH = 500  # facts that are written to the cache at once


@dataclass(frozen=True)
class Imported:
    """What an import did: read + refused = total; added + present = read. `labels` counts this import's records.

    `reason` says why the data set was taken for that format, `others` which it might be too; `told` is odd and was taken over.
    """

    source: str
    format: str
    reason: str
    others: dict[str, str]
    total: int
    read: int
    refused: tuple[Defect, ...]
    told: tuple[Defect, ...]
    ignored: dict[str, int]
    added: int
    present: int
    relabelled: tuple[str, ...]
    labels: dict[str, int]
    notes: tuple[str, ...]
    undeclared: tuple[str, ...]
    unfilled: tuple[str, ...]


@dataclass
class _Place:
    """What lies in the source's folder, and what this import has claimed of it."""

    folder: Path
    pictures: Remembered
    digests: dict[str, tuple[str, int]]
    names: set[str]
    unclaimed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, Annotation] = field(default_factory=dict)
    fresh: dict[Path, Facts] = field(default_factory=dict)


def import_data(
    root: Path,
    path: Path,
    *,
    source: str = "",
    format: str = "",
    label_from: str = "",
    fields: Mapping[str, str] | None = None,
    extra: bool = False,
    weight: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Copy the data set at `path` into `data/raw/<source>` and describe it there.

    Importing again adds what is new and writes labels that changed; nothing that is there goes away. What was copied before a
    kill is known by its digest. Broken pictures, pointers and pages saved as pictures are refused, each with its reason. `fields`
    are of source.toml (`licence`, `origin` …); those not given stay empty, for a check to ask for. `label_from` "boxes" takes the
    label of a picture from its objects, where they are all of one class. `extra` marks the source as one to learn more from and never
    to measure on, with the weight that one of its pictures has beside your own (0 to 1).
    """
    check_weight(weight, extra=extra)
    given = dict(fields or {})
    if given.get("method") and given["method"] not in METHODS:
        raise UsageError(f'"{given["method"]}" is no method.', reference="unknown-method", hint=f"Methods: {', '.join(METHODS)}.")
    if label_from not in ("", BOXES):
        raise UsageError(
            f'Labels cannot come from "{label_from}".', reference="label-from", hint=f"There is --label-from {BOXES}."
        )
    if path.resolve().is_relative_to((root / RAW).resolve()):
        raise UsageError(f"{path} lies in {RAW} already.", reference="import-of-raw", hint="Next: mlscaffold data stats")
    source = check_source_name(source or source_name(path))
    with unpacked(path) as (folder, defects):
        choice = formats.choose(folder, format)
        reading = choice.form.read(folder)
        reading = labelled(replace(reading, defects=(*defects, *reading.defects)), path, choice.name, label_from=label_from)
        if not reading.records:
            raise _nothing(path, reading)
        try:
            place = _open(root / RAW / source, Remembered(root))
            try:
                done = _import(root, place, reading, source=source, choice=choice, given=given, progress=progress)
                if extra:
                    mark_extra(place.folder, weight)
                return replace(done, notes=(*done.notes, CONDITION)) if extra else done
            finally:
                place.pictures.keep(place.fresh)
                place.pictures.close()
        except OSError as error:
            raise ScaffoldError(
                f"The import stopped: {error.strerror or error}.",
                reference="import-stopped",
                context=str(error.filename or ""),
                hint="What was copied is whole. Mend the cause and run the same command again.",
            ) from error


def _nothing(path: Path, reading: Reading) -> ScaffoldError:
    """An error for a data set without a single record."""
    first = "; ".join(f"{d.where} {d.message}" for d in reading.refused[:3])
    return ScaffoldError(
        f"Nothing to import from {path}: 0 read, {len(reading.refused)} refused.", reference="nothing-to-import", context=first
    )


def _import(
    root: Path,
    place: _Place,
    reading: Reading,
    *,
    source: str,
    choice: formats.Choice,
    given: dict[str, str],
    progress: Callable[[int, int], None] | None,
) -> Imported:
    """Copy, annotate, describe."""
    refused = list(reading.refused)
    added, relabelled = 0, []
    labels: Counter[str] = Counter()
    for done, record in enumerate(reading.records, start=1):
        outcome = _copy(place, record)
        if isinstance(outcome, Defect):
            refused.append(outcome)
        else:
            name, new = outcome
            added += new
            labels[record.label] += 1
            if _annotate(place, name, record):
                relabelled.append(name)
        if progress and (done % 32 == 0 or done == len(reading.records)):
            progress(done, len(reading.records))
    if not labels:
        raise _nothing(place.folder, Reading((), tuple(refused)))
    _write_rows(place)
    rows = (ManifestRow(f"{source}/{name}", size, digest) for name, (digest, size) in place.digests.items())
    write_manifest(root / MANIFEST / f"{source}.csv", rows)
    unfilled = write_source(place.folder, {"name": source, **given})
    undeclared = fill_classes(root, labels)
    return Imported(
        source=source,
        format=choice.name,
        reason=choice.reason,
        others=choice.others,
        total=reading.total,
        read=sum(labels.values()),
        refused=tuple(refused),
        told=tuple(defect for defect in reading.defects if defect.unit != "item"),
        ignored=reading.ignored,
        added=added,
        present=sum(labels.values()) - added,
        relabelled=tuple(relabelled),
        labels=dict(sorted(labels.items())),
        notes=(*reading.notes, *_object_notes(reading), *_attribute_notes(root, reading)),
        undeclared=tuple(undeclared),
        unfilled=tuple(unfilled),
    )


def _attribute_notes(root: Path, reading: Reading) -> list[str]:
    """A word on attribute columns that the schema does not declare."""
    declared = declared_attributes(root)
    names = sorted({name for record in reading.records for name in record.attributes if name not in declared and name != "split"})
    return [f"columns that data/schema.toml does not declare as attributes: {', '.join(names[:8])}"] if names else []


def _object_notes(reading: Reading) -> list[str]:
    """A word on objects, which a task of whole pictures does not keep."""
    return (
        [f"{reading.objects} objects on the pictures are not taken over: the task is about whole pictures"]
        if reading.objects
        else []
    )


def _open(folder: Path, pictures: Remembered) -> _Place:
    """The state of a source's folder; temporary files of an import that was killed are removed."""
    if folder.is_dir():
        for leftover in folder.rglob(f".*{PART}"):
            leftover.unlink()
    digests = {medium.relative_to(folder).as_posix(): pictures.digest(medium) for medium in media_of(folder)}
    place = _Place(folder, pictures, digests, {name.casefold() for name in digests})
    for name, (digest, _) in digests.items():
        place.unclaimed[digest].append(name)
    if folder.is_dir():
        for file in folder.rglob(FILE):
            inner = file.parent.relative_to(folder)
            place.rows |= {(inner / row.name).as_posix(): row for row in read_annotations(file)}
    return place


def _copy(place: _Place, record: Record) -> tuple[str, bool] | Defect:
    """The name under which the medium lies in the source's folder, and whether it is new there."""
    where = record.origin or record.name
    try:
        data = record.path.read_bytes()
    except OSError as error:
        return Defect(where, "unreadable", f"cannot be opened: {error.strerror}")
    digest = sha256(data).hexdigest()
    wanted = _wanted(record)
    if same := place.unclaimed[digest]:
        name = min(same, key=lambda n: (n != wanted, PurePosixPath(n).name != PurePosixPath(wanted).name, n))
        same.remove(name)
        return name, False
    facts = facts_of(data)
    if facts.problem:
        return Defect(where, facts.problem, facts.detail)
    name = free(place.names, wanted)
    write_atomic(place.folder / name, data)
    place.digests[name] = (digest, len(data))
    place.fresh[place.folder / name] = facts
    if len(place.fresh) >= BATCH:
        place.pictures.keep(place.fresh)
        place.fresh.clear()
    return name, True


def _wanted(record: Record) -> str:
    """Where a record should lie: in its own sub-folder, else in that of its label."""
    inner = PurePosixPath(record.name)
    parts = list(inner.parts[:-1]) or ([record.label] if record.label else [])
    return PurePosixPath(*(safe(part) for part in parts), safe(inner.name)).as_posix()


def _annotate(place: _Place, name: str, record: Record) -> bool:
    """Set the row of a medium; whether an older label was replaced. What the data set does not say, a person's word stays."""
    old = place.rows.get(name)
    label = record.label or (old.label if old else "")
    group = record.group or (old.group if old else "")
    attributes = (old.attributes if old else {}) | record.attributes | ({"split": record.split} if record.split else {})
    place.rows[name] = Annotation(PurePosixPath(name).name, label, group, attributes)
    return old is not None and old.label != label and bool(old.label)


def _write_rows(place: _Place) -> None:
    """Write the annotation file of every sub-folder."""
    by_folder: dict[str, list[Annotation]] = defaultdict(list)
    for name, row in place.rows.items():
        by_folder[PurePosixPath(name).parent.as_posix()].append(row)
    for folder, rows in by_folder.items():
        write_annotations(place.folder / folder / FILE, rows)
