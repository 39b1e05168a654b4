"""One mask an object: black and white pictures in `masks`, in a folder a class or with the class in their names."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from mlscaffold.datasets.collecting import Findings, frame, judged
from mlscaffold.datasets.exporting import Placed, safe, under
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.maskfiles import class_folder, looks_binary, masks_beside, pairs_of, remainder, values_of
from mlscaffold.datasets.masks import area, drawn, from_pixels, mask_box, pixels
from mlscaffold.datasets.pictures import header_of, links_out, pictures_of, short, split_in
from mlscaffold.datasets.record import Reading, Record, Shape, Sniff
from mlscaffold.datasets.tables import write_atomic

HOLDS = holds("pictures, outlines, pieces, masks, split, size")
NAMELESS = "object"
"""The class of masks whose folder and name say none."""


def sniff(path: Path) -> Sniff:
    """A folder of masks with several a picture, or with one of black and white."""
    beside = masks_beside(path)
    if isinstance(beside, str):
        return Sniff(0.0, beside)
    pictures, pairs, masks = beside
    if not all(looks_binary(pictures.paths[name]) for name in masks[:3]):
        return Sniff(0.4 if pairs.most > 1 else 0.0, "masks hold more than two values: indices of classes")
    return Sniff(0.88, f"{pairs.count} pictures with {len(masks)} masks of black and white ({masks[0]})")


def read(path: Path) -> Reading:
    """Every picture with an object a mask."""
    findings = Findings()
    if not path.is_dir():
        findings.item(path.name, "no-folder", "is no folder with pictures and masks")
        return findings.failed()
    pictures = pictures_of(path)
    pairs = pairs_of(pictures)
    bare = 0
    for name, masks in pairs.masks.items():
        picture = pictures.paths[name]
        pictures.claim(picture)
        shapes = []
        for mask in masks:
            pictures.claim(pictures.paths[mask])
            try:
                ink = from_pixels(values_of(pictures.paths[mask]) > 0)
            except ValueError as error:
                findings.object(mask, "broken-mask", str(error))
                continue
            if not area(ink):
                findings.object(mask, "empty-mask", "has no pixel that belongs to the object")
                continue
            shapes.append(
                Shape(class_folder(mask, name) or remainder(mask, name) or NAMELESS, mask_box(ink), mask=ink, origin=mask)
            )
        bare += not masks
        header = header_of(picture)
        told = next(((shape.mask.width, shape.mask.height) for shape in shapes if shape.mask), None)
        told = told if header and told in (header.stored, header.upright) else None
        size = frame(told, header, where=name, findings=findings)
        split = split_in(f"{name.rpartition('/')[0]}/")
        shapes_ = judged(shapes, size, where=name, findings=findings)
        findings.records.append(Record(picture, short(name), origin=name, split=split, size=size, shapes=shapes_))
    for mask in pairs.orphans:
        pictures.claim(pictures.paths[mask])
        findings.item(mask, "missing-file", "is a mask without a picture")
    findings.defects += links_out(pictures)
    if bare:
        findings.notes.append(f"{bare} pictures have no mask: nothing to be seen, or not drawn yet; the format does not say")
    return findings.reading(pictures)


def place(record: Record) -> str:
    """Pictures lie in `images`, in a folder a split."""
    return under("images", record, split=True)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `masks/<split>/<class>/<picture>_<number>.png`."""
    from PIL import Image

    for item in items:
        inner = PurePosixPath(item.file.removeprefix("images/"))
        split, inner = (inner.parts[:1], PurePosixPath(*inner.parts[1:])) if item.record.split else ((), inner)
        for number, shape in enumerate(item.record.shapes):
            if shape.mask:
                buffer = io.BytesIO()
                Image.fromarray(pixels(shape.mask)).save(buffer, "PNG")
                target = Path("masks", *split, safe(shape.label), *inner.parts[:-1], f"{inner.stem}_{number}.png")
                write_atomic(folder / target, buffer.getvalue())


def fit(record: Record, lost: Counter[str]) -> Record:
    """Outlines become pixels; classes become names of folders."""
    size = record.size
    if size is None:
        header = header_of(record.path)
        size = header.stored if header else None
    kept = []
    for shape in record.shapes:
        if shape.rings and not shape.mask:
            lost["outlines, now pixels"] += 1
        ink = shape.mask or (drawn(shape.rings, size) if size else None)
        if ink is None or not area(ink):
            lost["outlines that cover no pixel"] += 1
            continue
        lost["names of classes, changed to suit folders"] += safe(shape.label) != shape.label
        kept.append(Shape(safe(shape.label), mask_box(ink), mask=ink))
    return replace(record, shapes=tuple(kept), size=size)
