"""One label a picture, as image classification wants it, from what a data set says; nothing is guessed."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mlscaffold.datasets.record import Defect, Reading, Record
from mlscaffold.errors import ScaffoldError

BOXES = "boxes"
"""Take the label of a picture from its objects."""


def labelled(reading: Reading, path: Path, kind: str, *, label_from: str = "", others: Iterable[str] = ()) -> Reading:
    """The reading with at most one label a picture; what has several is refused. `others` are formats that would fit too.

    Raises for texts, and for a set that has nothing but objects, unless their class is asked for.
    """
    if any(record.text is not None for record in reading.records):
        raise ScaffoldError(
            f"{path.name} ({kind}) holds texts; image classification wants pictures.",
            reference="texts-for-pictures",
            hint=f"Into another format of texts: mlscaffold data export {path} --format doccano --output FOLDER",
        )
    reading = _spelled(reading)
    bare = [record for record in reading.records if not record.labels]
    if not label_from and len(bare) == len(reading.records) and any(record.shapes for record in bare):
        raise _objects_only(bare, path, kind, others)
    records: list[Record] = []
    defects: list[Defect] = []
    for record in reading.records:
        labels = record.labels
        if not labels and label_from:
            labels = tuple(sorted({shape.label for shape in record.shapes}))
        where = record.origin or record.name
        if len(labels) > 1:
            shown = ", ".join(labels[:5])
            defects.append(Defect(where, "several-labels", f"{record.name} shows {len(labels)} classes ({shown}); one is wanted"))
        elif not labels and label_from:
            defects.append(Defect(where, "no-object", f"{record.name} shows no object to take a label from"))
        else:
            records.append(replace(record, labels=labels))
    return replace(reading, records=tuple(records), defects=(*reading.defects, *defects))


def _spelled(reading: Reading) -> Reading:
    """The reading with one spelling of each label: no blanks around it, accents in one letter each (NFC, as macOS does not write them)."""
    plain = {label: unicodedata.normalize("NFC", label).strip() for record in reading.records for label in record.labels}
    changed = sorted(label for label, spelled in plain.items() if label != spelled)
    if not changed:
        return reading
    records = [
        replace(record, labels=tuple(filter(None, (plain[label] for label in record.labels)))) for record in reading.records
    ]
    shown = ", ".join(f'"{plain[label]}"' for label in changed[:5])
    note = f"{len(changed)} labels are spelled with other blanks or accents elsewhere; they are read as {shown}"
    return replace(reading, records=tuple(records), notes=(*reading.notes, note))


def _objects_only(records: list[Record], path: Path, kind: str, others: Iterable[str]) -> ScaffoldError:
    """An error for a set without a single label of a whole picture."""
    counts = Counter(min(len({shape.label for shape in record.shapes}), 2) for record in records)
    return ScaffoldError(
        f"{path.name} ({kind}) has objects on pictures, but no label of a whole picture; image classification needs one a picture.",
        reference="no-picture-labels",
        context=f"Of {len(records)} pictures, {counts[1]} show one class, {counts[2]} several and {counts[0]} none.",
        hint=f"mlscaffold data import {path} --label-from {BOXES} (takes those that show one class, refuses the others)"
        + "".join(f", or --from {name}" for name in others if name == "class-folders" or name.endswith("-list")),
    )
