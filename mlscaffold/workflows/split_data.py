"""Decide which medium goes into which split, and write the split tables."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlscaffold.datasets.annotations import Collection, Medium, read_collection
from mlscaffold.datasets.duplicates import near_groups
from mlscaffold.datasets.elsewhere import lies_elsewhere
from mlscaffold.datasets.extra import extra_sources
from mlscaffold.datasets.folds import folds_of, with_folds
from mlscaffold.datasets.images import Facts
from mlscaffold.datasets.list_columns import columns_of
from mlscaffold.datasets.manifest import ManifestChange, ManifestRow, read_manifests, refresh_manifests
from mlscaffold.datasets.record import SPLIT_NAMES
from mlscaffold.datasets.remembered import Remembered
from mlscaffold.datasets.schema import declared_column, read_classes
from mlscaffold.datasets.sources import RAW, sources
from mlscaffold.datasets.splits import Dealt, Row, bundled, read_splits, split, write_splits
from mlscaffold.datasets.timesplit import split_by_time
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence.testsets import Version
from mlscaffold.practice.sizes import half_width, needed, shares_for, test_size
from mlscaffold.splitnames import BASE, is_named_test
from mlscaffold.workflows.record_tests import record_tests

USUAL = 0.9
FEW = 5
AWAY = "not on this machine, kept as they are"
UNPLACED = "of an extra source, and alike or newer than what is measured on"


@dataclass(frozen=True)
class SplitData:
    """What a split did. `left_out` maps a reason to the paths that no split holds; `warnings` are about the result, `extra` holds
    the extra sources with their weights.
    """

    dealt: Dealt
    counts: dict[str, Counter[str]]
    classes: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]
    near_groups: int
    manifests: tuple[ManifestChange, ...]
    written: tuple[str, ...]
    versions: tuple[Version, ...]
    warnings: tuple[str, ...]
    half_width: float
    expected: float
    extra: dict[str, float]


@dataclass(frozen=True)
class Gathered:
    """The rows that can be dealt, without their splits. `left_out` maps a reason to the paths that cannot; `alike` are groups of
    near-duplicates; `sources` holds the extra sources with their weights, `extra` the paths of their rows.
    """

    collection: Collection
    rows: list[Row]
    left_out: dict[str, tuple[str, ...]]
    alike: list[tuple[str, ...]]
    manifests: list[ManifestChange]
    sources: dict[str, float]
    extra: set[str]


def split_data(
    root: Path,
    *,
    shares: Mapping[str, float] | None = None,
    seed: int = 0,
    again: bool = False,
    keep_original: bool = False,
    as_needed: bool = False,
    group: str = "",
    time: str = "",
    reason: str = "",
    folds: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SplitData:
    """Write `data/splits/<source>.csv` from the raw annotations; rows that have a split keep it, unless `again`.

    `keep_original` follows the splits that the data set came with (attribute `split`). `as_needed` takes the shares from the
    error that `acceptance.toml` tolerates. `group` and `time` name columns of the annotations (by default those of
    `data/schema.toml`): what belongs together, and when it was taken; with a time the newest pictures are the test set.
    Unlabelled and broken media are left out. Test sets with a name stay as they are, also with `again`. A test set that changed has a
    new version, `reason` tells why. `folds` numbers train and validation for cross-validation, 0 takes the numbers away; by default
    rows have folds where they had them.
    """
    time = time or declared_column(root, "time")
    found = gather(root, group=group, time=time, progress=progress)
    collection, rows, alike, extra = found.collection, found.rows, found.alike, found.extra
    wanted, expected = acceptance(root)
    if as_needed:
        shares = _needed_shares(len(rows) - len(extra), wanted=wanted, expected=expected)
    dealt_before = read_splits(root)
    away = _away(root, dealt_before, collection)
    elsewhere = {row.path for row in away}
    before = [row for row in dealt_before if row.path not in elsewhere and (not again or is_named_test(row.split))]
    if time:
        times = {medium.path: medium.annotation.attributes.get(time, "") for medium in collection.media}
        dealt = split_by_time(rows, times, shares=shares, before=before, together=alike, extra=extra)
    else:
        original = _original(collection.media) if keep_original else None
        dealt = split(rows, shares, before=before, together=alike, original=original, extra=extra, seed=seed)
    told = () if again and folds is not None else dealt_before
    k = folds_of(told) if folds is None else folds
    dealt = replace(dealt, rows=with_folds(dealt.rows, k, before=told, together=alike, extra=extra, seed=seed))
    adopted = record_tests(root, how="by hand", reason=reason)
    written = write_splits(root, [*dealt.rows, *away])
    versions = (*adopted, *record_tests(root, how="again" if again else "dealt", reason=reason))
    left_out = found.left_out | ({AWAY: tuple(row.path for row in away)} if away else {})
    left_out |= {UNPLACED: dealt.unplaced} if dealt.unplaced else {}
    counts = dealt.counts()
    labels = {row.label for row in rows}
    classes = [name for name in read_classes(root) if name in labels]
    classes += sorted(labels - set(classes))
    return SplitData(
        dealt=dealt,
        counts=counts,
        classes=tuple(classes),
        left_out=left_out,
        near_groups=len(alike),
        manifests=tuple(found.manifests),
        written=tuple(written),
        versions=versions,
        warnings=(*_warnings(counts, classes, wanted=wanted, expected=expected), *_undivided(rows, alike, counts)),
        half_width=half_width(counts["test"].total(), expected),
        expected=expected,
        extra=found.sources,
    )


def gather(root: Path, *, group: str = "", time: str = "", progress: Callable[[int, int], None] | None = None) -> Gathered:
    """Read annotations, manifests (which are refreshed) and pictures; raises where nothing can be dealt, or a column is not there."""
    pictures = Remembered(root)
    collection = read_collection(root)
    group = group_column(collection, group or declared_column(root, "group"))
    absent = set(collection.absent)
    found = pictures.facts([root / RAW / m.path for m in collection.media if m.path not in absent], progress=progress)
    manifests = refresh_manifests(root, digest=pictures.digest)
    pictures.close()
    facts = {path.relative_to(root / RAW).as_posix(): fact for path, fact in found.items()}
    for column in filter(None, (group, time)):
        _require(column, collection)
    rows, left_out = _rows(collection, read_manifests(root), facts, group=group)
    if not rows:
        raise _nothing(left_out)
    extra_of = extra_sources(root)
    extra = {row.path for row in rows if row.path.split("/")[0] in extra_of}
    if len(extra) == len(rows):
        raise ScaffoldError(
            f"Every source is extra ({', '.join(extra_of)}): there is nothing of your own to validate and test on.",
            reference="only-extra-sources",
            hint='Import data of your own, or take role = "extra" out of a source.toml.',
        )
    alike = near_groups({row.path: facts[row.path] for row in rows if row.path in facts})
    return Gathered(collection, rows, left_out, alike, manifests, extra_of, extra)


def _away(root: Path, before: list[Row], collection: Collection) -> list[Row]:
    """Rows of listed pictures whose annotations are not on this machine, and no more the pictures: not gone, only elsewhere (DVC)."""
    here = {medium.path for medium in collection.media} | set(collection.unannotated)
    present, listed = set(sources(root)), read_manifests(root)
    return [
        row
        for row in before
        if row.path not in here
        and row.path in listed
        and (row.path.split("/")[0] not in present or lies_elsewhere(root / RAW, row.path))
    ]


def _nothing(left_out: Mapping[str, tuple[str, ...]]) -> ScaffoldError:
    """What to say where no medium can be dealt."""
    return ScaffoldError(
        "There is no labelled medium to split.",
        reference="nothing-to-split",
        context="; ".join(f"{len(paths)} {reason}" for reason, paths in left_out.items()),
        hint=f"Write labels into the annotations.csv files under {RAW}." if left_out else "Next: mlscaffold data import FOLDER",
    )


def _rows(
    collection: Collection, manifest: Mapping[str, ManifestRow], facts: Mapping[str, Facts], *, group: str = ""
) -> tuple[list[Row], dict[str, tuple[str, ...]]]:
    """Rows that can be dealt, and by reason the paths of the others."""
    rows: list[Row] = []
    out: dict[str, list[str]] = {"without an annotation": list(collection.unannotated)}
    for medium in collection.media:
        fact = facts.get(medium.path)
        if medium.path not in manifest:
            out.setdefault("annotated, but not there", []).append(medium.path)
        elif not medium.annotation.label:
            out.setdefault("without a label", []).append(medium.path)
        elif fact is not None and fact.problem and not fact.pointer:
            out.setdefault("broken", []).append(medium.path)
        else:
            note = medium.annotation
            belongs = note.attributes.get(group, "") if group and group != "group" else note.group
            rows.append(Row(medium.path, manifest[medium.path].digest, note.label, belongs))
    return rows, {reason: tuple(paths) for reason, paths in out.items() if paths}


def group_column(collection: Collection, column: str) -> str:
    """The column that a person means with the group: a list's own name for it (`patient`) became `group` when it was imported."""
    known = {name for medium in collection.media for name in medium.annotation.attributes}
    grouped = any(medium.annotation.group for medium in collection.media)
    return "group" if column not in known and grouped and "group" in columns_of([column]) else column


def _require(column: str, collection: Collection) -> None:
    """Raise where no annotation has the column."""
    known = {name for medium in collection.media for name in medium.annotation.attributes} | {"group"}
    if column not in known:
        raise ScaffoldError(
            f'No annotation file has a column "{column}".',
            reference="no-such-column",
            context=f"Columns: {', '.join(sorted(known))}" if known else "",
            hint="Name a column that is there, here or in data/schema.toml.",
        )


def _needed_shares(total: int, *, wanted: float | None, expected: float) -> dict[str, float]:
    """The shares that give each split what the tolerable error asks for, as far as the data go."""
    if wanted is None:
        raise ScaffoldError(
            "The shares are to follow the tolerable error, and acceptance.toml names none.",
            reference="no-tolerable-error",
            hint="Write [tolerable] error = 0.02 into acceptance.toml.",
        )
    return shares_for(needed(wanted, expected), total)[0]


def _original(media: tuple[Medium, ...]) -> dict[str, str]:
    """The splits that the data set came with, by path."""
    named = {medium.path: medium.annotation.attributes.get("split", "").lower() for medium in media}
    return {path: SPLIT_NAMES[name] for path, name in named.items() if name in SPLIT_NAMES}


def acceptance(root: Path) -> tuple[float | None, float]:
    """The error that the team tolerates, and the value to expect: the threshold of the metric, else 0.9."""
    try:
        values: dict[str, Any] = tomllib.loads((root / "acceptance.toml").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None, USUAL  # a broken file is what a check of stage 1 says
    error = values.get("tolerable", {}).get("error")
    metric = values.get("metric", {}).get("optimise")
    expected = USUAL
    for threshold in values.get("thresholds", []):
        value = threshold.get("min")
        if threshold.get("metric") == metric and isinstance(value, int | float) and 0 < value < 1 and not threshold.get("class"):
            expected = float(value)
    usable = isinstance(error, int | float) and 0 < error < 1
    return (float(error) if usable else None), expected


def _undivided(rows: list[Row], alike: list[tuple[str, ...]], counts: Mapping[str, Counter[str]]) -> list[str]:
    """Why a split is empty, where a few large parts belong together."""
    if counts["validation"] and counts["test"]:
        return []
    sizes = sorted((len(bundle) for bundle in bundled(rows, alike)), reverse=True)
    if len(sizes) > len(rows) / 2:
        return []
    held = (
        "rows are one part that belongs"
        if len(sizes) == 1
        else f"rows are {len(sizes)} parts, up to {sizes[0]} pictures large, that each belong"
    )
    return [f"all {len(rows)} {held} together (by group, or as equal or alike pictures): a part is never divided"]


def _warnings(counts: Mapping[str, Counter[str]], classes: list[str], *, wanted: float | None, expected: float) -> list[str]:
    """What a person should know before relying on these splits."""
    found = []
    n = counts["test"].total()
    half = half_width(n, expected)
    if wanted is not None and half > wanted:
        need = test_size(wanted, expected)
        found.append(
            f"test has {n} images: a share of {expected:g} is known to ±{half:.3f} only; you tolerate {wanted:g} ({need} images)"
        )
    for name in BASE:
        total = counts[name].total()
        missing = [label for label in classes if not counts[name][label]]
        if total and missing and name != "eyeball":
            found.append(f"{name} has no image of {len(missing)} of {len(classes)} classes: {', '.join(missing[:5])}")
        elif not total and name in ("validation", "test"):
            found.append(f"{name} is empty")
    few = [f"{label} ({counts['test'][label]})" for label in classes if 0 < counts["test"][label] < FEW]
    if few:
        found.append(f"test has fewer than {FEW} images of {len(few)} of {len(classes)} classes: {', '.join(few[:5])}")
    return found
