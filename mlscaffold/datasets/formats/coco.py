"""COCO JSON: boxes, polygons, run-length masks, crowds and key points; `annotations/*.json` or one file beside its pictures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlscaffold.datasets.collecting import Findings, judged, measured, text_of, told_size
from mlscaffold.datasets.exporting import Placed, by_split, classes_of, under, write_json
from mlscaffold.datasets.geometry import bounds, exact, number, numbers, show
from mlscaffold.datasets.holding import holds
from mlscaffold.datasets.joining import Joined
from mlscaffold.datasets.keypoints import one_each, read_points, skeleton_of, skeletons
from mlscaffold.datasets.masks import area, mask_of, pack, unpack
from mlscaffold.datasets.parsing import SAMPLE, Unreadable, read_json, sample
from mlscaffold.datasets.pictures import Pictures, pictures_of, short, split_in
from mlscaffold.datasets.record import Mask, Reading, Record, Ring, Shape, Skeleton, Sniff, is_clutter

HOLDS = holds(
    "pictures, boxes, outlines, pieces, box beside outline, masks, crowd, difficult, truncated, occluded, score,"
    "object attributes, attributes, split, size, key points, bones, box beside key points"
)
Kinds = dict[str, tuple[str, Skeleton | None]]
"""Name and skeleton of each category by its id."""
_FLAGS = ("difficult", "truncated", "occluded")
_IMAGE = frozenset({"id", "file_name", "width", "height"})
_ANNOTATION = frozenset(
    {
        "id",
        "image_id",
        "category_id",
        "bbox",
        "segmentation",
        "area",
        "iscrowd",
        "score",
        "attributes",
        "keypoints",
        "num_keypoints",
    }
)


def sniff(path: Path) -> Sniff:
    """A JSON file with images, annotations and categories; in a folder any of its JSON files."""
    found = files_of(path)
    if not found:
        return Sniff(0.0, "no JSON file with images, annotations and categories")
    name = found[0].name if path.is_file() else found[0].relative_to(path).as_posix()
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return Sniff(0.9, f"{name}{more} has images, annotations and categories")


def files_of(path: Path, *, lacking: str = "") -> list[Path]:
    """The COCO files at a path: itself, or those in the folder and two levels below; or those that lack only one of the lists."""
    if path.is_file():
        candidates = [path] if path.suffix.lower() == ".json" else []
    else:
        candidates = [
            p for depth in ("*", "*/*", "*/*/*") for p in sorted(path.glob(f"{depth}.json")) if p.is_file() and not p.is_symlink()
        ]
    return [p for p in candidates if not is_clutter(p.name) and _lacks(p) == lacking]


def _lacks(path: Path) -> str:
    """Which of the three lists are not in it. Any of them may lie beyond the first megabytes, so a file that begins well is searched."""
    left = {b'"images"', b'"annotations"', b'"categories"'}
    try:
        with path.open("rb") as file:
            block = file.read(SAMPLE)
            if b"\0" in block[:200]:
                text = sample(path)
                return _words(key for key in left if key.decode() not in text)
            if not block.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or not any(
                key in block for key in (*left, b'"info"', b'"licenses"')
            ):
                return _words(left)
            tail = b""
            while block and left:
                left = {key for key in left if key not in tail + block}
                tail, block = block[-16:], file.read(1 << 22)
    except OSError:
        return "all"
    return _words(left)


def _words(keys: Iterable[bytes]) -> str:
    return " ".join(sorted(key.decode().strip('"') for key in keys))


def read(path: Path) -> Reading:
    """Every image of every COCO file, with its objects."""
    findings = Findings()
    root = path if path.is_dir() else path.parent.parent if path.parent.name == "annotations" else path.parent
    files = files_of(path) or ([path] if path.is_file() else [])
    if not files:
        findings.item(path.name, "no-annotations", "holds no COCO file")
        return findings.failed()
    pictures, joined = pictures_of(root), Joined()
    for file in files:
        read_file(file, pictures, findings, joined=joined)
    findings.notes += joined.notes()
    for file in files_of(path, lacking="categories") if path.is_dir() else []:
        findings.notes.append(
            f"{file.relative_to(root).as_posix()} holds images and annotations without categories (captions): not read"
        )
    return findings.reading(pictures)


def read_file(file: Path, pictures: Pictures, findings: Findings, *, split: str = "", joined: Joined | None = None) -> None:
    """Read one COCO file; pictures that one of `joined` before it has too get its objects beside theirs."""
    where = file.relative_to(pictures.root).as_posix()
    try:
        value, odd = read_json(file, where)
    except Unreadable as error:
        findings.unreadable(error)
        return
    findings.defects += odd
    if not isinstance(value, dict):
        findings.item(where, "no-coco", "is no JSON object; one with images, annotations and categories is wanted")
        return
    parts: dict[str, list[Any]] = {}
    for name in ("images", "annotations", "categories"):
        part = value.get(name, [])
        if not isinstance(part, list):
            findings.item(f"{where} {name}", "no-list", f"is {type(part).__name__}; a list is wanted", field=name)
            part = []
        parts[name] = part
    names = _categories(parts["categories"], f"{where} categories", findings)
    known_points = _skeletons(parts["categories"], names, f"{where} categories", findings)
    objects = _by_image(parts["annotations"], f"{where} annotations", findings)
    _off_by_one(objects, names, where, findings)
    kinds = {key: (name, known_points.get(key)) for key, name in names.items()}
    joined = joined or Joined()
    known = _images(parts["images"], objects, kinds, file, pictures, findings, split or split_in(where), joined)
    for image, rows in objects.items():
        if image not in known:
            for place, _ in rows:
                findings.object(place, "dangling-image-id", f"image_id {image} belongs to no image", field="image_id")


def _categories(rows: list[Any], where: str, findings: Findings) -> dict[str, str]:
    """Name by id; ids are compared as text, since some tools write them so."""
    names: dict[str, str] = {}
    parents = {str(row.get("supercategory")) for row in rows if isinstance(row, dict) and _id(row.get("id")) != "0"}
    for place, row in enumerate(rows):
        at = f"{where}[{place}]"
        if (
            not isinstance(row, dict)
            or _id(row.get("id")) is None
            or not isinstance(row.get("name"), str)
            or not row["name"].strip()
        ):
            findings.item(at, "broken-category", "has no id and name")
            continue
        key, name = str(_id(row["id"])), row["name"].strip()
        if key in names:
            findings.item(at, "repeated-id", f"category id {key} stands for {names[key]} already", field="id")
            continue
        if name in names.values():
            findings.tell(at, "repeated-name", f'category "{name}" stands here twice; the two are one class', field="name")
        if key == "0" and name in parents:
            findings.notes.append(f'"{name}" is only the parent of the other categories, as Roboflow writes it')
        elif key == "0":
            findings.tell(at, "coco-id-zero", f'category "{name}" has the id 0, which some readers take for no class', field="id")
        names[key] = name
    parent = {"0"} if names.get("0") in parents else set()
    findings.declare(name for key, name in names.items() if key not in parent)
    return names


def _skeletons(rows: list[Any], names: dict[str, str], where: str, findings: Findings) -> dict[str, Skeleton]:
    """The skeletons of categories by id."""
    found: dict[str, Skeleton] = {}
    for place, row in enumerate(rows):
        key = str(_id(row.get("id"))) if isinstance(row, dict) else ""
        if key not in names or key in found:
            continue
        skeleton, broken = skeleton_of(row.get("keypoints"), row.get("skeleton"))
        if skeleton:
            found[key] = skeleton
        if broken:
            message = f"{broken} pairs of the skeleton join no two key points; left out"
            findings.tell(f"{where}[{place}]", "broken-skeleton", message, field="skeleton")
    return found


def _by_image(rows: list[Any], where: str, findings: Findings) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Annotations by the id of their image, each with where it stands."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    ids: set[str] = set()
    captions = 0
    for place, row in enumerate(rows):
        at = f"{where}[{place}]"
        if not isinstance(row, dict):
            findings.object(at, "broken-annotation", f"is {type(row).__name__}; an object is wanted")
            continue
        if "caption" in row and "category_id" not in row:
            captions += 1
            continue
        if isinstance(row.get("segments_info"), list):
            count = max(1, len(row["segments_info"]))
            message = (
                f"is a panoptic map of {count} segments in {str(row.get('file_name'))[:80]}: export instances, or index masks"
            )
            findings.object(at, "panoptic-map", message, field="segments_info", count=count)
            continue
        key = _id(row.get("id"))
        if key == "0":
            findings.tell(at, "coco-id-zero", "has the id 0, which COCO's own evaluation reads as not found", field="id")
        if key is not None and key in ids:
            findings.tell(at, "repeated-id", f"annotation id {key} stands here twice", field="id")
        ids.add(key or "")
        found[str(_id(row.get("image_id")))].append((at, row))
    if captions:
        findings.ignored["captions"] = findings.ignored.get("captions", 0) + captions
    return found


def _off_by_one(
    objects: dict[str, list[tuple[str, dict[str, Any]]]], names: dict[str, str], where: str, findings: Findings
) -> None:
    """Say so if every unknown category id would be known one number away."""
    used = {str(_id(row.get("category_id"))) for rows in objects.values() for _, row in rows}
    unknown = [key for key in used - names.keys() if key.lstrip("-").isdecimal()]
    for step in (1, -1):
        if unknown and all(key.lstrip("-").isdecimal() and str(int(key) + step) in names for key in used):
            findings.notes.append(
                f"{where}: category ids of the annotations look off by one: all of them {step:+d} are categories"
            )


def _images(
    rows: list[Any],
    objects: dict[str, list[tuple[str, dict[str, Any]]]],
    kinds: Kinds,
    file: Path,
    pictures: Pictures,
    findings: Findings,
    split: str,
    joined: Joined,
) -> set[str]:
    """Read every image with its objects; the ids that images have, also those that were refused."""
    where = file.relative_to(pictures.root).as_posix()
    known: set[str] = set()
    seen: dict[Path, str] = {}
    for place, row in enumerate(rows):
        at = f"{where} images[{place}]"
        key = _id(row.get("id")) if isinstance(row, dict) else None
        if key is None:
            findings.item(at, "broken-image", "has no id", field="id")
            continue
        mine = objects.get(key, [])
        if key in known:
            findings.item(at, "repeated-id", f"image id {key} stands here twice", field="id")
            continue
        known.add(key)
        found = pictures.find(row.get("file_name"), beside=file.parent)
        if isinstance(found, Path) and found in seen:
            found = ("named-twice", f"names {row['file_name']} again ({seen[found]})")
        if isinstance(found, tuple):
            findings.item(at, *found, field="file_name")
            findings.object(at, "of-refused-picture", f"{len(mine)} objects of it", count=len(mine))
            continue
        seen[found] = at
        size = measured(found, told_size(row.get("width"), row.get("height")), where=at, findings=findings)
        of_whole = [(spot, entry) for spot, entry in mine if _is_label(entry, kinds)]
        shapes = [
            shape for spot, entry in mine if not _is_label(entry, kinds) and (shape := _shape(entry, kinds, spot, findings))
        ]
        record = Record(
            found,
            short(pictures.name(found)),
            tuple(dict.fromkeys(kinds[str(_id(entry["category_id"]))][0] for _, entry in of_whole)),
            attributes={str(name): text_of(value) for name, value in row.items() if name not in _IMAGE and value is not None},
            origin=at,
            split=split,
            size=size,
            shapes=judged(shapes, size, where=at, findings=findings),
        )
        joined.add(record, file.name, findings)
    return known


def _is_label(row: dict[str, Any], kinds: Kinds) -> bool:
    """Whether an annotation says what the whole picture shows: a category, and no word on where (iNaturalist, camera traps)."""
    return not row.keys() & {"bbox", "segmentation", "keypoints"} and str(_id(row.get("category_id"))) in kinds


def _shape(row: dict[str, Any], kinds: Kinds, at: str, findings: Findings) -> Shape | None:
    """One annotation; None if it was refused."""
    category = str(_id(row.get("category_id")))
    if category not in kinds:
        findings.object(at, "dangling-category-id", f"category_id {category} is no category", field="category_id")
        return None
    box = numbers(row.get("bbox"), 4) if row.get("bbox") else None
    if row.get("bbox") and (box is None or len(box) != 4):
        findings.object(at, "broken-box", f"bbox is {str(row['bbox'])[:60]}; four finite numbers are wanted", field="bbox")
        return None
    label, skeleton = kinds[category]
    named = read_points(row, skeleton, at=at, findings=findings)
    if named and box and min(box[2:]) == 0:
        box = None  # some tools write an empty box beside key points
    rings, mask = _segmentation(row.get("segmentation"), at, findings)
    inner = row.get("attributes")
    extra = {**{k: v for k, v in row.items() if k not in _ANNOTATION}, **(inner if isinstance(inner, dict) else {})}
    flags: dict[str, Any] = {name: bool(extra.pop(name)) for name in _FLAGS if isinstance(extra.get(name), bool | int)}
    return Shape(
        label,
        (box[0], box[1], box[2], box[3]) if box else None,
        rings=rings,
        mask=mask,
        keypoints=named,
        crowd=bool(row.get("iscrowd")),
        score=number(row.get("score")),
        attributes={str(name): text_of(value) for name, value in extra.items() if value is not None},
        origin=at,
        **flags,
    )


def _segmentation(value: object, at: str, findings: Findings) -> tuple[tuple[Ring, ...], Mask | None]:
    """Rings or mask of an object; what is broken is told, the box stays."""
    if not value:
        return (), None
    if isinstance(value, dict):
        size, counts = numbers(value.get("size"), 2), value.get("counts")
        try:
            if size is None or len(size) != 2:
                raise ValueError(f"size is {str(value.get('size'))[:40]}; height and width are wanted")
            runs = unpack(counts) if isinstance(counts, str) else numbers(counts)
            if runs is None:
                raise ValueError("counts are neither numbers nor COCO's compressed text")
            return (), mask_of(int(size[1]), int(size[0]), (int(run) for run in runs))
        except ValueError as error:
            findings.tell(at, "broken-mask", f"{error}; only its box is taken over", field="segmentation")
            return (), None
    if not isinstance(value, list):
        findings.tell(at, "broken-outline", f"is {type(value).__name__}; a list of outlines is wanted", field="segmentation")
        return (), None
    rings = []
    for ring in [value] if all(isinstance(part, int | float) for part in value) else value:
        corners = numbers(ring, 6)
        if corners is None or len(corners) % 2:
            message = f"outline {show(numbers(ring) or ())} is no list of three corners or more; left out"
            findings.tell(at, "broken-outline", message, field="segmentation")
        else:
            rings.append(corners)
    return tuple(rings), None


def _id(value: object) -> str | None:
    """An id as text: 7, 7.0 and "7" are one."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and abs(value) < 1e15 and value.is_integer():
        return str(int(value))
    return str(value).strip() if isinstance(value, int | float | str) else None


def place(record: Record) -> str:
    """Pictures lie in `images`."""
    return under("images", record)


def write(items: Sequence[Placed], folder: Path, classes: Sequence[str]) -> None:
    """Write `annotations/instances.json`, or one file a split."""
    names = classes_of((item.record for item in items), classes)
    named = skeletons(item.record for item in items)
    for split, group in by_split(items).items():
        value = document(group, names, named, below="images/")
        write_json(folder / "annotations" / (f"instances_{split}.json" if split else "instances.json"), value)


def document(items: Sequence[Placed], names: Sequence[str], named: dict[str, Skeleton], *, below: str = "") -> dict[str, Any]:
    """A COCO file as a value; ids begin at 1, since 0 has other meanings for some readers. `named` are the skeletons of classes."""
    ids = {name: number for number, name in enumerate(names, 1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image, item in enumerate(items, 1):
        size = {"width": item.size[0], "height": item.size[1]}
        images.append({"id": image, "file_name": item.file.removeprefix(below), **size, **item.record.attributes})
        for shape in item.record.shapes:
            keys = {"id": len(annotations) + 1, "image_id": image, "category_id": ids[shape.label]}
            annotations.append({**keys, **_annotation(shape), **_points(shape, named.get(shape.label))})
    categories: list[dict[str, Any]] = [{"id": number, "name": name, "supercategory": ""} for name, number in ids.items()]
    for category in categories:
        if skeleton := named.get(category["name"]):
            bones = [[first + 1, second + 1] for first, second in skeleton.bones]
            category |= {"keypoints": list(skeleton.names), "skeleton": bones}
    return {"info": {}, "licenses": [], "images": images, "annotations": annotations, "categories": categories}


def _annotation(shape: Shape) -> dict[str, Any]:
    """Geometry and flags of one object."""
    box = bounds(shape) or (0.0, 0.0, 0.0, 0.0)
    covered = box[2] * box[3]
    segmentation: Any = []
    if shape.mask:
        # As COCO does it: plain numbers for crowds, compressed text for single objects.
        counts = list(shape.mask.counts) if shape.crowd else pack(shape.mask.counts)
        segmentation, covered = {"size": [shape.mask.height, shape.mask.width], "counts": counts}, area(shape.mask)
    elif shape.rings:
        segmentation = [[exact(value) for value in ring] for ring in shape.rings]
        covered = sum(_ring_area(ring) for ring in shape.rings)
    found = {
        "bbox": [exact(value) for value in box],
        "area": exact(covered),
        "segmentation": segmentation,
        "iscrowd": int(shape.crowd),
    }
    attributes: dict[str, Any] = dict(shape.attributes)
    attributes.update({name: True for name in _FLAGS if getattr(shape, name)})
    if attributes:
        found["attributes"] = attributes
    if shape.score is not None:
        found["score"] = shape.score
    return found


def _points(shape: Shape, skeleton: Skeleton | None) -> dict[str, Any]:
    """The key points of an object of a class that has some; zeros where this one has none, as COCO has it."""
    if skeleton is None:
        return {}
    points = shape.keypoints.points if shape.keypoints else ((0, 0, 0),) * len(skeleton.names)
    values = [exact(value) for point in points for value in point]
    return {"keypoints": values, "num_keypoints": len(shape.keypoints.marked) if shape.keypoints else 0}


def _ring_area(ring: Ring) -> float:
    """The area within an outline."""
    xs, ys = ring[::2], ring[1::2]
    return abs(sum(xs[i - 1] * ys[i] - xs[i] * ys[i - 1] for i in range(len(xs)))) / 2


def fit(record: Record, lost: Counter[str]) -> Record:
    """An attribute that has the name of one of COCO's own fields is given up."""
    taken = [name for name in record.attributes if name in _IMAGE]
    lost["attributes of pictures"] += len(taken)
    return replace(record, attributes={name: value for name, value in record.attributes.items() if name not in taken})


def fit_all(records: Sequence[Record], lost: Counter[str]) -> list[Record]:
    """A class has one skeleton."""
    return one_each(records, lost)
