"""CVAT for video: the tracks of a file, frame by frame, on the pictures that its frames were saved as."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlscaffold.datasets.collecting import Findings, judged, measured, told_size
from mlscaffold.datasets.parsing import Node
from mlscaffold.datasets.pictures import Pictures, short
from mlscaffold.datasets.record import Record, Shape
from mlscaffold.datasets.tracks import Frames, filled, frames_of

SHAPES = ("box", "polygon", "mask", "points", "skeleton")
UNKNOWN = "is a {}; boxes, polygons, masks, points and skeletons are read"
Reader = Callable[[Node, str, str], Shape]
"""Reads the object of an element on a line, whose class the track names; raises ValueError with what is wrong."""


@dataclass
class Task:
    """What a file says of its task, and its tracks: objects by frame, in the order of the tracks."""

    name: str = ""
    start: int = 0
    stop: int | None = None
    step: int = 1
    size: int | None = None
    frame_size: tuple[int, int] | None = None
    tracks: list[dict[int, Shape | None]] = field(default_factory=list)

    @property
    def frames(self) -> set[int]:
        """Frames on which a track has an object."""
        return {frame for track in self.tracks for frame, shape in track.items() if shape}

    def on_frames(self, frames: set[int], where: str, findings: Findings) -> dict[int, list[Shape]]:
        """The objects of every frame; what stands between key frames is worked out and told."""
        found: dict[int, list[Shape]] = defaultdict(list)
        made = missed = 0
        for track in self.tracks:
            shapes, here, gone = filled(track, frames)
            made, missed = made + here, missed + gone
            for frame, shape in shapes.items():
                found[frame].append(shape)
        if made:
            findings.notes.append(
                f"{where}: {made} objects stand between key frames; their places were worked out on straight lines"
            )
        message = f"{missed} objects stand between outlines that cannot be joined by lines; on these frames they are missing"
        findings.object(where, "not-between", message, count=missed)
        return found


def task_of(top: Node, where: str, *, read: Reader, findings: Findings) -> Task | str:
    """The task of a file with its tracks; why they cannot be read otherwise."""
    meta = top.first("meta")
    tasks = [
        task
        for owner in ([meta, *meta.all("project")] if meta else [])
        for group in [owner, *owner.all("tasks")]
        for task in [*group.all("task"), *group.all("job")]
    ]
    if len(tasks) > 1 or len({track.attributes.get("task_id", "") for track in top.all("track")}) > 1:
        return "are tracks of several tasks, whose frames have the same numbers: export each task alone"
    found = Task()
    if tasks:
        told = tasks[0]
        step = re.search(r"step\s*=\s*(\d+)", told.get("frame_filter"))
        frame = told.first("original_size")
        found.name = (told.get("source") or told.get("name")).strip()
        found.start, found.stop, found.size = (
            _count(told.get("start_frame")) or 0,
            _count(told.get("stop_frame")),
            _count(told.get("size")),
        )
        found.step = max(1, int(step[1][:9])) if step else 1
        found.frame_size = told_size(frame.get("width"), frame.get("height")) if frame else None
        if found.size is None and found.stop is not None and found.stop >= found.start:
            found.size = (found.stop - found.start) // found.step + 1
    for track in top.all("track"):
        found.tracks.append(_track(track, where, read, findings))
    return found


def _count(text: str) -> int | None:
    """A number of frames, if it is one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _track(track: Node, where: str, read: Reader, findings: Findings) -> dict[int, Shape | None]:
    """The objects of one track by frame; None where it is not to be seen."""
    label, number = track.attributes.get("label", ""), track.attributes.get("id", "")
    found: dict[int, Shape | None] = {}
    for node in track.children:
        at = f"{where}:{node.line}"
        frame = _count(node.attributes.get("frame", ""))
        if frame is None:
            message = f'frame is "{node.attributes.get("frame", "")[:20]}"; a whole number is wanted'
            findings.object(at, "broken-frame", message, field="frame")
        elif frame in found:
            findings.object(at, "frame-twice", f"frame {frame} stands in this track already", field="frame")
        elif node.attributes.get("outside") == "1":
            found[frame] = None
        elif node.tag not in SHAPES:
            findings.object(at, "shape-unknown", UNKNOWN.format(node.tag[:40]), field=node.tag[:40])
        else:
            try:
                shape = read(node, at, label)
            except ValueError as error:
                findings.object(at, f"broken-{node.tag}", str(error))
                continue
            if node.tag == "skeleton" and shape.keypoints is None:
                found[frame] = None  # all of its points are outside
                continue
            found[frame] = replace(shape, attributes={**shape.attributes, "track_id": number} if number else shape.attributes)
    return found


def read_frames(top: Node, task: Task, pictures: Pictures, *, file: Path, where: str, findings: Findings) -> None:
    """Make a record of every picture that is a frame of the task; frames that a track names and that are not there are refused."""
    folder = file.parent.relative_to(pictures.root).as_posix()
    names = [
        name
        for name, path in pictures.paths.items()
        if path not in pictures.claimed and (folder == "." or name.startswith(f"{folder}/"))
    ]
    line = next(track.line for track in top.all("track"))
    frames: Frames | str = "its pictures are not here"
    if names:
        frames = frames_of(names, task.frames, start=task.start, step=task.step, size=task.size)
    if isinstance(frames, str):
        count = sum(shape is not None for track in task.tracks for shape in track.values())
        hint = "export with its images, or save the frames of the video as frame_000000.png, frame_000001.png …"
        findings.item(f"{where}:{line}", "no-frames", f"{task.name or 'a video'}: {frames}; {hint}", field="track")
        findings.object(f"{where}:{line}", "of-refused-picture", f"{count} objects on frames", count=count)
        return
    last = task.stop if task.stop is not None else max([*task.frames, *frames.numbers.values()])
    low = min([task.start, *task.frames])
    inside = {name: number for name, number in frames.numbers.items() if low <= number <= last}
    findings.notes.append(f"{where}: frames are told {frames.words}: {len(inside)} pictures")
    objects = task.on_frames(set(inside.values()), where, findings)
    group = "/".join(part for part in (folder if folder != "." else "", task.name or file.stem) if part)
    for name, number in sorted(inside.items(), key=lambda pair: (pair[1], pair[0])):
        path, at = pictures.paths[name], f"{where} frame {number}"
        pictures.claim(path)
        size = measured(path, task.frame_size, where=at, findings=findings)
        shapes = judged(objects.pop(number, []), size, where=at, findings=findings)
        findings.records.append(Record(path, short(name), group=group, origin=at, size=size, shapes=shapes))
    for number, left in sorted(objects.items()):
        findings.item(f"{where} frame {number}", "missing-frame", "has no picture")
        findings.object(f"{where} frame {number}", "of-refused-picture", f"{len(left)} objects of it", count=len(left))
