"""Bring a data set into a project: media, annotation files, source, manifest, classes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from mlscaffold.datasets import formats
from mlscaffold.datasets.archives import unpacked
from mlscaffold.datasets.deduping import dropped_digests
from mlscaffold.datasets.extra import CONDITION, check_weight, mark_extra
from mlscaffold.datasets.labelling import BOXES, labelled
from mlscaffold.datasets.links import declare, roots_of
from mlscaffold.datasets.manifest import MANIFEST
from mlscaffold.datasets.receiving import Manner, Place, Refusals, annotate, open_place, take_in, write_place
from mlscaffold.datasets.record import Defect, Reading, leads_out
from mlscaffold.datasets.remembered import Remembered
from mlscaffold.datasets.schema import declared_attributes, fill_classes, read_classes
from mlscaffold.datasets.sources import METHODS, RAW, check_source_name, source_name, write_source
from mlscaffold.datasets.splits import read_splits
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence.withdrawals import withdrawn_digests

KEEP, TAKE = "keep", "take"


@dataclass(frozen=True)
class Turned:
    """Labels of known pictures that the data set gives otherwise than they stood here: from one class to another, by split."""

    before: str
    after: str
    paths: tuple[str, ...]
    splits: dict[str, int]


@dataclass(frozen=True)
class Imported:
    """What an import did: read + refused = total; added + present = read. `labels` counts this import's records.

    `reason` says why the data set was taken for that format, `others` which it might be too; `told` is odd and was taken over.
    Of a source that was known before: `batch` is the sub-folder of what is new, `changed` are labels that were written anew, `kept`
    those that were corrected here and stay, `replaced` known names that came with other bytes (old name, new name), `not_brought` known
    pictures that a delivery of most of them lacks.
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
    update: bool = False
    batch: str = ""
    changed: tuple[Turned, ...] = ()
    kept: tuple[Turned, ...] = ()
    redescribed: int = 0
    replaced: tuple[tuple[str, str], ...] = ()
    restored: int = 0
    not_brought: tuple[str, ...] = ()
    linked_to: str = ""
    dry_run: bool = False


def import_data(
    root: Path,
    path: Path,
    *,
    source: str = "",
    format: str = "",
    label_from: str = "",
    batch: str = "",
    labels: str = KEEP,
    link: bool = False,
    dry_run: bool = False,
    fields: Mapping[str, str] | None = None,
    today: date | None = None,
    extra: bool = False,
    weight: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Copy the data set at `path` into `data/raw/<source>` and describe it there.

    A source that is known is brought up to date: what is new goes into a sub-folder of its own (`batch`, by default the date), and
    labels that the data set has changed are written. Nothing that is there goes away or is overwritten, and a label that was corrected
    here stays, unless `labels` is "take". What was copied before a kill is known by its digest. Broken pictures, pointers, pages saved
    as pictures and withdrawn pictures are refused, each with its reason. `fields` are of source.toml (`licence`, `origin` …); those
    not given stay empty, for a check to ask for. `label_from` "boxes" takes the label of a picture from its objects, where they are
    all of one class. With `link`, and where links into that folder were declared before, the pictures stay where they are; with
    `dry_run` nothing is written. `extra` marks the source as one to learn more from and never to measure on, with the weight that one
    of its pictures has beside your own (0 to 1).
    """
    check_weight(weight, extra=extra)
    given = dict(fields or {})
    _check_options(root, path, method=given.get("method", ""), label_from=label_from, labels=labels, batch=batch)
    source = check_source_name(source or source_name(path))
    known = (root / MANIFEST / f"{source}.csv").is_file()
    batch = batch or ((today or date.today()).isoformat() if known else "")
    with unpacked(path) as (folder, defects):
        choice = formats.choose(folder, format)
        reading = choice.form.read(folder)
        reading = labelled(
            replace(reading, defects=(*defects, *reading.defects)), path, choice.name, label_from=label_from, others=choice.others
        )
        if not reading.records:
            raise _nothing(path, reading)
        link = link or _base(folder) in roots_of(root).get(source, ())  # what was left where it is stays there
        linked_to = _link_root(path, folder, reading) if link else None
        manner = Manner(batch, link=link, dry=dry_run, take=labels == TAKE)
        pictures = Remembered(root)
        try:
            if linked_to and not dry_run:
                declare(root, source, linked_to)
            place = open_place(root, source, pictures, manner=manner, refusals=_refusals(root))
            try:
                done = _import(place, reading, choice=choice, given=given, progress=progress)
                if extra and not dry_run:
                    mark_extra(place.folder, weight)
            finally:
                if not dry_run:
                    pictures.keep(place.fresh)
        except OSError as error:
            raise ScaffoldError(
                f"The import stopped: {error.strerror or error}.",
                reference="import-stopped",
                context=str(error.filename or ""),
                hint="What was copied is whole. Mend the cause and run the same command again.",
            ) from error
        finally:
            pictures.cache.connection.close()
    notes = (*done.notes, CONDITION) if extra else done.notes
    return replace(done, update=known, batch=batch, linked_to=str(linked_to or ""), notes=notes)


def _check_options(root: Path, path: Path, *, method: str, label_from: str, labels: str, batch: str) -> None:
    """Raise for an option that means nothing, and for data that are here already."""
    if method and method not in METHODS:
        raise UsageError(f'"{method}" is no method.', reference="unknown-method", hint=f"Methods: {', '.join(METHODS)}.")
    if label_from not in ("", BOXES):
        raise UsageError(
            f'Labels cannot come from "{label_from}".', reference="label-from", hint=f"There is --label-from {BOXES}."
        )
    if labels not in (KEEP, TAKE):
        raise UsageError(
            f'"{labels}" says nothing of labels that were corrected here.', reference="labels", hint=f"--labels {KEEP} or {TAKE}."
        )
    if batch and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", batch):
        raise UsageError(
            f'"{batch}" cannot name a folder.', reference="batch-name", hint="Use letters, digits, dot, dash and underscore."
        )
    if path.resolve().is_relative_to((root / RAW).resolve()):
        raise UsageError(f"{path} lies in {RAW} already.", reference="import-of-raw", hint="Next: mlscaffold data stats")


def _link_root(path: Path, folder: Path, reading: Reading) -> Path:
    """The folder that links will lead into; raises where a picture lies nowhere that stays."""
    if folder != path:
        raise UsageError(
            f"Pictures in {path.name} cannot be linked: they have to be unpacked.",
            reference="link-of-zip",
            hint="Unpack it where it shall stay, and name that folder.",
        )
    base = _base(folder)
    if out := next((record for record in reading.records if leads_out(record.path, base)), None):
        raise UsageError(f"{out.path} lies outside of {base}; it cannot be linked.", reference="link-leads-out")
    return base


def _base(folder: Path) -> Path:
    """The folder of a data set that is a folder or a list."""
    return (folder if folder.is_dir() else folder.parent).resolve()


def _refusals(root: Path) -> Refusals:
    """What may not come in again: withdrawn pictures, and duplicates that a person took out."""
    withdrawn = {digest: f"was withdrawn on {stone.date} ({stone.file})" for digest, stone in withdrawn_digests(root).items()}
    dropped = {digest: f"was taken out as a duplicate ({file})" for digest, file in dropped_digests(root).items()}
    return Refusals(withdrawn, dropped)


def _nothing(path: Path, reading: Reading) -> ScaffoldError:
    """An error for a data set without a single record."""
    first = "; ".join([*(f"{d.where} {d.message}" for d in reading.refused[:3]), *reading.notes[:2]])
    return ScaffoldError(
        f"Nothing to import from {path}: 0 read, {len(reading.refused)} refused.", reference="nothing-to-import", context=first
    )


def _import(
    place: Place,
    reading: Reading,
    *,
    choice: formats.Choice,
    given: dict[str, str],
    progress: Callable[[int, int], None] | None,
) -> Imported:
    """Copy, annotate, describe."""
    refused = list(reading.refused)
    added = 0
    labels: Counter[str] = Counter()
    for done, record in enumerate(reading.records, start=1):
        outcome = take_in(place, record)
        if isinstance(outcome, Defect):
            refused.append(outcome)
        else:
            name, new = outcome
            added += new
            labels[record.label] += 1
            annotate(place, name, record)
        if progress and (done % 32 == 0 or done == len(reading.records)):
            progress(done, len(reading.records))
    if not labels:
        raise _nothing(place.folder, Reading((), tuple(refused)))
    unfilled, undeclared = _describe(place, labels, given)
    splits = _splits(place)
    return Imported(
        source=place.source,
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
        relabelled=tuple(change.path for change in place.changed),
        labels=dict(sorted(labels.items())),
        notes=(
            *reading.notes,
            *(f"{name} does not fit: {why}" for name, why in choice.missed.items()),
            *_object_notes(reading),
            *_attribute_notes(place.root, reading),
            *_altered_notes(place),
        ),
        undeclared=tuple(undeclared),
        unfilled=tuple(unfilled),
        changed=_turned([(c.before, c.after, c.path) for c in place.changed], splits),
        kept=_turned([(k.before, k.after, k.path) for k in place.kept], splits),
        redescribed=len(place.redescribed),
        replaced=tuple(place.replaced()),
        restored=len(place.restored),
        not_brought=_not_brought(place, present=sum(labels.values()) - added),
        dry_run=place.manner.dry,
    )


def _not_brought(place: Place, *, present: int) -> tuple[str, ...]:
    """Known pictures that did not come again, where at least as many did: fewer are a delivery of new ones, which says nothing."""
    replaced = {old for old, _ in place.replaced()}
    left = sorted({name for names in place.unclaimed.values() for name in names} - replaced - place.away)
    return tuple(left) if 0 < len(left) <= present else ()


def _describe(place: Place, labels: Counter[str], given: dict[str, str]) -> tuple[list[str], list[str]]:
    """Write annotations, manifest, source and classes; the fields that are still to fill in, and the labels that no class has."""
    if place.manner.dry:
        known = set(read_classes(place.root))
        return [], [label for label in sorted(labels) if label and known and label not in known]
    write_place(place)
    return write_source(place.folder, {"name": place.source, **given}), fill_classes(place.root, labels)


def _splits(place: Place) -> dict[str, str]:
    """The split that each picture of the source is in, by its name under it; tables that are broken are for a check to tell."""
    with suppress(ScaffoldError, OSError):
        return {
            row.path.partition("/")[2]: row.split for row in read_splits(place.root) if row.path.startswith(f"{place.source}/")
        }
    return {}


def _turned(changes: list[tuple[str, str, str]], splits: Mapping[str, str]) -> tuple[Turned, ...]:
    """Changes from class to class, the most frequent first."""
    pairs = Counter((before, after) for before, after, _ in changes)
    found = []
    for before, after in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        paths = tuple(path for a, b, path in changes if (a, b) == (before, after))
        found.append(Turned(before, after, paths, dict(sorted(Counter(splits[p] for p in paths if p in splits).items()))))
    return tuple(found)


def _altered_notes(place: Place) -> list[str]:
    """A word on pictures that are not any more what the manifest says; an import never blesses that."""
    n = len(place.altered)
    return (
        [f"{n} pictures here have other bytes than the manifest says, first {min(place.altered)}: mlscaffold check"] if n else []
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
