"""Label Studio JSON: tasks with regions in percent, choices, and text labels; the short form (JSON-MIN) is read too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import cos, radians, sin
from pathlib import Path
from typing import Any

from mlscaffold.datasets.brush import pack_brush, unpack_brush
from mlscaffold.datasets.collecting import Findings, frame, judged, text_of, told_size
from mlscaffold.datasets.exporting import Placed, under, write_json
from mlscaffold.datasets.geometry import bounds, number
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.list_paths import upload, without_mark
from mlscaffold.datasets.parsing import Unreadable, mapping, read_json, sample
from mlscaffold.datasets.pictures import Pictures, header_of, pictures_of, short
from mlscaffold.datasets.record import SPLIT_NAMES, Box, Reading, Record, Shape, Sniff, Span, is_clutter

HOLDS = holds(
    "pictures, label, labels, group, attributes, split, any split, size, boxes, turned boxes, outlines, masks, points, person, text, spans"
)
_KINDS = ("rectanglelabels", "polygonlabels", "brushlabels", "keypointlabels")
_MEDIA = ("image", "img", "image_url", "url")
_TEXTS = ("text", "content")


def sniff(path: Path) -> Sniff:
    """A JSON list of tasks with `data` and `annotations`, or of objects with percentages and `original_width`."""
    files = files_of(path)
    if not files:
        return Sniff(0.0, "no JSON list of tasks with data and annotations")
    return Sniff(0.9, f"{files[0].name} is a list of tasks with data and annotations")


def files_of(path: Path) -> list[Path]:
    """The files of Label Studio at a path: itself, or those in the folder."""
    found = [path] if path.is_file() else sorted(path.glob("*.json"))
    return [p for p in found if p.suffix.lower() == ".json" and not is_clutter(p.name) and not p.is_symlink() and _looks_right(p)]


def _looks_right(path: Path) -> bool:
    text = sample(path)
    long = '"data"' in text and ('"annotations"' in text or '"completions"' in text)
    return text.lstrip().startswith("[") and (long or '"original_width"' in text or '"annotation_id"' in text)


def read(path: Path) -> Reading:
    """Every task of every file."""
    findings = Findings()
    root = path if path.is_dir() else path.parent
    files = files_of(path) or ([path] if path.is_file() else [])
    if not files:
        findings.item(path.name, "no-annotations", "holds no export of Label Studio")
        return findings.failed()
    pictures = pictures_of(root)
    for file in files:
        where = file.relative_to(root).as_posix()
        try:
            value, odd = read_json(file, where)
        except Unreadable as error:
            findings.unreadable(error)
            continue
        findings.defects += odd
        if not isinstance(value, list):
            findings.item(where, "no-tasks", f"is {type(value).__name__}; a list of tasks is wanted")
            continue
        seen: dict[Path, str] = {}
        for place, task in enumerate(value):
            _task(task, f"{where} [{place}]", file, pictures, findings, seen)
    return findings.reading(pictures)


def _task(task: object, at: str, file: Path, pictures: Pictures, findings: Findings, seen: dict[Path, str]) -> None:
    """Read one task into a record or a defect."""
    if not isinstance(task, dict):
        findings.item(at, "broken-task", f"is {type(task).__name__}; an object is wanted")
        return
    data = mapping(task.get("data")) or {k: v for k, v in task.items() if k not in _MIN}
    results = list(_results(task, at, findings))
    medium = next((key for key in _MEDIA if isinstance(data.get(key), str)), None)
    words = next((key for key in _TEXTS if isinstance(data.get(key), str)), None)
    labels = tuple(
        dict.fromkeys(name for _, _, row in results if row.get("type") == "choices" for name in _named(row, "choices"))
    )
    _disagreement(results, at, findings)
    common: dict[str, Any] = {
        "labels": labels,
        "group": text_of(data.get("group")),
        "attributes": {
            str(k): text_of(v)
            for k, v in data.items()
            if k not in (medium, "group", "split") and (medium or k != words) and v is not None
        },
        "origin": at,
        "split": SPLIT_NAMES.get(text_of(data.get("split")).lower(), text_of(data.get("split"))),
    }
    if medium is None:
        if words is None:
            findings.item(at, "no-path", "has neither image nor text in its data", field="data")
            return
        text = data[words]
        spans = tuple(span for spot, _, row in results if (span := _span(row, text, spot, findings)))
        findings.records.append(Record(file, file.name, text=text, spans=spans, **common))
        return
    found = _picture(data[medium], file, pictures)
    if isinstance(found, Path) and found in seen:
        found = ("named-twice", f"names {data[medium][:120]} again ({seen[found]})")
    if isinstance(found, tuple):
        findings.item(at, *found, field=medium)
        count = sum(row.get("type") in _KINDS for _, _, row in results)
        findings.object(at, "of-refused-picture", f"{count} objects of it", count=count)
        return
    seen[found] = at
    header = header_of(found)
    told = next(
        (size for _, _, row in results if (size := told_size(row.get("original_width"), row.get("original_height")))), None
    )
    size = frame(told or (header.upright if header else None), header, where=at, findings=findings)
    shapes = [shape for spot, person, row in results if (shape := _shape(row, person, spot, size, findings))]
    findings.records.append(
        Record(found, short(pictures.name(found)), size=size, shapes=judged(shapes, size, where=at, findings=findings), **common)
    )


_MIN = frozenset(
    {
        "label",
        "choice",
        "annotator",
        "annotation_id",
        "created_at",
        "updated_at",
        "lead_time",
        "id",
        "annotations",
        "predictions",
        "completions",
    }
)


def _results(task: dict[str, Any], at: str, findings: Findings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Where, by whom and what: every region of every annotation that was not cancelled."""
    if guesses := task.get("predictions"):
        findings.ignored["predictions of a model"] = findings.ignored.get("predictions of a model", 0) + (
            len(guesses) if isinstance(guesses, list) else 1
        )
    told = task.get("annotations", task.get("completions"))
    if told is None and "annotation_id" in task | {}:
        yield from _short_results(task, at)
        return
    for place, annotation in enumerate(told if isinstance(told, list) else []):
        spot = f"{at} annotations[{place}]"
        if not isinstance(annotation, dict):
            findings.object(spot, "broken-annotation", f"is {type(annotation).__name__}; an object is wanted")
            continue
        if annotation.get("was_cancelled"):
            findings.ignored["cancelled annotations"] = findings.ignored.get("cancelled annotations", 0) + 1
            continue
        rows = annotation.get("result")
        for number_, row in enumerate(rows if isinstance(rows, list) else []):
            if isinstance(row, dict):
                yield f"{spot} result[{number_}]", _person(annotation.get("completed_by")), row
            else:
                findings.object(f"{spot} result[{number_}]", "broken-annotation", f"is {type(row).__name__}; an object is wanted")


def _short_results(task: dict[str, Any], at: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The regions of the short form, as those of the long one."""
    person = _person(task.get("annotator"))
    if choice := task.get("choice"):
        names = choice.get("choices") if isinstance(choice, dict) else choice
        yield at, person, {"type": "choices", "value": {"choices": names if isinstance(names, list) else [names]}}
    for place, row in enumerate(task["label"] if isinstance(task.get("label"), list) else []):
        if isinstance(row, dict):
            kind = next((key for key in (*_KINDS, "labels") if key in row), "unknown")
            yield (
                f"{at} label[{place}]",
                person,
                {"type": kind, "value": row, **{k: row.get(k) for k in ("original_width", "original_height")}},
            )


def _person(value: object) -> str:
    """Who did it: a number, an address, or an object with one of them."""
    return text_of(value.get("email", value.get("id"))) if isinstance(value, dict) else text_of(value)


def _disagreement(results: list[tuple[str, str, dict[str, Any]]], at: str, findings: Findings) -> None:
    """Say so where people chose differently."""
    chosen: dict[str, set[str]] = {}
    for _, person, row in results:
        if row.get("type") == "choices":
            chosen.setdefault(person, set()).update(_named(row, "choices"))
    if len({frozenset(names) for names in chosen.values()}) > 1:
        words = "; ".join(f"{person or '?'}: {', '.join(sorted(names))}" for person, names in sorted(chosen.items()))
        findings.tell(at, "annotators-disagree", words[:200], field="choices")


def _picture(name: str, file: Path, pictures: Pictures) -> Path | tuple[str, str]:
    """The picture of a task; what lies in a bucket is often downloaded beside the export."""
    plain = upload(name) or name
    if re.match(r"[a-z][a-z0-9+.-]+://", plain, re.IGNORECASE) and plain.rsplit("/", 1)[-1] in pictures.paths:
        plain = plain.rsplit("/", 1)[-1]
    found = pictures.find(plain, beside=file.parent)
    if isinstance(found, tuple) and found[0] == "missing-file":
        again = pictures.find(without_mark(plain), beside=file.parent)
        return again if isinstance(again, Path) else found
    return found


def _named(row: dict[str, Any], kind: str) -> list[str]:
    """The names that a region has."""
    value = row.get("value")
    names = value.get(kind) if isinstance(value, dict) else None
    return [name for name in names if isinstance(name, str) and name] if isinstance(names, list) else []


def _span(row: dict[str, Any], text: str, at: str, findings: Findings) -> Span | None:
    """A labelled part of a text."""
    if row.get("type") != "labels":
        return None
    value = mapping(row.get("value"))
    start, end, names = value.get("start"), value.get("end"), _named(row, "labels")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text) or not names:
        findings.object(at, "broken-span", f"from {start} to {end}, the text has {len(text)} characters", field="value")
        return None
    return Span(start, end, names[0])


def _shape(row: dict[str, Any], person: str, at: str, size: tuple[int, int] | None, findings: Findings) -> Shape | None:
    """One region; None if it is none on a picture or was refused."""
    kind = str(row.get("type"))
    if kind in ("choices", "None") or (kind not in _KINDS and not kind.endswith("labels")):
        if kind != "choices":
            findings.ignored[f"{kind} answers"] = findings.ignored.get(f"{kind} answers", 0) + 1
        return None
    if kind not in _KINDS:
        findings.object(
            at, "shape-unknown", f"is of the type {kind}; boxes, polygons, brushes and key points are read", field="type"
        )
        return None
    value = mapping(row.get("value"))
    names = _named(row, kind)
    size = told_size(row.get("original_width"), row.get("original_height")) or size
    try:
        if size is None:
            raise ValueError("stands on a picture of unknown size")
        return Shape(names[0] if names else "", person=person, origin=at, **_geometry(kind, value, size))
    except ValueError as error:
        findings.object(at, f"broken-{kind.removesuffix('labels')}", str(error), field="value")
        return None


def _geometry(kind: str, value: dict[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    """Box, outline, mask or point of a region in pixels; raises ValueError with what is wrong."""
    if kind == "brushlabels":
        if value.get("format", "rle") != "rle" or not isinstance(value.get("rle"), list):
            raise ValueError("has no rle")
        return {"mask": unpack_brush(value["rle"], *size)}
    if kind == "polygonlabels":
        points = value.get("points")
        if not isinstance(points, list) or len(points) < 3 or not all(isinstance(p, list) and len(p) == 2 for p in points):
            raise ValueError("has no points; three pairs or more are wanted")
        return {"rings": (tuple(_pixels({"v": v}, "v", size[i]) for point in points for i, v in enumerate(point)),)}
    x, y = _pixels(value, "x", size[0]), _pixels(value, "y", size[1])
    if kind == "keypointlabels":
        return {"points": (x, y)}
    width, height = _pixels(value, "width", size[0]), _pixels(value, "height", size[1])
    angle = number(value.get("rotation") or 0)
    if angle is None:
        raise ValueError(f"rotation is {str(value.get('rotation'))[:40]}; a number is wanted")
    return {"box": _about_centre((x, y, width, height), angle), "angle": angle % 360}


def _pixels(value: dict[str, Any], key: str, side: int) -> float:
    """A percentage of a side in pixels."""
    found = number(value.get(key))
    if found is None:
        raise ValueError(f"{key} is {str(value.get(key))[:40]}; a finite number is wanted")
    return round(found * side / 100, 6)


def _about_centre(box: Box, angle: float) -> Box:
    """A box that is turned about its left upper corner, as one that is turned about its centre."""
    x, y, width, height = box
    turn_x, turn_y = cos(radians(angle)), sin(radians(angle))
    across, down = x + width / 2 * turn_x - height / 2 * turn_y, y + width / 2 * turn_y + height / 2 * turn_x
    return round(across - width / 2, 6), round(down - height / 2, 6), width, height


def _about_corner(box: Box, angle: float) -> Box:
    """The opposite."""
    x, y, width, height = box
    turn_x, turn_y = cos(radians(angle)), sin(radians(angle))
    across, down = x + width / 2, y + height / 2
    return across - width / 2 * turn_x + height / 2 * turn_y, down - width / 2 * turn_y - height / 2 * turn_x, width, height


def place(record: Record) -> str:
    """Pictures lie in `images`."""
    return under("images", record)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `tasks.json`: an annotation a person."""
    tasks = []
    for number_, item in enumerate(items, 1):
        record = item.record
        data: dict[str, Any] = {"image": item.file} if record.text is None else {"text": record.text}
        data |= record.attributes | {key: value for key, value in (("group", record.group), ("split", record.split)) if value}
        by_person: dict[str, list[dict[str, Any]]] = {}
        if record.labels:
            by_person[""] = [
                {"type": "choices", "from_name": "choice", "to_name": "image", "value": {"choices": list(record.labels)}}
            ]
        for shape in record.shapes:
            by_person.setdefault(shape.person, []).append(_region(shape, item.size))
        for span in record.spans:
            value = {
                "start": span.start,
                "end": span.end,
                "labels": [span.label],
                "text": (record.text or "")[span.start : span.end],
            }
            by_person.setdefault("", []).append({"type": "labels", "from_name": "label", "to_name": "text", "value": value})
        annotations = [{**({"completed_by": person} if person else {}), "result": rows} for person, rows in by_person.items()]
        tasks.append({"id": number_, "data": data, "annotations": annotations})
    write_json(folder / "tasks.json", tasks)


def _region(shape: Shape, size: tuple[int, int]) -> dict[str, Any]:
    """One object as a region."""
    across, down = 100 / size[0], 100 / size[1]
    value: dict[str, Any]
    if shape.mask:
        kind, value = "brushlabels", {"format": "rle", "rle": pack_brush(shape.mask)}
    elif shape.rings:
        ring = shape.rings[0]
        kind, value = "polygonlabels", {"points": [[x * across, y * down] for x, y in zip(ring[::2], ring[1::2], strict=True)]}
    elif shape.points:
        kind, value = "keypointlabels", {"x": shape.points[0] * across, "y": shape.points[1] * down, "width": 0.5}
    else:
        box = (shape.box if shape.angle else bounds(shape)) or (0.0, 0.0, 0.0, 0.0)
        x, y, width, height = _about_corner(box, shape.angle)
        value = {"x": x * across, "y": y * down, "width": width * across, "height": height * down, "rotation": shape.angle}
        kind = "rectanglelabels"
    value[kind] = [shape.label]
    return {
        "type": kind,
        "from_name": "label",
        "to_name": "image",
        "original_width": size[0],
        "original_height": size[1],
        "value": value,
    }
