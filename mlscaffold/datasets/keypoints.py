"""Key points: checked as they are read, and one skeleton a class, which is all that files can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mlscaffold.datasets.collecting import Findings
from mlscaffold.datasets.geometry import number, numbers
from mlscaffold.datasets.record import KeyPoints, Record, Skeleton

SIDES = (("left", "right"), ("Left", "Right"), ("LEFT", "RIGHT"))


def skeleton_of(names: object, bones: object) -> tuple[Skeleton | None, int]:
    """A class's skeleton as COCO declares it (pairs of positions from 1), None where it has none, and how many pairs mean nothing."""
    if not isinstance(names, list) or not names:
        return None, 0
    pairs = bones if isinstance(bones, list) else []
    kept: dict[tuple[int, int], None] = {}
    for pair in pairs:
        ends = numbers(pair, 2)
        if ends and len(ends) == 2 and all(value == int(value) and 1 <= value <= len(names) for value in ends):
            kept[int(ends[0]) - 1, int(ends[1]) - 1] = None
    return Skeleton(_apart([str(name) for name in names]), tuple(kept)), len(pairs) - len(kept)


def numbered(count: int) -> Skeleton:
    """A skeleton of which nothing is known but how many points it has."""
    return Skeleton(tuple(str(place) for place in range(1, count + 1)))


def key_points(values: Sequence[float], skeleton: Skeleton) -> KeyPoints | None:
    """Key points from x, y, seen for each name, None where no place is marked; raises ValueError with what is wrong."""
    wanted = 3 * len(skeleton.names)
    if len(values) != wanted:
        raise ValueError(f"{len(values)} numbers; {len(skeleton.names)} key points need {wanted}")
    points = []
    for x, y, seen in zip(values[::3], values[1::3], values[2::3], strict=True):
        if seen not in (0, 1, 2):
            raise ValueError(f"a visibility of {seen:g}; 0 (not marked), 1 (hidden) or 2 (visible) are wanted")
        points.append((x, y, int(seen)) if seen else (0.0, 0.0, 0))
    found = KeyPoints(skeleton, tuple(points))
    return found if found.marked else None


def read_points(row: dict[str, Any], skeleton: Skeleton | None, *, at: str, findings: Findings) -> KeyPoints | None:
    """The key points of an annotation of COCO; what is broken is told, and left out."""
    told = row.get("keypoints")
    if not told:
        return None
    values = numbers(told)
    try:
        if values is None or len(values) % 3:
            raise ValueError("no list of x, y and visibility")
        found = key_points(values, skeleton or numbered(len(values) // 3))
    except ValueError as error:
        findings.tell(at, "broken-keypoints", f"key points are {error}; left out", field="keypoints")
        return None
    count, marked = number(row.get("num_keypoints")), len(found.marked) if found else 0
    if count is not None and count != marked:
        findings.tell(at, "keypoint-count", f"num_keypoints is {count:g}; {marked} are marked", field="num_keypoints")
    return found


def skeletons(records: Iterable[Record]) -> dict[str, Skeleton]:
    """The skeleton of each class that has key points: that of its first object with any."""
    found: dict[str, Skeleton] = {}
    for record in records:
        for shape in record.shapes:
            if shape.keypoints:
                found.setdefault(shape.label, shape.keypoints.skeleton)
    return found


def one_each(records: Sequence[Record], lost: Counter[str]) -> list[Record]:
    """The records with one skeleton a class; key points of another one are given up, and objects that have nothing else."""
    known = skeletons(records)
    kept = []
    for record in records:
        shapes = []
        for told in record.shapes:
            shape = told
            if shape.keypoints and not _alike(shape.keypoints.skeleton, known[shape.label]):
                lost["key points of a second skeleton of their class"] += len(shape.keypoints.marked)
                shape = replace(shape, keypoints=None)
                if not (shape.box or shape.rings or shape.mask):
                    continue
            shapes.append(shape)
        kept.append(replace(record, shapes=tuple(shapes)))
    return kept


def mirrored(names: Sequence[str]) -> list[int]:
    """For each name the position of that on the other side, its own where there is none: what a mirrored picture shows."""
    places = {name: place for place, name in enumerate(names)}
    found = []
    for place, name in enumerate(names):
        others = [name.replace(a, b) for pair in SIDES for a, b in (pair, pair[::-1]) if a in name]
        found.append(next((places[other] for other in others if other in places), place))
    return found if all(found[other] == place for place, other in enumerate(found)) else list(range(len(names)))


def _alike(first: Skeleton, second: Skeleton) -> bool:
    """Whether two skeletons say the same."""
    return first.names == second.names and _joined(first) == _joined(second)


def _joined(skeleton: Skeleton) -> set[tuple[int, ...]]:
    return {tuple(sorted(bone)) for bone in skeleton.bones}


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names with a number where one stands twice."""
    times: Counter[str] = Counter()
    found = []
    for name in names:
        times[name] += 1
        found.append(name if times[name] == 1 else f"{name} {times[name]}")
    return tuple(found)
