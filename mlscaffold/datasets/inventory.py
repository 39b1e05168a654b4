"""What was found of many pictures, in columns: some two hundred bytes a picture, whatever is looked for afterwards."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlscaffold.datasets.images import Facts
from mlscaffold.datasets.paths import Paths

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

NUMBERS = {
    "size": "q", "width": "i", "height": "i", "orientation": "b", "frames": "i", "phash": "q", "mirrored": "q",
    "mean": "f", "deviation": "f", "p1": "B", "p99": "B", "sharpness": "f",
}  # fmt: skip
NAMES = ("format", "mode")
DIGEST = 32  # bytes


class Inventory:
    """Pictures that were read (columns by position) and files that were refused."""

    def __init__(self) -> None:
        """Begin empty."""
        self.paths = Paths()
        self.refused: dict[str, tuple[str, str]] = {}
        self.digests = bytearray()
        self.pixels = bytearray()
        self._numbers = {name: array(kind) for name, kind in NUMBERS.items()}
        self._names: dict[str, list[str]] = {name: [] for name in NAMES}
        self._codes = {name: array("H") for name in NAMES}

    def add(self, path: str, facts: Facts) -> None:
        """Take in a picture; of one that cannot be read only why."""
        if not facts.decode_ok:
            self.refused[path] = facts.problem, facts.detail
            return
        self.paths.append(path)
        self.digests += bytes.fromhex(facts.digest)
        self.pixels += bytes.fromhex(facts.pixels)
        values = vars(facts)
        for name, column in self._numbers.items():
            column.append(values[name])
        for name, codes in self._codes.items():
            known = self._names[name]
            if values[name] not in known:
                known.append(values[name])
            codes.append(known.index(values[name]))

    def sort(self) -> None:
        """Bring everything into the order of the paths: workers answer in any order, and the same folder gives the same answer."""
        order = sorted(range(len(self.paths)), key=self.paths.__getitem__)
        if order != list(range(len(order))):
            vars(self).update(vars(self.chosen(order)))

    def chosen(self, places: Sequence[int]) -> Inventory:
        """These pictures, in this order."""
        other = Inventory()
        other.refused = self.refused
        other.paths = self.paths.chosen(places)
        other.digests, other.pixels = _taken(self.digests, places), _taken(self.pixels, places)
        other._numbers = {name: array(c.typecode, [c[i] for i in places]) for name, c in self._numbers.items()}
        other._names = self._names
        other._codes = {name: array("H", [c[i] for i in places]) for name, c in self._codes.items()}
        return other

    def __len__(self) -> int:
        return len(self.paths)

    def column(self, name: str) -> Array:
        """A column of numbers."""
        import numpy as np

        values = self._numbers[name]
        return np.array(values, dtype=values.typecode)

    def named(self, name: str) -> tuple[list[str], Array]:
        """A column of names: which there are, and for each picture the number of its own."""
        import numpy as np

        return self._names[name], np.array(self._codes[name])

    def keys(self, which: str) -> Array:
        """The digests of files ("digests") or of their pixels ("pixels"), as texts of bytes that compare."""
        import numpy as np

        return np.frombuffer(bytes(getattr(self, which)), dtype=f"S{DIGEST}")

    def digest(self, index: int) -> str:
        """The digest of a picture's file."""
        return self.digests[index * DIGEST : (index + 1) * DIGEST].hex()


def _taken(digests: bytearray, places: Sequence[int]) -> bytearray:
    """The digests at these places in a row."""
    found = bytearray(DIGEST * len(places))
    for to, place in enumerate(places):
        found[to * DIGEST : (to + 1) * DIGEST] = digests[place * DIGEST : (place + 1) * DIGEST]
    return found
