"""Whether two records say the same: an export is read back and compared, not counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlscaffold.datasets.exporting import Placed
from mlscaffold.datasets.record import KeyPoints, Reading, Record, Shape

CLOSE = 0.01
"""Pixels by which a coordinate may move: formats that write fractions and percentages round."""


def first_difference(items: Sequence[Placed], back: Reading, folder: Path) -> str:
    """What the first record that differs says and should say; empty if all are the same. Texts are compared in their order."""
    found: dict[str, list[Record]] = {}
    for record in back.records:
        found.setdefault("" if record.text is not None else record.path.relative_to(folder).as_posix(), []).append(record)
    texts = {(item.record.split, item.record.text): item.record for item in items if not item.file}
    if len(back.records) != len(items):
        return f"{len(back.records)} of {len(items)} records"
    for record in found.get("", []):
        wanted = texts.get((record.split, record.text))
        if wanted is None:
            return f"{record.origin}: a text that was not written"
    for item in items:
        if not item.file:
            continue
        again = found.get(item.file, [])
        if len(again) != 1:
            return f"{item.file}: {len(again)} records"
        if difference := _difference(item.record, again[0]):
            return f"{item.file}: {difference}"
    return ""


def _difference(wanted: Record, found: Record) -> str:
    """What differs between two records; empty if nothing does."""
    for name in ("labels", "group", "split", "spans"):
        if getattr(wanted, name) != getattr(found, name):
            return f"{name} {str(getattr(found, name))[:80]}; {str(getattr(wanted, name))[:80]} was meant"
    if missing := {key: value for key, value in wanted.attributes.items() if value and found.attributes.get(key) != value}:
        return f"attributes {str(missing)[:80]}"
    if len(wanted.shapes) != len(found.shapes):
        return f"{len(found.shapes)} of {len(wanted.shapes)} objects"
    left = list(found.shapes)
    for shape in wanted.shapes:
        match = next((other for other in left if same_shape(shape, other)), None)
        if match is None:
            return f"no object as {shape.label} at {shape.box}"
        left.remove(match)
    return ""


def same_shape(first: Shape, second: Shape) -> bool:
    """Whether two objects are the same but for rounding."""
    flags = ("label", "crowd", "difficult", "truncated", "occluded", "score", "person", "attributes", "mask")
    if any(getattr(first, name) != getattr(second, name) for name in flags) or len(first.rings) != len(second.rings):
        return False
    numbers = [
        ((first.box or ()), (second.box or ())),
        (first.points, second.points),
        (_flat(first.keypoints), _flat(second.keypoints)),
        *zip(first.rings, second.rings, strict=True),
    ]
    if _skeleton(first) != _skeleton(second):
        return False
    turned = abs((first.angle - second.angle + 180) % 360 - 180) < CLOSE
    return turned and all(len(a) == len(b) and all(abs(x - y) < CLOSE for x, y in zip(a, b, strict=True)) for a, b in numbers)


def _flat(keypoints: KeyPoints | None) -> tuple[float, ...]:
    """The numbers of key points in a row."""
    return tuple(value for point in keypoints.points for value in point) if keypoints else ()


def _skeleton(shape: Shape) -> tuple[tuple[str, ...], set[tuple[int, ...]]] | None:
    """The names of key points in their order, and which are joined, in whatever order."""
    skeleton = shape.keypoints.skeleton if shape.keypoints else None
    return (skeleton.names, {tuple(sorted(bone)) for bone in skeleton.bones}) if skeleton else None
