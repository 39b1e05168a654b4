"""Tracks of a video: which picture is which frame, and where a tracked object is between two frames that somebody drew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from mlscaffold.datasets.record import KeyPoints, Shape

_CVAT = re.compile(r"frame_(\d+)")
_NUMBER = re.compile(r"(\d+)$")


@dataclass(frozen=True)
class Frames:
    """Frame by name of a picture, and in words how they were told."""

    numbers: dict[str, int]
    words: str


def frames_of(names: Sequence[str], wanted: Iterable[int], *, start: int, step: int, size: int | None) -> Frames | str:
    """The frames that pictures show; why that cannot be known otherwise.

    By CVAT's own names (`frame_000123`), by any number that ends all names and has every wanted frame, else by the order of names,
    if there are as many as the task has frames.
    """
    wanted = set(wanted)
    own = {name: int(match[1]) for name in names if (match := _CVAT.fullmatch(PurePosixPath(name).stem))}
    if own and len(set(own.values())) == len(own) and (wanted & set(own.values()) or not wanted):
        return Frames(own, "by the number in frame_000000")
    ends = {name: int(match[1]) for name in names if (match := _NUMBER.search(PurePosixPath(name).stem))}
    if len(ends) == len(names) == len(set(ends.values())) and wanted <= set(ends.values()):
        return Frames(ends, "by the number at the end of its name")
    if size is None or len(names) != size:
        told = "it does not say how many frames it has" if size is None else f"it has {size} frames"
        return f"the names of {len(names)} pictures hold no frame numbers, and {told}: frames and pictures cannot be matched"
    return Frames({name: start + place * step for place, name in enumerate(sorted(names))}, "by the order of the names")


def filled(track: Mapping[int, Shape | None], frames: Iterable[int]) -> tuple[dict[int, Shape], int, int]:
    """The objects of a track by frame, those between two key frames worked out; how many were, and how many could not be.

    A frame with None says that the object is not to be seen from there on. Between two frames with an object it moves on a straight
    line, as CVAT shows it; outlines and masks have no line between them unless they have equally many corners.
    """
    told = sorted(track)
    wanted = sorted(frames)
    found: dict[int, Shape] = {frame: shape for frame, shape in track.items() if shape}
    made = missed = place = 0
    for frame in wanted:
        while place < len(told) and told[place] <= frame:
            place += 1
        if frame in track or place in (0, len(told)):
            continue
        before, after = told[place - 1], told[place]
        first, second = track[before], track[after]
        if first is None:
            continue
        shape = first if second is None else between(first, second, (frame - before) / (after - before))
        if shape is None:
            missed += 1
        else:
            found[frame] = shape
            made += 1
    return found, made, missed


def between(first: Shape, second: Shape, share: float) -> Shape | None:
    """The object on its way from one place to another; None where there is no way."""
    if first.mask or second.mask or len(first.points) != len(second.points) or bool(first.box) != bool(second.box):
        return None
    if [len(ring) for ring in first.rings] != [len(ring) for ring in second.rings]:
        return None
    if bool(first.keypoints) != bool(second.keypoints):
        return None
    box = None
    if first.box and second.box:
        x, y, width, height = _on_the_way(first.box, second.box, share)
        box = (x, y, width, height)
    turn = (second.angle - first.angle + 180) % 360 - 180
    named = None
    if first.keypoints and second.keypoints:
        pairs = zip(first.keypoints.points, second.keypoints.points, strict=False)
        named = KeyPoints(first.keypoints.skeleton, tuple(_point(a, b, share) for a, b in pairs))
    return replace(
        first,
        box=box,
        angle=(first.angle + share * turn) % 360,
        rings=tuple(_on_the_way(a, b, share) for a, b in zip(first.rings, second.rings, strict=True)),
        points=_on_the_way(first.points, second.points, share),
        keypoints=named,
    )


def _on_the_way(first: Sequence[float], second: Sequence[float], share: float) -> tuple[float, ...]:
    return tuple(round(a + share * (b - a), 6) for a, b in zip(first, second, strict=True))


def _point(first: tuple[float, float, int], second: tuple[float, float, int], share: float) -> tuple[float, float, int]:
    """A key point on its way; one that is not marked at an end stays as it was at the first."""
    if not first[2] or not second[2]:
        return first
    x, y = _on_the_way(first[:2], second[:2], share)
    return x, y, first[2]
