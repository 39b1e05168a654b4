"""YOLO: `data.yaml` with the classes, a text file a picture with boxes, polygons or key points (pose) as fractions of its sides."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from mlscaffold.datasets.collecting import Findings, frame, judged
from mlscaffold.datasets.exporting import Placed, by_split, classes_of, under
from mlscaffold.datasets.geometry import bounds, number, turned_upright
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.keypoints import one_each, skeletons
from mlscaffold.datasets.parsing import LARGEST, Unreadable, decode, load, read_yaml
from mlscaffold.datasets.pictures import Pictures, header_of, pictures_of, short, split_in
from mlscaffold.datasets.record import SPLIT_NAMES, Box, Reading, Record, Shape, Skeleton, Sniff, is_clutter
from mlscaffold.datasets.tables import write_atomic
from mlscaffold.datasets.yolo_lists import splits_of_lists
from mlscaffold.datasets.yolo_pose import Pose, pose_for, pose_of

HOLDS = holds("pictures, boxes, outlines, split, key points, box beside key points")
PIXELS = 1.5
NO_BOX: Box = (0.0, 0.0, 0.0, 0.0)
"""A coordinate beyond is no fraction: it is in pixels."""
_LISTS = frozenset({"classes.txt", "obj.names", "train.txt", "val.txt", "valid.txt", "test.txt", "predefined_classes.txt"})


@dataclass(frozen=True)
class _Classes:
    """Names by index, and the key points of a set that has some."""

    names: dict[int, str]
    pose: Pose | None


def sniff(path: Path) -> Sniff:
    """A YAML file with `names` beside folders of labels, or labels and pictures without one."""
    root, yaml = _root(path)
    if root is None:
        return Sniff(0.0, "no data.yaml with names, no folder of labels")
    labels = _labels(root)
    good = [file for file in labels[:5] if _looks_right(file)]
    if yaml is not None and (good or not labels):
        return Sniff(0.9 if good else 0.55, f"{yaml.name} has names; {len(labels)} label files")
    if good:
        return Sniff(0.7, f"{len(labels)} label files with class and fractions ({good[0].relative_to(root)}), but no data.yaml")
    return Sniff(0.0, "no data.yaml with names, no folder of labels")


def _root(path: Path) -> tuple[Path | None, Path | None]:
    """The folder of the set and its YAML file."""
    if path.is_file():
        return (path.parent, path) if path.suffix.lower() in (".yaml", ".yml") and "names" in _keys(path) else (None, None)
    found = [p for p in sorted(path.glob("*.y*ml")) if p.is_file() and not is_clutter(p.name) and "names" in _keys(p)]
    found.sort(key=lambda p: p.stem != "data")
    return path, found[0] if found else None


def _keys(path: Path) -> set[str]:
    """Words before a colon at the start of a line: enough to know a data.yaml, without parsing it."""
    try:
        text = decode(load(path, path.name, largest=1 << 20))[0]
    except Unreadable:
        return set()
    return {line.split(":", 1)[0].strip("'\"{ ") for line in text.splitlines() if ":" in line}


def _labels(root: Path) -> list[Path]:
    """Text files that may be labels: in a folder `labels`, or beside a picture of their stem."""
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not is_clutter(name))
        here = set(names)
        below = "labels" in Path(folder).relative_to(root).parts
        for name in sorted(names):
            file = Path(folder, name)
            if not name.endswith(".txt") or is_clutter(name) or name in _LISTS or file.is_symlink():
                continue
            if below or any(f"{file.stem}{end}" in here for end in (".jpg", ".jpeg", ".png", ".JPG", ".bmp", ".webp")):
                found.append(file)
    return found


def _looks_right(file: Path) -> bool:
    """Whether the first line is a class and four numbers or more."""
    try:
        with file.open("rb") as stream:
            cells = stream.readline(4096).split()
    except OSError:
        return False
    try:
        return len(cells) >= 5 and all(float(cell) == float(cell) for cell in cells)
    except ValueError:
        return False


def read(path: Path) -> Reading:
    """Every picture with its label file; an empty file says that nothing is to be seen, a missing one says nothing."""
    findings = Findings()
    root, yaml = _root(path)
    if root is None:
        findings.item(path.name, "no-names", "is no YAML file with names")
        return findings.failed()
    values: dict[str, Any] = {}
    if yaml is not None:
        try:
            values, odd = read_yaml(yaml, yaml.name)
            findings.defects += odd
        except Unreadable as error:
            findings.unreadable(error)
            return findings.failed()
    names = _names(values, root, yaml.name if yaml else "data.yaml", findings)
    pose = pose_of(values, names, where=yaml.name if yaml else "data.yaml", findings=findings)
    _read_set(root, values, _Classes(names, pose), pictures := pictures_of(root), findings)
    return findings.reading(pictures)


def _read_set(root: Path, values: dict[str, Any], names: _Classes, pictures: Pictures, findings: Findings) -> None:
    """Read the pictures of a set, and label files that have none."""
    labels = {file.relative_to(root).as_posix(): file for file in _labels(root)}
    splits = _splits(values)
    listed = splits_of_lists(root, values, pictures=pictures, findings=findings)
    missing = 0
    for name, path in pictures.paths.items():
        label = next((spot for spot in _label_places(name) if spot in labels), None)
        pictures.claim(path)
        at = label or name
        header = header_of(path)
        if header is None:
            findings.item(name, "unreadable", "is no picture that can be opened; fractions need its size")
            continue
        shapes: list[Shape] = []
        # Fractions are of the picture as trainers and browsers show it.
        size = frame(header.upright, header, where=at, findings=findings)
        if label is None:
            missing += 1
        else:
            shapes = _objects(labels.pop(label), label, names, header.upright, findings)
        split = listed.get(path) or next((split for folder, split in splits if f"{name}".startswith(f"{folder}/")), "")
        split = split or split_in(f"{PurePosixPath(name).parent}/")
        findings.records.append(
            Record(path, short(name), origin=at, split=split, size=size, shapes=judged(shapes, size, where=at, findings=findings))
        )
    for label in labels:
        findings.item(label, "missing-file", "has no picture of its name")
    if missing:
        findings.notes.append(
            f"{missing} pictures have no label file (label-missing): unlabelled, or nothing to be seen; the format does not say"
        )
    for name in pictures.outside:
        findings.item(name, "leads-out", "is a link that leads out of the folder; not opened")


def _label_places(name: str) -> list[str]:
    """Where the labels of a picture may lie: `/images/` swapped for `/labels/` (last one), beside it, or in `labels`."""
    parts = PurePosixPath(name).with_suffix(".txt").parts
    found = []
    if "images" in parts[:-1]:
        last = len(parts) - 2 - parts[:-1][::-1].index("images")
        found.append("/".join([*parts[:last], "labels", *parts[last + 1 :]]))
    return [*found, "/".join(parts), "/".join(["labels", *parts]), "/".join([*parts[:-1], "labels", parts[-1]])]


def _names(values: dict[str, Any], root: Path, where: str, findings: Findings) -> dict[int, str]:
    """Class names by index: a list, a mapping with gaps, or classes.txt."""
    told = values.get("names")
    if told is None:
        told = _listed(root, findings)
    found: dict[int, str] = {}
    if isinstance(told, list):
        found = {place: str(name) for place, name in enumerate(told)}
    elif isinstance(told, dict):
        for key, name in told.items():
            place = number(key)
            if place is None or place != int(place) or place < 0:
                findings.item(where, "broken-class", f"names has the key {str(key)[:40]}; 0, 1, 2 … are wanted", field="names")
            else:
                found[int(place)] = str(name)
        if found and sorted(found) != list(range(len(found))):
            findings.tell(where, "class-gap", f"names has gaps: {len(found)} names up to {max(found)}", field="names")
    elif told is not None:
        findings.item(where, "broken-class", f"names is {type(told).__name__}; a list is wanted", field="names")
    for name, count in Counter(found.values()).items():
        if count > 1:
            findings.tell(where, "repeated-name", f'names holds "{name}" {count} times; they are one class', field="names")
    told_count = number(values.get("nc"))
    if told_count is not None and found and told_count != len(found):
        findings.tell(where, "class-count", f"nc is {told_count:g}; names holds {len(found)}", field="nc")
    if not found:
        findings.notes.append("no class names: the classes are called by their index")
    findings.declare(found[place] for place in sorted(found))
    return found


def _listed(root: Path, findings: Findings) -> list[str] | None:
    """Class names of a text file with one a line."""
    file = next((p for p in (root / "classes.txt", root / "labels/classes.txt", root / "obj.names") if p.is_file()), None)
    if file is None:
        return None
    try:
        return [line.strip() for line in decode(load(file, file.name, largest=1 << 20))[0].splitlines() if line.strip()]
    except Unreadable as error:
        findings.unreadable(error)
        return None


def _splits(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Folder and split as data.yaml has them; the path is meant from another folder, so leading steps are dropped."""
    found = []
    for key, told in values.items():
        for one in told if isinstance(told, list) else [told]:
            if str(key).lower() in SPLIT_NAMES and isinstance(one, str):
                parts = [part for part in one.replace("\\", "/").split("/") if part not in ("", ".", "..")]
                found.append(("/".join(parts), SPLIT_NAMES[str(key).lower()]))
    # A folder under two keys (train and val, as trainers want it of a set without splits) says nothing.
    times = Counter(folder for folder, _ in set(found))
    return sorted((pair for pair in set(found) if times[pair[0]] == 1), key=lambda pair: (-len(pair[0]), pair))


def _objects(file: Path, where: str, names: _Classes, size: tuple[int, int], findings: Findings) -> list[Shape]:
    """The objects of one label file, a line each."""
    try:
        text = decode(load(file, where, largest=LARGEST >> 4))[0]
    except Unreadable as error:
        if error.defect.kind != "empty-file":
            findings.object(where, error.defect.kind, error.defect.message)
        return []
    return [
        shape
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip() and (shape := _shape(line, f"{where}:{n}", names, size, findings))
    ]


def _shape(line: str, at: str, classes: _Classes, size: tuple[int, int], findings: Findings) -> Shape | None:
    """One line; None if it was refused."""
    cells = line.split()
    found = [number(cell) for cell in cells]
    values = [value for value in found if value is not None]
    if len(values) < len(cells):
        bad = next(cell for cell, value in zip(cells, found, strict=True) if value is None)
        findings.object(at, "broken-number", f'"{bad[:40]}" is no finite number')
        return None
    names, pose = classes.names, classes.pose
    index, rest = values[0], values[1:]
    if index != int(index) or index < 0 or (names and int(index) not in names):
        findings.object(at, "class-index-out-of-range", f"class {cells[0][:20]}; {len(names)} names are declared", field="class")
        return None
    label = names.get(int(index), str(int(index)))
    if pose:
        return _posed(label, rest, pose.skeletons.get(int(index)), pose, at=at, size=size, findings=findings)
    if len(rest) == 5:
        findings.object(at, "score-column", "has six columns, the last a score: a prediction, no annotation")
        return None
    if len(rest) != 4 and (len(rest) < 6 or len(rest) % 2):
        findings.object(at, "broken-line", f"has {len(cells)} columns; 5 (a box) or an odd number from 7 (an outline) are wanted")
        return None
    if max(map(abs, rest)) > PIXELS:
        findings.object(at, "pixel-units", f"holds {max(rest, key=abs):g}: fractions from 0 to 1 are wanted, these are pixels")
        return None
    if len(rest) == 4:
        x, y, width, height = rest
        box: Box = ((x - width / 2) * size[0], (y - height / 2) * size[1], width * size[0], height * size[1])
        return Shape(label, _clean(box), origin=at)
    if len(rest) == 8:
        findings.tell(at, "four-corners", "has four corners: an outline, or a turned box of YOLO-OBB; read as an outline")
    ring = tuple(value * size[place % 2] for place, value in enumerate(rest))
    return Shape(label, rings=(tuple(round(value, 6) for value in ring),), origin=at)


def _posed(
    label: str, rest: list[float], skeleton: Skeleton | None, pose: Pose, *, at: str, size: tuple[int, int], findings: Findings
) -> Shape | None:
    """One line of a set with key points; None if it was refused."""
    wanted = 4 + pose.count * pose.width
    if len(rest) not in (4, wanted):
        message = f"has {len(rest) + 1} columns; kpt_shape [{pose.count}, {pose.width}] makes {wanted + 1}"
        findings.object(at, "broken-line", message)
        return None
    places = [*rest[:4], *(value for place, value in enumerate(rest[4:]) if place % pose.width < 2)]
    if max(map(abs, places)) > PIXELS:
        findings.object(at, "pixel-units", f"holds {max(places, key=abs):g}: fractions from 0 to 1 are wanted, these are pixels")
        return None
    try:
        named = pose.read(rest[4:], skeleton, size)
    except ValueError as error:
        findings.object(at, "broken-keypoints", f"key points are {error}")
        return None
    x, y, width, height = rest[:4]
    box: Box = ((x - width / 2) * size[0], (y - height / 2) * size[1], width * size[0], height * size[1])
    return Shape(label, _clean(box) if width or height or not named else None, keypoints=named, origin=at)


def _clean(box: Box) -> Box:
    """The box without the dust of arithmetic."""
    return round(box[0], 6), round(box[1], 6), round(box[2], 6), round(box[3], 6)


def place(record: Record) -> str:
    """Pictures lie in `images`, in a folder a split."""
    return under("images", record, split=True)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `data.yaml` and a label file a picture, also for pictures without objects."""
    names = classes_of((item.record for item in items), classes)
    pose = pose_for(skeletons(item.record for item in items), names)
    for item in items:
        lines = "".join(f"{_line(shape, names, item.size, pose)}\n" for shape in item.record.shapes)
        write_atomic(folder / _label_places(item.file)[0], lines.encode("utf-8"))
    import yaml

    splits = {({"validation": "val"}.get(split, split)): f"images/{split}" for split in by_split(items) if split} or {
        "train": "images"
    }
    splits.setdefault("train", "images/train")
    splits.setdefault("val", splits["train"])
    told = pose.declared() if pose else {}
    text = yaml.safe_dump(
        {**splits, **told, "nc": len(names), "names": dict(enumerate(names))}, allow_unicode=True, sort_keys=False
    )
    write_atomic(folder / "data.yaml", text.encode("utf-8"))


def fit(record: Record, lost: Counter[str]) -> Record:
    """Fractions are of the upright picture: what was meant on stored pixels is turned with it."""
    header = header_of(record.path)
    if header is None:
        lost["objects on pictures that cannot be opened"] += len(record.shapes)
        return replace(record, shapes=())
    size = record.size or header.stored
    if size == header.stored and header.upright != header.stored:
        record = replace(record, shapes=tuple(turned_upright(shape, size, header.orientation) for shape in record.shapes))
    return replace(record, size=header.upright)


def fit_all(records: Sequence[Record], lost: Counter[str]) -> list[Record]:
    """A class has one skeleton, and beside key points no outline can stand."""
    records = one_each(records, lost)
    if not skeletons(records):
        return records
    drawn = sum(bool(shape.rings) for record in records for shape in record.shapes)
    lost["outlines, now boxes"] += drawn
    return [
        replace(record, shapes=tuple(replace(s, rings=(), box=bounds(s)) if s.rings else s for s in record.shapes))
        for record in records
    ]


def _line(shape: Shape, names: Sequence[str], size: tuple[int, int], pose: Pose | None) -> str:
    """Class and fractions of one object."""
    if shape.rings:
        values = [value / size[place % 2] for place, value in enumerate(shape.rings[0])]
    else:
        box = bounds(shape) or NO_BOX
        flat = shape.box is None and not min(box[2:])  # key points on one line have no box of their own
        x, y, width, height = NO_BOX if flat else box
        values = [(x + width / 2) / size[0], (y + height / 2) / size[1], width / size[0], height / size[1]]
        values += pose.written(shape.keypoints, size) if pose else []
    return " ".join([str(names.index(shape.label)), *(f"{value:.12g}" for value in values)])
