"""The causes of a model's mistakes, as a person sorted them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from mlscaffold.evidence.judgements import Asked, Item
from mlscaffold.practice.causes import Cause
from mlscaffold.practice.labels import Verdict


@dataclass(frozen=True)
class Mistake:
    """A mistake that was looked at, and the causes that were ticked."""

    item: Item
    causes: tuple[str, ...]
    remark: str


@dataclass(frozen=True)
class Sorted:
    """What came of a sheet of causes. `n` is how many pictures the split has, `wrong` how many of them the model got wrong."""

    asked: Asked
    by: str
    looked: tuple[Mistake, ...]
    open: int
    outdated: tuple[str, ...]
    n: int
    wrong: int
    causes: tuple[Cause, ...]
    labels: Verdict | None
    agreement: tuple[tuple[str, int, tuple[tuple[str, float | None], ...]], ...]
    newer: str
    written: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Where the table lies."""
        return str(PurePosixPath(self.written[0]).parent)

    @property
    def split(self) -> str:
        """The split that the mistakes are of."""
        return split_of(self.asked)


def split_of(asked: Asked) -> str:
    """The split that a sheet's mistakes are of, told by their paths."""
    return asked.items[0].predicted.split("/")[0]
