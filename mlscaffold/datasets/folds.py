"""Folds for cross-validation: a number from 1 to K for the rows of train and validation that may be validated on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from mlscaffold.datasets.splits import Row, bundled, fill, places_before
from mlscaffold.errors import UsageError

FOLDED = ("train", "validation")
MOST = 100


def folds_of(rows: Iterable[Row]) -> int:
    """How many folds rows have: the largest number, 0 where they have none."""
    return max((int(row.fold) for row in rows if row.fold), default=0)


def with_folds(
    rows: Sequence[Row],
    k: int,
    *,
    before: Iterable[Row] = (),
    together: Iterable[Sequence[str]] = (),
    extra: Collection[str] = (),
    seed: int = 0,
) -> tuple[Row, ...]:
    """The rows with a fold from 1 to `k` where they are in train or validation, and with none elsewhere; `k` 0 takes them away.

    Labels are spread evenly, and what belongs together (`splits.bundled`) has one fold. A row of `before` keeps its fold, unless it
    is now bound to one of a lower fold, or there were not `k` folds before. A row of an extra source (`extra`: paths) has a
    fold only with one of your own that is alike: it is learned from in every other fold, and never validated on.
    """
    if k and not 2 <= k <= MOST:
        raise UsageError(f"{k} folds cannot be dealt: 2 to {MOST} can, and 0 takes them away.", reference="number-of-folds")
    plain = [replace(row, fold="") for row in rows]
    if not k:
        return tuple(plain)
    before = [row for row in before if row.fold]
    kept = places_before(plain, [replace(row, split=row.fold) for row in before]) if folds_of(before) == k else {}
    bundles = bundled([row for row in plain if row.split in FOLDED], together)
    bundles = [bundle for bundle in bundles if any(row.path not in extra for row in bundle)]
    if len(bundles) < k:
        raise UsageError(
            f"Train and validation fall into {len(bundles)} parts that belong together; {k} folds need as many.",
            reference="too-few-for-folds",
            hint="Ask for fewer folds.",
        )
    choice: dict[str, str] = {}
    for bundle in bundles:
        held = {kept[row.path] for row in bundle if row.path in kept}
        if held:
            choice |= dict.fromkeys((row.path for row in bundle), min(held, key=int))
    choice |= fill(bundles, {str(n): 1 / k for n in range(1, k + 1)}, choice, seed=seed)
    return tuple(replace(row, fold=choice.get(row.path, "")) for row in plain)
