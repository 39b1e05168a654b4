"""Write a data set, or the data of a project, in another format, and say what that format cannot hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from mlscaffold.datasets import formats
from mlscaffold.datasets.annotations import read_collection
from mlscaffold.datasets.archives import unpacked
from mlscaffold.datasets.exporting import Placed, copy_pictures, placed
from mlscaffold.datasets.record import Defect, Reading, Record
from mlscaffold.datasets.sameness import first_difference
from mlscaffold.datasets.schema import read_classes
from mlscaffold.datasets.sources import RAW
from mlscaffold.datasets.splits import read_splits
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.places import FILE

PROJECT = "project"


@dataclass(frozen=True)
class Exported:
    """What an export did: read + refused = total of the source; `lost` counts by kind what the target cannot hold.

    `records` and `objects` were written, read back, and found to be the same.
    """

    path: str
    source: str
    reason: str
    others: dict[str, str]
    format: str
    output: str
    total: int
    read: int
    refused: tuple[Defect, ...]
    told: tuple[Defect, ...]
    ignored: dict[str, int]
    notes: tuple[str, ...]
    records: int
    objects: int
    lost: dict[str, int]
    renamed: int


def export_data(
    path: Path,
    output: Path,
    *,
    format: str,
    source: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write what lies at `path` (a project, a data set, a zip of one) into the new folder `output`, and read it back.

    Pictures are copied byte by byte. `source` names the format of the data set if it is not to be recognised.
    """
    form = formats.named(format)
    _check_output(path, output)
    with unpacked(path) as (folder, defects):
        if (folder / FILE).is_file() and not source:
            choice = formats.Choice(PROJECT, form, f"{FILE} lies there", {})
            reading = project_reading(folder)
        else:
            choice = formats.choose(folder, source)
            reading = choice.form.read(folder)
        reading = replace(reading, defects=(*defects, *reading.defects))
        kept, lost = formats.fit(reading.records, form)
        _check_kept(path, format, reading, kept, lost)
        items = placed(kept, form.place)
        written, objects = _write(items, output, form=form, classes=reading.classes, progress=progress)
    return Exported(
        path=str(path),
        source=choice.name,
        reason=choice.reason,
        others=choice.others,
        format=format,
        output=str(output),
        total=reading.total,
        read=len(reading.records),
        refused=reading.refused,
        told=tuple(defect for defect in reading.defects if defect.unit != "item"),
        ignored=reading.ignored,
        notes=reading.notes,
        records=written,
        objects=objects,
        lost=dict(sorted(lost.items())),
        renamed=sum(bool(item.file) and PurePosixPath(item.file).name != PurePosixPath(item.record.name).name for item in items),
    )


def _check_output(path: Path, output: Path) -> None:
    """Raise unless the output is a new or empty folder that is no part of what is read."""
    if not path.exists():
        raise UsageError(f"There is no {path}.", reference="export-path-missing")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(
            f"{output} is there already.", reference="export-output", hint="Name a new or empty folder with --output."
        )
    inside = output.resolve()
    if path.is_dir() and inside.is_relative_to(path.resolve()) and not (path / FILE).is_file():
        raise UsageError(f"{output} lies in {path}, which is read.", reference="export-output", hint="Name a folder elsewhere.")
    if inside.is_relative_to((path / RAW).resolve()):
        raise UsageError(f"{output} lies in {RAW}.", reference="export-output", hint="Name a folder elsewhere.")


def _check_kept(path: Path, format: str, reading: Reading, kept: Sequence[Record], lost: Counter[str]) -> None:
    """Raise where nothing was read, or where the format can hold nothing of what the data set says."""
    if not reading.records:
        first = "; ".join(f"{d.where} {d.message}" for d in reading.refused[:3])
        message = f"Nothing to export from {path}: 0 read, {len(reading.refused)} refused."
        raise ScaffoldError(message, reference="nothing-to-export", context=first)
    if kept and (_says(kept) or not _says(reading.records)):
        return
    able = [name for name, form in sorted(formats.formats().items()) if _says(formats.fit(reading.records, form)[0])]
    raise ScaffoldError(
        f"{format} can hold nothing of what {path} says: {', '.join(f'{count} {kind}' for kind, count in sorted(lost.items()))}.",
        reference="format-cannot-hold",
        hint=f"Formats that can: {', '.join(able)}.",
    )


def _says(records: Sequence[Record]) -> bool:
    """Whether any record has a label, an object or a labelled part."""
    return any(record.labels or record.shapes or record.spans for record in records)


def _write(
    items: Sequence[Placed],
    output: Path,
    *,
    form: formats.Format,
    classes: Sequence[str],
    progress: Callable[[int, int], None] | None,
) -> tuple[int, int]:
    """Copy, write, read back and compare; how many records and objects were written."""
    try:
        copy_pictures(items, output, progress)
        form.write(items, output, classes)
    except OSError as error:
        raise ScaffoldError(
            f"The export stopped: {error.strerror or error}.",
            reference="export-stopped",
            context=str(error.filename or ""),
            hint=f"Mend the cause, remove {output} and run the same command again.",
        ) from error
    if difference := first_difference(items, form.read(output), output):
        raise ScaffoldError(
            f"{output} does not read back as it was meant: {difference}.",
            reference="export-differs",
            hint="Do not use it. Please report this, with a small part of the data if you may.",
        )
    return len(items), sum(len(item.record.shapes) + len(item.record.spans) for item in items)


def project_reading(root: Path) -> Reading:
    """The labelled pictures of a project with the splits that were decided; those that are not on this machine are refused."""
    collection = read_collection(root)
    splits = {row.path: row.split for row in read_splits(root)}
    several = len({medium.source for medium in collection.media}) > 1
    absent = set(collection.absent)
    records, defects = [], []
    for medium in collection.media:
        row = medium.annotation
        where = f"{medium.file}:{row.line}"
        if medium.path in absent:
            defects.append(Defect(where, "missing-file", f"{row.name} is not on this machine"))
            continue
        name = medium.path if several else medium.path.removeprefix(f"{medium.source}/")
        attributes = {key: value for key, value in row.attributes.items() if key != "split" and value}
        split = splits.get(medium.path, "")
        labels = (row.label,) if row.label else ()
        records.append(Record(root / RAW / medium.path, name, labels, row.group, attributes, where, split))
    ignored = {"pictures that no annotation names": len(collection.unannotated)} if collection.unannotated else {}
    return Reading(tuple(records), tuple(defects), ignored, (), tuple(read_classes(root)))
