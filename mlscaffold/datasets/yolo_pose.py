"""Key points in YOLO's way: one shape for all classes, named in `data.yaml`, as fractions behind the box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlscaffold.datasets.collecting import Findings
from mlscaffold.datasets.geometry import numbers
from mlscaffold.datasets.keypoints import key_points, mirrored, numbered, skeleton_of
from mlscaffold.datasets.record import KeyPoints, Skeleton

MOST = 1000  # key points of an object; more are a mistake


@dataclass(frozen=True)
class Pose:
    """How many key points every line has, with how many numbers each (3: with visibility), and the skeletons by index of class."""

    count: int
    width: int
    skeletons: dict[int, Skeleton]

    def read(self, values: Sequence[float], skeleton: Skeleton | None, size: tuple[int, int]) -> KeyPoints | None:
        """The key points of a line in pixels; raises ValueError with what is wrong."""
        if not values:
            return None
        skeleton = skeleton or numbered(self.count)
        found: list[float] = []
        for start in range(0, self.width * len(skeleton.names), self.width):
            x, y = values[start : start + 2]
            seen = values[start + 2] if self.width == 3 else 2.0 * bool(x or y)
            found += [round(x * size[0], 6), round(y * size[1], 6), seen]
        return key_points(found, skeleton)

    def written(self, keypoints: KeyPoints | None, size: tuple[int, int]) -> list[float]:
        """The numbers behind the box of an object; zeros for what it does not have."""
        points = keypoints.points if keypoints else ()
        found = [value for x, y, seen in points for value in (x / size[0], y / size[1], float(seen))]
        return [*found, *([0.0] * (3 * self.count - len(found)))]

    def declared(self) -> dict[str, Any]:
        """What `data.yaml` says of them."""
        names = next(iter(self.skeletons.values())).names
        alone = len({skeleton.names for skeleton in self.skeletons.values()}) == 1
        flips = {"flip_idx": mirrored(names)} if alone and mirrored(names) != list(range(len(names))) else {}
        named = {index: list(skeleton.names) for index, skeleton in sorted(self.skeletons.items())}
        return {"kpt_shape": [self.count, self.width], **flips, "kpt_names": named}


def pose_of(values: dict[str, Any], names: dict[int, str], *, where: str, findings: Findings) -> Pose | None:
    """The key points that a `data.yaml` declares."""
    told = values.get("kpt_shape")
    if told is None:
        return None
    shape = numbers(told, 2)
    if not shape or len(shape) != 2 or shape[0] not in range(1, MOST + 1) or shape[1] not in (2, 3):
        message = f"kpt_shape is {str(told)[:40]}; a number of key points and 2 or 3 are wanted: read without"
        findings.tell(where, "broken-keypoints", message, field="kpt_shape")
        return None
    count = int(shape[0])
    given = values.get("kpt_names")
    found = {}
    for index in names or (given if isinstance(given, dict) else {}):
        own = given.get(index, given.get(str(index))) if isinstance(given, dict) else given
        skeleton, _ = skeleton_of(own, None)
        if skeleton and len(skeleton.names) <= count and isinstance(index, int):
            found[index] = skeleton
    if not found:
        findings.notes.append("no names of key points: they are called by their number")
    return Pose(count, int(shape[1]), found)


def pose_for(skeletons: dict[str, Skeleton], names: Sequence[str]) -> Pose | None:
    """The key points of a set that is to be written; None for one without any."""
    if not skeletons:
        return None
    most = max(len(skeleton.names) for skeleton in skeletons.values())
    return Pose(most, 3, {names.index(label): skeleton for label, skeleton in skeletons.items()})
