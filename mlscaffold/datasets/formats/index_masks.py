"""Index masks: a PNG a picture whose values are class numbers (semantic segmentation), with a list of classes."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mlscaffold.datasets.collecting import Findings, judged, measured
from mlscaffold.datasets.exporting import Placed, classes_of, under
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.maskfiles import looks_binary, masks_beside, pairs_of, values_of
from mlscaffold.datasets.masks import drawn, from_pixels, mask_box, pixels
from mlscaffold.datasets.parsing import Unreadable, decode, load
from mlscaffold.datasets.pictures import Pictures, header_of, links_out, pictures_of, short, split_in
from mlscaffold.datasets.record import Mask, Reading, Record, Shape, Sniff
from mlscaffold.datasets.tables import write_atomic

HOLDS = holds("pictures, outlines, pieces, masks, split, size")
_IGNORE = 255
_VOID = frozenset({"background", "void", "unlabeled", "unlabelled", "ignore", "_background_", "none"})
_LISTS = ("classes.csv", "_classes.csv", "classes.txt", "labels.txt", "class_names.txt")


def sniff(path: Path) -> Sniff:
    """A folder of masks with one mask a picture, of more than two values."""
    beside = masks_beside(path)
    if isinstance(beside, str):
        return Sniff(0.0, beside)
    pictures, pairs, masks = beside
    if pairs.most > 1:
        return Sniff(0.0, f"up to {pairs.most} masks a picture: one mask an object")
    if _class_list(path) is None and all(looks_binary(pictures.paths[name]) for name in masks[:3]):
        return Sniff(0.0, "masks hold only 0 and 255: one mask an object")
    if all(wrong := [_unusable(pictures.paths[name]) for name in masks[:3]]):
        return Sniff(0.3, f"{masks[0]} {wrong[0]}", seen=True)  # as a class may be called `mask`
    return Sniff(0.88, f"{pairs.count} pictures with one mask each ({masks[0]})")


def _unusable(mask: Path) -> str:
    """What is wrong with a mask, in words; empty where it can be read."""
    try:
        values_of(mask)
    except ValueError as error:
        return str(error)
    return ""


def _class_list(root: Path) -> Path | None:
    """The file that names the classes."""
    return next(
        (
            file
            for folder in (root, *sorted(p for p in root.iterdir() if p.is_dir()))
            for name in _LISTS
            if (file := folder / name).is_file()
        ),
        None,
    )


def read(path: Path) -> Reading:
    """Every picture with the areas of its mask, one a class."""
    findings = Findings()
    if not path.is_dir():
        findings.item(path.name, "no-folder", "is no folder with pictures and masks")
        return findings.failed()
    names = _names(path, findings)
    pictures = pictures_of(path)
    pairs = pairs_of(pictures)
    unnamed: Counter[int] = Counter()
    ignored = 0
    for name, masks in pairs.masks.items():
        picture = pictures.paths[name]
        pictures.claim(picture)
        for mask in masks:
            pictures.claim(pictures.paths[mask])
        if len(masks) > 1:
            findings.item(name, "two-masks", f"has {len(masks)} masks: {', '.join(masks[:3])}")
            continue
        if not masks:
            findings.item(name, "missing-mask", "has no mask of its name")
            continue
        ignored += _read_one(name, masks[0], names, pictures, findings, unnamed)
    for mask in pairs.orphans:
        pictures.claim(pictures.paths[mask])
        findings.item(mask, "missing-file", "is a mask without a picture")
    findings.defects += links_out(pictures)
    if unnamed:
        findings.notes.append(f"no list of classes: they are called by their index ({', '.join(map(str, sorted(unnamed)[:12]))})")
    if ignored:
        findings.notes.append(f"{ignored} masks hold {_IGNORE}, which no list names: pixels to ignore, not taken over")
    for index, name in sorted(names.items()):
        if name.casefold() in _VOID:
            findings.notes.append(f'index {index} is "{name}": no object')
    return findings.reading(pictures)


def _read_one(name: str, mask: str, names: dict[int, str], pictures: Pictures, findings: Findings, unnamed: Counter[int]) -> bool:
    """Read one pair; whether its mask holds the index that means to ignore."""
    import numpy as np

    picture = pictures.paths[name]
    try:
        values = values_of(pictures.paths[mask])
    except ValueError as error:
        findings.item(mask, "broken-mask", str(error))
        return False
    found, counts = np.unique(values, return_counts=True)
    if found.size > 64 and not names:
        findings.item(
            mask, "interpolated-mask", f"holds {found.size} values and no list names them: they are interpolated, or no indices"
        )
        return False
    size = measured(picture, _told(picture, values.shape), where=name, findings=findings)
    if size and values.shape != (size[1], size[0]):
        message = f"has {values.shape[1]} × {values.shape[0]} pixels; its picture has {size[0]} × {size[1]}"
        findings.item(mask, "mask-size", message)
        return False
    shapes = []
    for index, count in zip(found.tolist(), counts.tolist(), strict=True):
        label = names.get(index, "" if names else str(index))
        if label.casefold() in _VOID or (index == 0 and not names.get(0)) or (index == _IGNORE and index not in names):
            continue
        if not label:
            findings.object(
                mask, "undeclared-index", f"holds index {index} on {count} pixels; {len(names)} classes are listed", field="index"
            )
            continue
        if not names:
            unnamed[index] += 1
        area = from_pixels(values == index)
        shapes.append(Shape(label, mask_box(area), mask=area, origin=mask))
    record = Record(picture, short(name), origin=mask, split=split_in(f"{name.rpartition('/')[0]}/"), size=size)
    findings.records.append(replace(record, shapes=judged(shapes, size, where=mask, findings=findings)))
    return bool(_IGNORE in found and _IGNORE not in names)


def _told(picture: Path, shape: tuple[int, ...]) -> tuple[int, int] | None:
    """The size of a mask, if it is that of its picture, as stored or upright."""
    header, sides = header_of(picture), (shape[1], shape[0])
    return sides if header and sides in (header.stored, header.upright) else None


def _names(root: Path, findings: Findings) -> dict[int, str]:
    """Class names by index, from a CSV of numbers and names or a text file with a name a line."""
    file = _class_list(root)
    if file is None:
        return {}
    where = file.relative_to(root).as_posix()
    try:
        text = decode(load(file, where, largest=1 << 20))[0]
    except Unreadable as error:
        findings.unreadable(error)
        return {}
    found: dict[int, str] = {}
    if file.suffix == ".txt":
        found = {place: line.strip() for place, line in enumerate(text.splitlines()) if line.strip()}
    else:
        for line, cells in enumerate(csv.reader(text.splitlines()), 1):
            cells = [cell.strip() for cell in cells]  # noqa: PLW2901 - Roboflow puts a blank after the comma
            if len(cells) >= 2 and cells[0].isdecimal() and cells[1] and len(cells[0]) < 6:
                if int(cells[0]) in found:
                    findings.tell(
                        f"{where}:{line}", "repeated-id", f"index {cells[0]} is {found[int(cells[0])]} already", field="index"
                    )
                found.setdefault(int(cells[0]), cells[1])
            elif line > 1 and any(cells):
                findings.item(f"{where}:{line}", "broken-class", f'is "{",".join(cells)[:60]}"; an index and a name are wanted')
    findings.declare(name for _, name in sorted(found.items()) if name.casefold() not in _VOID)
    return found


def place(record: Record) -> str:
    """Pictures lie in `images`, in a folder a split."""
    return under("images", record, split=True)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write a mask a picture and `classes.csv`; index 0 is the background."""
    import numpy as np
    from PIL import Image

    names = classes_of((item.record for item in items), [name for name in classes if name.casefold() not in _VOID])
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([("Pixel Value", "Class"), (0, "background"), *enumerate(names, 1)])
    write_atomic(folder / "classes.csv", table.getvalue().encode("utf-8"))
    for item in items:
        array = np.zeros((item.size[1], item.size[0]), dtype=np.uint8 if len(names) < _IGNORE else np.uint16)
        for shape in item.record.shapes:
            if shape.mask:
                array[pixels(shape.mask)] = names.index(shape.label) + 1
        buffer = io.BytesIO()
        Image.fromarray(array).save(buffer, "PNG")
        target = Path("masks", item.file.removeprefix("images/")).with_suffix(".png")
        write_atomic(folder / target, buffer.getvalue())


def fit(record: Record, lost: Counter[str]) -> Record:
    """Every pixel has one class: objects of a class become one area, the last drawn hides what lies below."""
    import numpy as np

    size = record.size
    if size is None:
        header = header_of(record.path)
        size = header.stored if header else None
    if size is None:
        lost["objects on pictures of unknown size"] += len(record.shapes)
        return replace(record, shapes=())
    areas: dict[str, Mask] = {}
    whole = np.zeros((size[1], size[0]), dtype=np.int64)
    names: list[str] = []
    for shape in record.shapes:
        if shape.label.casefold() in _VOID:
            lost["objects of a class whose name means nothing here (background, void, none)"] += 1
            continue
        if shape.rings and not shape.mask:
            lost["outlines, now pixels"] += 1
        names += [] if shape.label in names else [shape.label]
        ink = pixels(shape.mask or drawn(shape.rings, size))
        hidden = int(np.count_nonzero(whole[ink]))
        lost["objects that hide a part of another"] += bool(hidden)
        whole[ink] = names.index(shape.label) + 1
    for number, name in enumerate(names, 1):
        if (whole == number).any():
            areas[name] = from_pixels(whole == number)
    kept = sum(shape.label.casefold() not in _VOID for shape in record.shapes)
    lost["objects, now one area a class"] += kept - len(areas)
    shapes = tuple(Shape(name, mask_box(area), mask=area) for name, area in sorted(areas.items()))
    return replace(record, shapes=shapes, size=size)
