"""preparation.split-leakage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlscaffold.checks import at, check, fail, unknown, warn
from mlscaffold.evidence import data, effects, media, tables
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import is_split, is_test, order

if TYPE_CHECKING:
    from mlscaffold.datasets.duplicates import Alike
    from mlscaffold.datasets.images import Facts

SEVERAL = 5
KINDS = ("the same file", "the same pixels", "saved again or scaled", "mirrored", "turned or flipped")


@dataclass(frozen=True)
class Item:
    """A picture of a split: its path under `data/raw`, and the row that puts it there."""

    split: str
    path: str
    fold: str
    file: str
    line: int


Leaks = dict[tuple[str, str], dict[Item, tuple[int, Item]]]
"""(earlier split, later split) → picture of the later one → its twin in the earlier one, and which of KINDS it is."""


@check(proves="disjoint-splits", reads=("data/splits", "data/raw", "data/processed"), always=True)
def split_leakage(project: Project) -> Iterator[Finding]:
    """No picture is in two splits.

    ## Why
    A test picture seen in training makes every later number a lie.

    ## Evidence
    Digests of files in the split tables and of pixels in the processed annotations, which are committed; where the pictures are
    here, near-duplicates too (saved again, scaled, mirrored, turned by quarters): a perceptual hash proposes, pixels decide. Crops are
    not found. Where only prepared pictures are here, what looks alike is unknown.
    Copies within one split are no leak; what two test sets share is a warning, since nothing is learned from either. Where a table
    lists its pictures once a fold (column `fold`), training and validation are compared fold by fold.

    ## Fix
    `mlscaffold data split` keeps equal and near-equal pictures together; what lies in two splits goes out of train.
    """
    rows = data.splits(project)
    folds = _folds(project) if len({r.path for r in rows}) < len(rows) else {}
    items = [Item(r.split, r.path, folds.get((r.file, r.line), ""), r.file, r.line) for r in rows]
    leaks: Leaks = defaultdict(dict)
    for key in ("path", "digest"):
        _cross(leaks, ((getattr(r, key), item) for r, item in zip(rows, items, strict=True)), 0)
    prepared = _prepared(project)
    place = {(i.split, i.path): i for i in items}
    label_of = {r.path: r.label for r in rows}
    _cross(leaks, ((p.digest, place.get((p.split, p.origin), _item(p))) for p in prepared), 1)
    facts = _facts(project, items, prepared)
    blank = {path for path, f in facts.items() if f.blank}
    raw = data.raw_media(project)
    _near(leaks, facts, items, media.alike(project, facts))
    doubtful: list[str] = []
    for (first, second), found in sorted(leaks.items(), key=lambda pair: order(pair[0][1]), reverse=True):
        kept = {item: twin for item, twin in found.items() if twin[0] != 1 or item.path not in blank}
        # Prepared small, different things look alike: only raw pictures tell near-duplicates.
        small = [i for i, (kind, twin) in kept.items() if kind > 1 and not {i.path, twin.path} <= raw.keys()]
        doubtful += [i.path for i in small]
        kept = {item: twin for item, twin in kept.items() if item not in small}
        if kept:
            total = sum(i.split == second for i in items)
            yield _finding(project, first, second, kept, total=total, whose=_one_class(kept, label_of))
    if doubtful:
        yield unknown(
            f"{count(len(doubtful), 'picture')} {'looks' if len(doubtful) == 1 else 'look'} like one of another split as prepared, and the raw ones are not here to"
            f" decide: {few(doubtful)}",
            "data/processed",
        )
    if len({r.path for r in rows}) > len(facts):
        yield unknown(
            f"{len({r.path for r in rows}) - len(facts)} of {len(rows)} pictures are not on this machine: digests were compared,"
            " near-duplicates among them were not looked for",
            "data/raw",
        )


def _finding(
    project: Project, first: str, second: str, found: dict[Item, tuple[int, Item]], *, total: int, whose: str
) -> Finding:
    kinds = [kind for kind, _ in found.values()]
    how = ", ".join(f"{kinds.count(k)} {name}" for k, name in enumerate(KINDS) if k in kinds)
    item, (_, twin) = min(found.items(), key=lambda pair: (pair[1][0], pair[0].path))
    effect = effects.without(project, {i.path for i in found}) if second == "test" else None
    change = f"; accuracy {effect.reported:.3f}, and {effect.corrected:.3f} without them" if effect else ""
    places = [at(i.file, i.line) for i in sorted(found, key=lambda i: (i.file, i.line))[:3]]
    if is_test(first):
        return warn(
            f"{len(found)} of {count(total, f'{second} picture')} {'is' if len(found) == 1 else 'are'} in {first} too ({how}{whose}),"
            f" first {item.path} = {twin.path}: each number holds by itself, the two are not independent",
            *places,
            fix=f"take them out of {first} or of {second}, if their numbers are to be compared or put together",
        )
    return fail(
        f"{len(found)} of {count(total, f'{second} picture')} {'is' if len(found) == 1 else 'are'} in {first} too ({how}{whose}),"
        f" first {item.path} = {twin.path}{change}",
        *places,
        fix="mlscaffold data split",
        effect=effect,
        items=[f"{data.RAW}/{one.path}" for item, (_, twin) in found.items() for one in (item, twin)],
    )


def _one_class(found: dict[Item, tuple[int, Item]], label_of: dict[str, str]) -> str:
    """Words for several leaked pictures that are all of one class of many: oversampled before the split, perhaps."""
    leaked = {label_of.get(item.path, "") for item in found}
    if len(found) < SEVERAL or len(leaked) > 1 or len(set(label_of.values())) < 2:
        return ""
    return f', all of class "{leaked.pop()}"'


def _cross(leaks: Leaks, keyed: Iterable[tuple[str, Item]], kind: int) -> None:
    """Note the pictures that share a key across splits."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for key, item in keyed:
        if key:
            groups[key].append(item)
    for group in groups.values():
        if len({i.split for i in group}) > 1:
            first_of: dict[tuple[str, str], Item] = {}
            for item in group:
                first_of.setdefault((item.split, item.fold), item)
            for item in group:
                for twin in first_of.values():
                    _note(leaks, item, twin, kind)


def _note(leaks: Leaks, one: Item, other: Item, kind: int) -> None:
    if one.split == other.split or not (is_split(one.split) and is_split(other.split)):
        return
    if one.fold and other.fold and one.fold != other.fold and not (is_test(one.split) or is_test(other.split)):
        return
    earlier, later = sorted((one, other), key=lambda i: order(i.split))
    leaks[earlier.split, later.split].setdefault(later, (kind, earlier))


def _near(leaks: Leaks, facts: dict[str, Facts], items: list[Item], near: list[Alike]) -> None:
    """Note equal pixels and near-duplicates among the pictures that are here."""
    from mlscaffold.datasets.turned import turned_pairs

    here: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        here[item.path].append(item)
    equal: dict[str, list[str]] = defaultdict(list)
    for path, f in facts.items():
        if f.pixels:
            equal[f.pixels].append(path)
    _cross(leaks, ((pixels, i) for pixels, paths in equal.items() for path in paths for i in here[path]), 1)
    proposed = [(pair, 3 if pair.mirrored else 2) for pair in near] + [(pair, 4) for pair in turned_pairs(facts)]
    for pair, kind in proposed:
        groups = [[i for path in equal[facts[key].pixels] for i in here[path]] for key in (pair.first, pair.second)]
        for one in groups[0]:
            for other in groups[1]:
                _note(leaks, one, other, kind)


def _facts(project: Project, items: list[Item], prepared: list[data.Processed]) -> dict[str, Facts]:
    """What is known of the pictures that are here, raw or else processed, by their path under `data/raw`."""
    wanted = {i.path for i in items}
    raw = {path: digest for path, digest in data.raw_media(project).items() if path in wanted}
    found = {path: f for path, f in media.facts(project, raw, base=data.RAW).items() if not f.pointer}
    lacking = {p.path: p.origin for p in prepared if p.origin in wanted and p.origin not in found}
    if lacking:
        here = {
            path: d
            for s in data.prepared_splits(project)
            for path, d in data.processed_media(project, s).items()
            if path in lacking
        }
        seen = media.facts(project, here, base="data/processed")
        found |= {lacking[path]: f for path, f in seen.items() if not f.pointer}
    return found


def _prepared(project: Project) -> list[data.Processed]:
    try:
        return data.processed(project)
    except Missing:
        return []


def _item(row: data.Processed) -> Item:
    return Item(row.split, row.origin or row.path, "", row.file, row.line)


def _folds(project: Project) -> dict[tuple[str, int], str]:
    files = [project.read(tables.read, f) for f in project.glob("data/splits/*.csv")]
    return {(table.path, row.line): row.get("fold") for table in files for row in table.rows}
