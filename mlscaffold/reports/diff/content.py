"""What `data diff` found: every medium that came, went, was relabelled, moved or renamed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mlscaffold.splitnames import is_test, order

NO_SPLIT = "no split"


@dataclass(frozen=True)
class Changed:
    """A medium that is not what it was; an empty `before` is new, an empty `after` is gone. Paths are under `data/raw`."""

    path: str
    before: str
    after: str
    split: str


@dataclass(frozen=True)
class DataDiff:
    """The data at a commit beside those of today. `relabelled`, `added` and `removed` hold labels, `moved` splits, `renamed` paths."""

    revision: str
    commit: str
    rows: tuple[int, int]
    relabelled: tuple[Changed, ...]
    added: tuple[Changed, ...]
    removed: tuple[Changed, ...]
    moved: tuple[Changed, ...]
    renamed: tuple[Changed, ...]
    contents: tuple[Changed, ...]
    classes: tuple[tuple[str, ...], tuple[str, ...]]
    tests: tuple[str, ...] = ()
    """A sentence for each test set that has another version."""

    @property
    def empty(self) -> bool:
        """Whether nothing moved."""
        found = (self.relabelled, self.added, self.removed, self.moved, self.renamed, self.contents)
        return not any((*found, self.tests)) and self.classes[0] == self.classes[1]

    @property
    def turns(self) -> dict[str, Counter[tuple[str, str]]]:
        """Split → (old label, new label) → how many, the most frequent first."""
        found: dict[str, Counter[tuple[str, str]]] = {}
        for one in sorted(self.relabelled, key=lambda one: (one.split == NO_SPLIT, order(one.split))):
            found.setdefault(one.split, Counter())[one.before, one.after] += 1
        return found

    @property
    def test_touched(self) -> bool:
        """Whether a test set is another one: numbers measured on it before and after are not comparable."""
        return bool(self.tests_touched)

    @property
    def tests_touched(self) -> tuple[str, ...]:
        """The test sets that are other ones."""
        changed = (*self.relabelled, *self.added, *self.removed, *self.moved, *self.contents)
        names = {one.split for one in changed} | {one.before for one in self.moved} | {one.after for one in self.moved}
        names |= {told.partition(":")[0] for told in self.tests}
        return tuple(sorted(filter(is_test, names), key=order))

    @property
    def headline(self) -> str:
        """The change in a line."""
        parts = [
            (self.relabelled, "relabelled"), (self.added, "new"), (self.removed, "gone"), (self.moved, "in another split"),
            (self.renamed, "renamed"), (self.contents, "with other bytes"),
        ]  # fmt: skip
        told = ", ".join(f"{len(found)} {word}" for found, word in parts if found)
        if not told and self.tests:
            return f"{len(self.tests)} test set{'s' if len(self.tests) > 1 else ''} with another version"
        return told or ("the class map changed" if self.classes[0] != self.classes[1] else "nothing moved")
