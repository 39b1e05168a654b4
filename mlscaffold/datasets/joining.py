"""One picture that several annotation files of a set describe: one record, with what all of them say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from mlscaffold.datasets.collecting import Findings
from mlscaffold.datasets.geometry import bounds
from mlscaffold.datasets.record import Record, Shape


@dataclass
class Joined:
    """Pictures that several files of one set describe (`instances`, `person_keypoints`): one record each, with the objects of all."""

    places: dict[Path, int] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    again: set[Path] = field(default_factory=set)
    same: int = 0

    def add(self, record: Record, file: str, findings: Findings) -> None:
        """Take a record in, or what it says more of a picture that is in already."""
        self.files[file] = None
        place = self.places.setdefault(record.path, len(findings.records))
        if place == len(findings.records):
            findings.records.append(record)
            return
        self.again.add(record.path)
        first = findings.records[place]
        if first.split != record.split and first.split and record.split:
            message = f"is of {record.split}, and of {first.split} already ({first.origin}); it stays in {first.split}"
            findings.tell(record.origin, "two-splits", message, field="file_name")
        shapes = list(first.shapes)
        for shape in record.shapes:
            known = next((i for i, old in enumerate(shapes) if old.label == shape.label and _close(old, shape)), None)
            if known is None:
                shapes.append(shape)
            else:
                shapes[known] = _with(shapes[known], shape)
                self.same += 1
        findings.records[place] = replace(
            first,
            labels=tuple(dict.fromkeys((*first.labels, *record.labels))),
            attributes=record.attributes | first.attributes,
            split=first.split or record.split,
            shapes=tuple(shapes),
        )

    def notes(self) -> list[str]:
        """A word on what was joined."""
        if not self.again:
            return []
        return [
            f"{len(self.again)} pictures stand in several of {', '.join(self.files)}: their objects are joined, {self.same} are the same"
        ]


def _close(first: Shape, second: Shape) -> bool:
    """Whether two shapes have one box."""
    one, other = bounds(first), bounds(second)
    return one is not None and other is not None and all(abs(a - b) < 0.01 for a, b in zip(one, other, strict=True))


def _with(first: Shape, second: Shape) -> Shape:
    """A shape with what another one of the same object has and it has not."""
    outlined = bool(first.rings or first.mask)
    return replace(
        first,
        keypoints=first.keypoints or second.keypoints,
        rings=first.rings if outlined else second.rings,
        mask=first.mask if outlined else second.mask,
        attributes=second.attributes | first.attributes,
    )
