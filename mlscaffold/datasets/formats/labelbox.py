"""Labelbox NDJSON: a line a picture with its labels of every project; masks are addresses, which must be downloaded first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlscaffold.datasets.collecting import Findings, frame, json_lines, judged, text_of, told_size
from mlscaffold.datasets.exporting import Placed, under, write_lines
from mlscaffold.datasets.geometry import bounds, exact, numbers
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.parsing import mapping, sample
from mlscaffold.datasets.pictures import Pictures, header_of, pictures_of, short
from mlscaffold.datasets.record import SPLIT_NAMES, Reading, Record, Shape, Sniff, is_clutter

HOLDS = holds(
    "pictures, label, labels, group, attributes, split, any split, size, boxes, outlines, points, person, object attributes"
)
QUESTION = "label"
"""The question whose answers are the labels of the picture; a lone question of another name is taken for it too."""


def sniff(path: Path) -> Sniff:
    """Lines of JSON with `data_row` and `projects`."""
    files = files_of(path)
    if not files:
        return Sniff(0.0, "no NDJSON file with data_row and projects")
    return Sniff(0.9, f"{files[0].name} has lines with data_row and projects")


def files_of(path: Path) -> list[Path]:
    """The files of Labelbox at a path: itself, or those in the folder."""
    found = [path] if path.is_file() else sorted(p for end in ("ndjson", "jsonl", "json") for p in path.glob(f"*.{end}"))
    kept = [
        p for p in found if p.suffix.lower() in (".ndjson", ".jsonl", ".json") and not is_clutter(p.name) and not p.is_symlink()
    ]
    return [p for p in kept if '"data_row"' in (text := sample(p)) and '"projects"' in text]


def read(path: Path) -> Reading:
    """Every line of every file."""
    findings = Findings()
    root = path if path.is_dir() else path.parent
    files = files_of(path) or ([path] if path.is_file() else [])
    if not files:
        findings.item(path.name, "no-annotations", "holds no export of Labelbox")
        return findings.failed()
    pictures = pictures_of(root)
    rows = []
    for file in files:
        where = file.relative_to(root).as_posix()
        for at, value in json_lines(file, where, findings):
            if isinstance(value, dict) and isinstance(value.get("data_row"), dict):
                rows.append((at, value))
            elif isinstance(value, dict) and {"Label", "External ID"} & value.keys():
                message = "is of Labelbox's old export: export once more, as NDJSON of today"
                findings.item(at, "old-export", message, field="Label")
            elif isinstance(value, list) and all(isinstance(entry, dict) and "Label" in entry for entry in value):
                for place, _ in enumerate(value or [None]):
                    message = "is of Labelbox's old export: export once more, as NDJSON of today"
                    findings.item(f"{at} [{place}]", "old-export", message, field="Label")
            else:
                findings.item(at, "no-data-row", "has no data_row", field="data_row")
    question = _question([row for _, row in rows], findings)
    seen: dict[Path, str] = {}
    for at, row in rows:
        _row(row, at, question, pictures, findings, seen)
    return findings.reading(pictures)


def _question(rows: list[dict[str, Any]], findings: Findings) -> str:
    """The question about the whole picture whose answer is its label."""
    asked = {
        str(entry.get("name"))
        for row in rows
        for _, _, part in _parts(row, "", Findings())
        for entry in _list(part, "classifications")
    }
    if QUESTION in asked or not asked:
        return QUESTION
    if len(asked) == 1:
        return asked.pop()
    findings.notes.append(
        f"several questions, none called {QUESTION}: their answers are attributes ({', '.join(sorted(asked)[:5])})"
    )
    return QUESTION


def _row(row: dict[str, Any], at: str, question: str, pictures: Pictures, findings: Findings, seen: dict[Path, str]) -> None:
    """Read one line into a record or a defect."""
    told = row["data_row"]
    parts = list(_parts(row, at, findings))
    names = [told[key] for key in ("external_id", "global_key") if isinstance(told.get(key), str) and told[key]]
    address = str(told.get("row_data") or "").split("?")[0].rsplit("/", 1)[-1]
    found: Path | tuple[str, str] = ("no-path", "has neither external_id nor global_key nor an address")
    for name in [*names, *([address] if address else [])]:
        again = pictures.find(name)
        if isinstance(again, Path):
            found = again
            break
        found = again if isinstance(found, tuple) and found[0] == "no-path" else found
    if isinstance(found, Path) and found in seen:
        found = ("named-twice", f"names {pictures.name(found)} again ({seen[found]})")
    if isinstance(found, tuple):
        findings.item(at, *found, field="external_id")
        count = sum(len(_list(part, "objects")) for _, _, part in parts)
        findings.object(at, "of-refused-picture", f"{count} objects of it", count=count)
        return
    seen[found] = at
    media = mapping(row.get("media_attributes"))
    header = header_of(found)
    size = frame(
        told_size(media.get("width"), media.get("height")) or (header.upright if header else None),
        header,
        where=at,
        findings=findings,
    )
    fields = {str(entry.get("schema_name") or entry.get("name")): entry.get("value") for entry in _list(row, "metadata_fields")}
    attributes = {name: _plain(value) for name, value in fields.items() if name not in ("split", "group")}
    labels: dict[str, None] = {}
    for _, _, part in parts:
        for entry in _list(part, "classifications"):
            answers = _answers(entry)
            if entry.get("name") == question:
                labels |= dict.fromkeys(answers)
            elif answers:
                attributes[str(entry.get("name"))] = "; ".join(answers)
    shapes = [
        shape
        for spot, person, part in parts
        for place, entry in enumerate(_list(part, "objects"))
        if (shape := _shape(entry, person, f"{spot} objects[{place}]", findings))
    ]
    split = _plain(fields.get("split"))
    findings.records.append(
        Record(
            found,
            short(pictures.name(found)),
            tuple(labels),
            group=_plain(fields.get("group")),
            attributes=attributes,
            origin=at,
            split=SPLIT_NAMES.get(split.lower(), split),
            size=size,
            shapes=judged(shapes, size, where=at, findings=findings),
        )
    )


def _parts(row: dict[str, Any], at: str, findings: Findings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Where, by whom and what: the annotations of every label of every project that was not skipped."""
    projects = row.get("projects")
    for key, project in projects.items() if isinstance(projects, dict) else ():
        for place, label in enumerate(_list(project, "labels")):
            details = label.get("performance_details")
            if isinstance(details, dict) and (details.get("skipped") or details.get("is_skipped")):
                findings.ignored["skipped labels"] = findings.ignored.get("skipped labels", 0) + 1
                continue
            who = label.get("label_details")
            person = text_of(who.get("created_by")) if isinstance(who, dict) else ""
            if isinstance(label.get("annotations"), dict):
                yield f"{at} {key}.labels[{place}]", person, label["annotations"]


def _list(value: object, key: str) -> list[dict[str, Any]]:
    """The objects in a list of an object; nothing where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _plain(value: object) -> str:
    """The value of a metadata field; a choice is wrapped in a list of objects."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "; ".join(text_of(entry.get("value", entry.get("name"))) for entry in value if isinstance(entry, dict))
    return text_of(value)


def _answers(entry: dict[str, Any]) -> list[str]:
    """What was answered to a question: one, several, or a text."""
    radio, text = entry.get("radio_answer"), entry.get("text_answer")
    found = [radio] if isinstance(radio, dict) else _list(entry, "checklist_answers")
    names = [text_of(answer.get("name") or answer.get("value")) for answer in found]
    return [name for name in names if name] or (
        [text_of(text.get("content"))] if isinstance(text, dict) and text.get("content") else []
    )


def _shape(entry: dict[str, Any], person: str, at: str, findings: Findings) -> Shape | None:
    """One object; None if it was refused."""
    common: dict[str, Any] = {
        "person": person,
        "attributes": {str(inner.get("name")): "; ".join(_answers(inner)) for inner in _list(entry, "classifications")},
        "origin": at,
    }
    label = text_of(entry.get("name"))
    box, polygon, point = entry.get("bounding_box"), entry.get("polygon"), entry.get("point")
    if isinstance(box, dict):
        sides = numbers([box.get(key) for key in ("left", "top", "width", "height")])
        if sides is None:
            findings.object(
                at, "broken-box", f"bounding_box is {str(box)[:80]}; four finite numbers are wanted", field="bounding_box"
            )
            return None
        return Shape(label, (sides[0], sides[1], sides[2], sides[3]), **common)
    if isinstance(polygon, list) or isinstance(point, dict):
        points = polygon if isinstance(polygon, list) else [point]
        values = numbers([p.get(key) if isinstance(p, dict) else None for p in points for key in ("x", "y")])
        if values is None or (len(values) < 6 and isinstance(polygon, list)):
            findings.object(at, "broken-outline", "holds no list of corners with x and y", field="polygon")
            return None
        return Shape(label, rings=(values,), **common) if isinstance(polygon, list) else Shape(label, points=values, **common)
    if isinstance(entry.get("mask"), dict):
        findings.object(at, "mask-address", "is a mask behind an address: download it first, as one mask an object", field="mask")
        return None
    kind = text_of(entry.get("annotation_kind"))[:40] or "object of an unknown kind"
    findings.object(at, "shape-unknown", f"is a {kind}; boxes, polygons and points are read", field="annotation_kind")
    return None


def place(record: Record) -> str:
    """Pictures lie in `images`."""
    return under("images", record)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `export.ndjson`: a line a picture, a label a person."""
    write_lines(folder / "export.ndjson", [_line(item) for item in items])


def _line(item: Placed) -> dict[str, Any]:
    """The line of one picture."""
    record = item.record
    by_person: dict[str, dict[str, list[Any]]] = {}
    if record.labels:
        answers = [{"name": label} for label in record.labels]
        answer = {"radio_answer": answers[0]} if len(answers) == 1 else {"checklist_answers": answers}
        by_person[""] = {"objects": [], "classifications": [{"name": QUESTION, **answer}]}
    for shape in record.shapes:
        by_person.setdefault(shape.person, {"objects": [], "classifications": []})["objects"].append(_object(shape))
    fields = record.attributes | {key: value for key, value in (("split", record.split), ("group", record.group)) if value}
    labels = [
        {"label_details": {"created_by": person} if person else {}, "annotations": {**part, "relationships": []}}
        for person, part in by_person.items()
    ]
    return {
        "data_row": {"external_id": item.file.removeprefix("images/"), "global_key": item.file},
        "media_attributes": {"width": item.size[0], "height": item.size[1]},
        "metadata_fields": [{"schema_name": name, "value": value} for name, value in fields.items()],
        "projects": {"mlscaffold": {"name": "mlscaffold", "labels": labels}},
    }


def _object(shape: Shape) -> dict[str, Any]:
    """One object."""
    geometry: dict[str, Any]
    if shape.rings:
        ring = shape.rings[0]
        corners = [{"x": exact(x), "y": exact(y)} for x, y in zip(ring[::2], ring[1::2], strict=True)]
        geometry = {"annotation_kind": "ImagePolygon", "polygon": corners}
    elif shape.points:
        geometry = {"annotation_kind": "ImagePoint", "point": {"x": exact(shape.points[0]), "y": exact(shape.points[1])}}
    else:
        left, top, width, height = (exact(value) for value in bounds(shape) or (0.0, 0.0, 0.0, 0.0))
        geometry = {
            "annotation_kind": "ImageBoundingBox",
            "bounding_box": {"left": left, "top": top, "width": width, "height": height},
        }
    questions = [{"name": name, "text_answer": {"content": value}} for name, value in shape.attributes.items()]
    return {"name": shape.label, "value": shape.label, "classifications": questions, **geometry}
