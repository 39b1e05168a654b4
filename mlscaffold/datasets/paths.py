"""Many paths in little memory: their bytes in a row, and where each of them ends."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

PART = 1000  # paths that are put together at once


class Paths:
    """A sequence of paths that grows at its end: 8 bytes a path beside its letters, where a list of texts takes some 60 more."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Begin with these."""
        self.data = bytearray()
        self._ends: array[int] | None = None
        # Any name on disk is taken, also one that is no text; no name has a zero in it.
        several = iter(paths)
        while part := list(islice(several, PART)):
            self.data += "\0".join([*part, ""]).encode("utf-8", "surrogatepass")

    def append(self, path: str) -> None:
        """Add one at the end."""
        ends = self._found()
        self.data += path.encode("utf-8", "surrogatepass") + b"\0"
        ends.append(len(self.data))

    def chosen(self, places: Sequence[int]) -> Paths:
        """Those at these places, in this order."""
        return Paths(self[place] for place in places)

    def __len__(self) -> int:
        return len(self._found())

    def __bool__(self) -> bool:
        return bool(self.data)

    def __getitem__(self, place: int) -> str:
        ends = self._found()
        if not 0 <= place < len(ends):
            raise IndexError(place)
        return self.data[ends[place - 1] if place else 0 : ends[place] - 1].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[place] for place in range(len(self)))

    def _found(self) -> array[int]:
        """Where each ends; looked for when that is asked first, since comparing two walks needs only the bytes."""
        if self._ends is None:
            self._ends = array("q")
            end = 0
            while end := self.data.find(b"\0", end) + 1:
                self._ends.append(end)
        return self._ends
