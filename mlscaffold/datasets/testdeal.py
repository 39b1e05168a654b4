"""Which pictures may become test pictures, and which of them do: whole groups at a time, the same way every time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil

from mlscaffold.datasets.splits import Row
from mlscaffold.splitnames import is_test, order

NONE = ""
"""The split of a row that has none yet."""


@dataclass(frozen=True)
class Pool:
    """Bundles of rows that may go to a test set together, and by reason the paths that stay where they are."""

    bundles: tuple[tuple[Row, ...], ...] = ()
    beside: frozenset[str] = frozenset()
    left: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        """All rows that may go."""
        return [row for bundle in self.bundles for row in bundle]


def pool_of(
    bundles: Iterable[Iterable[Row]], kept: Mapping[str, str], wanted: Collection[str], *, into: str, sources: Collection[str]
) -> Pool:
    """What of the `wanted` paths may go `into` a test set, taken from the splits in `sources` (`NONE`: rows without a split).

    `kept` is the split that each row has. Of a bundle (rows that belong together) nothing goes while a part of it lies in a split
    that is neither a source nor a test set: the model has seen a picture like it. `beside` are rows whose bundle lies in the set
    in part already.
    """
    allowed = {*sources, into}
    free: list[tuple[Row, ...]] = []
    beside: set[str] = set()
    left: dict[str, list[str]] = defaultdict(list)
    for bundle in map(list, bundles):
        held = {kept.get(row.path, NONE) for row in bundle}
        foreign = sorted((split for split in held if split not in allowed and not is_test(split)), key=order)
        ready = []
        for row in bundle:
            place = kept.get(row.path, NONE)
            if row.path not in wanted or place == into:
                continue
            if place not in sources:
                left[f"in {place}"].append(row.path)
            elif foreign:
                left[f"in no split, but alike or grouped with pictures of {foreign[0]}"].append(row.path)
            else:
                ready.append(row)
        if ready:
            free.append(tuple(ready))
            if into in held:
                beside.update(row.path for row in ready)
    return Pool(tuple(free), frozenset(beside), {reason: tuple(sorted(left[reason])) for reason in sorted(left)})


def draw(pool: Pool, n: int, *, seed: int = 0, newest: Callable[[Row], float] | None = None) -> list[Row]:
    """About `n` rows of a pool, each label by its share of it, never more: bundles go whole.

    What lies beside the set goes first; then `newest` (a key that grows with time) decides, or else chance, by content and `seed`.
    """
    rows = pool.rows
    if n >= len(rows):
        return sorted(rows, key=lambda row: row.path)
    labels = Counter(row.label for row in rows)
    quota = {label: ceil(n * count / len(rows)) for label, count in labels.items()}
    waiting = sorted(pool.bundles, key=lambda bundle: _chance(bundle, seed))
    if newest:
        waiting.sort(key=lambda bundle: max(map(newest, bundle)), reverse=True)
    waiting.sort(key=lambda bundle: bundle[0].path not in pool.beside)
    drawn: list[Row] = []
    have: Counter[str] = Counter()
    for strict in (True, False):  # first within the share of each label, then whatever still fits
        for bundle in list(waiting):
            counts = Counter(row.label for row in bundle)
            beyond = any(have[label] + count > quota[label] for label, count in counts.items())
            if len(drawn) + len(bundle) <= n and not (strict and beyond):
                drawn += bundle
                have.update(counts)
                waiting.remove(bundle)
    return sorted(drawn, key=lambda row: row.path)


def _chance(bundle: tuple[Row, ...], seed: int) -> str:
    """A place in an order that looks random and depends on the content alone."""
    return sha256(f"{seed}:test:{min(row.digest for row in bundle)}".encode()).hexdigest()
