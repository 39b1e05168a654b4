"""Deal rows into train, validation, eyeball and test: by label, whole groups at a time, the same way every time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from mlscaffold.datasets.duplicates import join
from mlscaffold.datasets.tables import read_table, write_table
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.splitnames import AUGMENTED, BASE, HINT, TEST, is_named_test, is_split, is_test, order, present

SHARES = {"train": 0.6, "validation": 0.15, "eyeball": 0.05, "test": 0.2}
HELD_OUT = 0.1
"""Share of train that `augmented` holds out where there are extra sources and no other is named."""
LEARNED = frozenset({"train", AUGMENTED})
"""The splits that are drawn from what the model learns from: no number of theirs is one of where it will work."""
FOLDER = Path("data/splits")
COLUMNS = ("path", "digest", "label", "group", "split")


@dataclass(frozen=True)
class Row:
    """A row of a split table: `path` under `data/raw`, digest of the file, label, group, split and fold (which may be empty)."""

    path: str
    digest: str
    label: str
    group: str = ""
    split: str = ""
    fold: str = ""


@dataclass(frozen=True)
class Dealt:
    """The rows with their splits, and what was done: new, moved out of a split (path -> from), gone, relabelled.

    `unplaced` are rows of extra sources that no split may hold: what belongs to them is measured on.
    """

    rows: tuple[Row, ...]
    assigned: int = 0
    moved: dict[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    contradictory: tuple[tuple[str, ...], ...] = ()
    unplaced: tuple[str, ...] = ()

    def counts(self) -> dict[str, Counter[str]]:
        """Labels of each split."""
        found: dict[str, Counter[str]] = {name: Counter() for name in present(row.split for row in self.rows)}
        for row in self.rows:
            found[row.split][row.label] += 1
        return found


def check_shares(shares: Mapping[str, float], *, extra: bool = False) -> dict[str, float]:
    """The shares in order, brought to sum 1 and without the empty ones; raises where they cannot be dealt by.

    With extra sources `augmented` has a share too: by default a tenth of train's.
    """
    known = (*BASE, AUGMENTED) if extra else BASE
    unknown = sorted(shares.keys() - set(known))
    if unknown == [AUGMENTED]:
        raise UsageError(
            f"{AUGMENTED} is held out of data with extra sources, and there are none.",
            reference="no-extra-source",
            hint="mlscaffold data import FOLDER --extra, or leave the share out.",
        )
    if unknown:
        raise UsageError(
            f'"{unknown[0]}" is no split to deal into.', reference="unknown-split", hint=f"Splits: {', '.join(known)}."
        )
    if any(not 0 <= share <= 100 for share in shares.values()):
        raise UsageError("A share lies between 0 and 1.", reference="share-range")
    total = sum(shares.values())
    if total <= 0 or not all(shares.get(name) for name in ("train", "test")):
        raise UsageError("Train and test each need a share.", reference="share-missing")
    if abs(total - 1) > 0.005 and abs(total - 100) > 0.5:
        raise UsageError(f"The shares sum to {total:g}, not 1.", reference="share-sum")
    if extra and AUGMENTED not in shares:
        shares = {**shares, "train": shares["train"] * (1 - HELD_OUT), AUGMENTED: shares["train"] * HELD_OUT}
    return {name: shares[name] / total for name in present(shares) if shares.get(name)}


def split(
    rows: Iterable[Row],
    shares: Mapping[str, float] | None = None,
    *,
    before: Iterable[Row] = (),
    together: Iterable[Sequence[str]] = (),
    original: Mapping[str, str] | None = None,
    extra: Collection[str] = (),
    seed: int = 0,
) -> Dealt:
    """Give every row a split.

    `before` are the rows of the tables as they stand: a row keeps its split, found by path, else by digest (a renamed file). Rows
    of one declared group, of one digest, and of each of `together` (paths of near-duplicates) stay in one split; where they
    already lie in two, all go to the one that comes later in train, validation, eyeball, test (`settled`). `original` (path -> split) is
    followed where a row has no split yet; a split that no original names is taken from its train. New rows fill each label up
    to its share, in an order that only content and `seed` decide, not names or the order of the files. `extra` are the paths of
    extra sources: they go into train and `augmented` only, and nowhere where what belongs to them is measured on.
    """
    dealt = check_shares(shares or SHARES, extra=bool(extra))
    rows = sorted(rows, key=lambda row: row.path)
    before = list(before)
    kept = places_before(rows, before)
    bundles = bundled(rows, together)
    learned = {name: share for name, share in dealt.items() if name in LEARNED}
    held = learnable(kept, extra) | opened(bundles, kept, learned, seed=seed)
    wishes = {path: place for path, place in (original or {}).items() if path not in extra}
    unoriginal = {name: share for name, share in dealt.items() if name == "train" or name not in set(wishes.values())}
    choice: dict[str, str] = {}
    unplaced: list[str] = []
    pools: dict[str, list[list[Row]]] = {"any": [], "train": [], "extra": []}
    for bundle in bundles:
        wished = {wishes[row.path] for row in bundle if row.path in wishes}
        places = {row.path: held[row.path] for row in bundle if row.path in held}
        if places:
            choice |= settled(bundle, places)
        elif wished - {"train"}:
            choice |= dict.fromkeys((row.path for row in bundle), max(wished, key=order))
        mine = [row for row in bundle if row.path not in extra]
        mixed = len(mine) < len(bundle)
        if mixed and choice.get(bundle[0].path, "train") not in LEARNED:
            unplaced += [row.path for row in bundle if row.path in extra]
            bundle, mixed = mine, False  # noqa: PLW2901 - what is left of it
        if not wished - {"train"} and not is_named_test(choice.get(bundle[0].path, "")):
            pools["extra" if mixed else "train" if wished else "any"].append(bundle)
    for name, pool in pools.items():
        choice |= fill(pool, {"any": dealt, "train": unoriginal, "extra": learned}[name], choice, seed=seed)
    rows = [replace(row, split=choice[row.path]) for row in rows if row.path not in set(unplaced)]
    return result(rows, before, kept=kept, bundles=bundles, unplaced=unplaced)


def learnable(kept: Mapping[str, str], extra: Collection[str]) -> dict[str, str]:
    """The splits that rows keep: one of an extra source keeps none that is measured on."""
    return {path: place for path, place in kept.items() if path not in extra or place in LEARNED}


def opened(bundles: list[list[Row]], kept: Mapping[str, str], learned: Mapping[str, float], *, seed: int) -> dict[str, str]:
    """Where `augmented` opens: its share of what train holds, so that it is drawn as train is. Later no row moves for it."""
    if AUGMENTED not in learned or AUGMENTED in kept.values():
        return {}
    return fill([b for b in bundles if {kept.get(row.path) for row in b} == {"train"}], learned, {}, seed=seed)


def settled(bundle: Sequence[Row], held: Mapping[str, str]) -> dict[str, str]:
    """Splits of rows that belong together, of which some have one: all go to the latest, so training loses rows and test never does.

    A row of a test set stays in that one; the others go to `test`, also where only a set with a name holds one of them: what that
    set is made of was selected, and no dealing adds to it.
    """
    places = set(held.values())
    latest = TEST if any(map(is_test, places)) else max(places, key=order)
    return {row.path: held[row.path] if is_test(held.get(row.path, "")) else latest for row in bundle}


def fill(pool: list[list[Row]], shares: Mapping[str, float], choice: Mapping[str, str], *, seed: int) -> dict[str, str]:
    """Splits of the bundles of a pool that have none yet, so that with the others each label comes near its shares."""
    deal = _Deal(shares, pool)
    for bundle in pool:
        if bundle[0].path in choice:
            deal.put(bundle, choice[bundle[0].path])
    filled: dict[str, str] = {}
    waiting = [bundle for bundle in pool if bundle[0].path not in choice]
    for bundle in sorted(waiting, key=lambda bundle: (-len(bundle), _chance(bundle, seed))):
        place = deal.best(bundle)
        deal.put(bundle, place)
        filled |= {row.path: place for row in bundle}
    return filled


def result(
    rows: list[Row], before: list[Row], *, kept: dict[str, str], bundles: list[list[Row]], unplaced: Sequence[str] = ()
) -> Dealt:
    """The rows dealt, with what changed."""
    labels = {row.path: row.label for row in before}
    return Dealt(
        tuple(rows),
        sum(row.path not in kept for row in rows),
        {row.path: kept[row.path] for row in rows if kept.get(row.path, row.split) != row.split},
        tuple(sorted({row.path for row in before} - {row.path for row in rows} - set(unplaced))),
        tuple(row.path for row in rows if labels.get(row.path, row.label) != row.label),
        tuple(tuple(r.path for r in bundle) for bundle in bundles if _contradicts(bundle)),
        tuple(unplaced),
    )


def _contradicts(bundle: list[Row]) -> bool:
    """Whether equal files in it have two labels."""
    labels = defaultdict(set)
    for row in bundle:
        labels[row.digest].add(row.label)
    return any(len(found) > 1 for found in labels.values())


def places_before(rows: list[Row], before: list[Row]) -> dict[str, str]:
    """The split that each row already has, by path; a renamed file is known by its digest."""
    by_path = {row.path: row for row in before}
    paths = {row.path for row in rows}
    renamed = {row.digest: row.split for row in before if row.path not in paths}
    kept = {}
    for row in rows:
        if row.path in by_path:
            kept[row.path] = by_path[row.path].split
        elif row.digest in renamed:
            kept[row.path] = renamed[row.digest]
    return kept


def bundled(rows: list[Row], together: Iterable[Sequence[str]]) -> list[list[Row]]:
    """Rows that must stay in one split."""
    by_path = {row.path: row for row in rows}
    first: dict[tuple[str, str], str] = {}
    links = []
    for row in rows:
        for key in [("digest", row.digest), *([("group", row.group)] if row.group else [])]:
            links.append((first.setdefault(key, row.path), row.path))
    for paths in together:
        present = [path for path in paths if path in by_path]
        links += [(present[0], other) for other in present[1:]]
    groups = join((a, b) for a, b in links if a != b)
    grouped = {path for group in groups for path in group}
    return [[by_path[path] for path in group] for group in groups] + [[row] for row in rows if row.path not in grouped]


def _chance(bundle: list[Row], seed: int) -> str:
    """A place in an order that looks random and depends on the content alone."""
    return sha256(f"{seed}:{min(row.digest for row in bundle)}".encode()).hexdigest()


class _Deal:
    """How many of each label every split has, and should have."""

    def __init__(self, shares: Mapping[str, float], bundles: list[list[Row]]) -> None:
        whole = sum(shares.values())
        self.shares = {name: share / whole for name, share in shares.items()}
        self.have: dict[str, Counter[str]] = defaultdict(Counter)
        self.total = Counter(row.label for bundle in bundles for row in bundle)
        pieces = Counter(label for bundle in bundles for label in {row.label for row in bundle})
        self.floor = {label: 1.0 if pieces[label] >= 3 else 0.0 for label in self.total}

    def put(self, bundle: list[Row], place: str) -> None:
        """Count the rows as dealt to a split."""
        self.have[place].update(row.label for row in bundle)

    def best(self, bundle: list[Row]) -> str:
        """The split that lacks most of these labels; where equal, most of all; where that is equal, the larger share."""
        labels = Counter(row.label for row in bundle)

        def lack(name: str) -> tuple[float, float, float]:
            missing = sum(n * (self.wanted(label, name) - self.have[name][label]) for label, n in labels.items())
            everywhere = self.shares[name] * self.total.total() - self.have[name].total()
            return round(missing / len(bundle), 9), round(everywhere, 9), self.shares[name]

        return max(self.shares, key=lack)

    def wanted(self, label: str, name: str) -> float:
        """Rows of the label that the split should have: its share, and of a rare label at least one to validate and to test."""
        return max(self.shares[name] * self.total[label], 0.0 if name in ("eyeball", AUGMENTED) else self.floor[label])


def read_splits(root: Path) -> list[Row]:
    """All rows of all split tables; raises what a person can mend."""
    rows = []
    for path in sorted((root / FOLDER).glob("*.csv")):
        for line, cells in read_table(path, COLUMNS):
            if not is_split(cells["split"]):
                raise ScaffoldError(
                    f'{FOLDER / path.name}:{line}: "{cells["split"]}" is no split.',
                    reference="unknown-split",
                    hint=HINT,
                )
            fold = cells.get("fold", "").strip()
            if fold and not (fold.isdecimal() and int(fold)):
                raise ScaffoldError(
                    f'{FOLDER / path.name}:{line}: fold "{fold}" is no number from 1 on.',
                    reference="broken-fold",
                    hint="Mend that line, or empty the column; mlscaffold data split --folds K fills it again.",
                )
            name, digest, label, group, place = (cells[column] for column in COLUMNS)
            rows.append(Row(name, digest, label, group, place, fold))
    return rows


def write_splits(root: Path, rows: Iterable[Row]) -> list[str]:
    """Write a table a source (the first folder of the path), sorted; a source without rows loses its table. Files changed."""
    by_source: dict[str, list[Row]] = defaultdict(list)
    ordered = sorted(rows, key=lambda row: row.path)
    columns = (*COLUMNS, *(("fold",) if any(row.fold for row in ordered) else ()))
    for row in ordered:
        by_source[row.path.split("/")[0]].append(row)
    changed = []
    for source, own in sorted(by_source.items()):
        values = ({name: getattr(row, name) for name in columns} for row in own)
        if write_table(root / FOLDER / f"{source}.csv", columns, values):
            changed.append((FOLDER / f"{source}.csv").as_posix())
    for path in sorted((root / FOLDER).glob("*.csv")):
        if path.stem not in by_source:
            path.unlink()
            changed.append((FOLDER / path.name).as_posix())
    return changed
