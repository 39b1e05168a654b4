"""Make a named test set, extend a test set, or replace it; each change is a version, with who and why."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from mlscaffold.datasets.schema import declared_column
from mlscaffold.datasets.selection import selected
from mlscaffold.datasets.splits import SHARES, Row, bundled, places_before, read_splits, write_splits
from mlscaffold.datasets.testdeal import NONE, Pool, draw, pool_of
from mlscaffold.datasets.timesplit import moment
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import testsets
from mlscaffold.evidence.testsets import Version
from mlscaffold.evidence.wording import is_reason
from mlscaffold.practice.sizes import half_width
from mlscaffold.project import Project
from mlscaffold.splitnames import TEST, is_named_test, is_test
from mlscaffold.workflows.record_tests import record_tests
from mlscaffold.workflows.split_data import Gathered, acceptance, gather

REASONS = {
    "distribution": "Real inputs look otherwise than the pictures of this set.",
    "overfitted": "It was looked at so often that models were fitted to it.",
    "metric": "The metric on it measures something else than what the project wants.",
}
"""The good reasons to change a test set, from the practice notes: word → sentence."""
OLD = ("keep", "validation", "eyeball", "train")
"""Where the pictures of a replaced test set may go; `keep` gives them a name of their own."""


@dataclass(frozen=True)
class TestsChanged:
    """What became of a test set: `moved` counts its new pictures by the split that they came from, `left` names those that stayed.

    Of the `unassigned` rows `bound` belong together with test pictures, so that nothing can be learned from them.
    `versions` are the new ones, `adopted` those that record what people had changed before; `old` is where a replaced set went.
    """

    set: str
    how: str
    versions: tuple[Version, ...]
    adopted: tuple[Version, ...]
    moved: Counter[str]
    left: dict[str, tuple[str, ...]]
    unassigned: int
    bound: int
    old: dict[str, int]
    rows: int
    half_width: float
    expected: float
    written: tuple[str, ...]


def name_tests(
    root: Path,
    name: str,
    where: str,
    *,
    sources: Collection[str] = (),
    count: int | None = None,
    reason: str = "",
    who: str = "",
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TestsChanged:
    """Make the test set `test-<name>` of the pictures that `where` selects and that no split holds; `sources` may name `test` too.

    Raises where it exists, where nothing is selected, and where all that is selected was trained on or chosen by.
    """
    into = set_name(name)
    if into == TEST:
        raise UsageError("test is the test set that every project has.", reference="set-exists", hint="For example --named night")
    _allowed(sources, {TEST})
    now = _now(root, into, progress)
    if now.held:
        raise UsageError(
            f"{into} is there already, with {len(now.held)} pictures.",
            reference="set-exists",
            hint=f"mlscaffold data split --extend {name} --reason WHY",
        )
    pool = now.pool(where, {NONE, *sources})
    drawn = draw(pool, len(pool.rows) if count is None else count, seed=seed)
    return _done(root, now, drawn, pool=pool, how="named", reason=reason, where=where, who=who)


def extend_tests(
    root: Path,
    name: str,
    *,
    reason: str,
    where: str = "",
    sources: Collection[str] = (),
    count: int | None = None,
    share: float = SHARES[TEST],
    who: str = "",
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TestsChanged:
    """Deal new pictures, which no split holds, to a test set: `count`, else their `share` (of a named set: all that it selects)."""
    into, reason = set_name(name), checked_reason(reason, name)
    _allowed(sources, {TEST} - {into})
    now = _now(root, into, progress)
    now.need()
    where = where or now.where
    if into != TEST and not where:
        raise UsageError(f"What new pictures belong to {into}?", reference="no-selection", hint="--where COLUMN=VALUE")
    pool = now.pool(where, {NONE, *sources})
    wanted = len(pool.rows) if where else max(1, round(share * len(pool.rows)))
    drawn = draw(pool, wanted if count is None else count, seed=seed, newest=now.newest)
    return _done(root, now, drawn, pool=pool, how="extended", reason=reason, where=where, who=who)


def replace_tests(
    root: Path,
    name: str,
    *,
    reason: str,
    where: str = "",
    sources: Collection[str] = (),
    old: str = "keep",
    count: int | None = None,
    who: str = "",
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TestsChanged:
    """Draw a test set anew, from pictures that nothing was learned from: those of no split first, then of `sources` (validation).

    It gets as many as it had, or `count`. The old pictures keep a name of their own (`test-v1`), or go to the split `old`.
    """
    into, reason = set_name(name), checked_reason(reason, name)
    possible = ["validation"] if into == TEST else ["validation", TEST]
    _allowed(sources, possible)
    if old not in OLD:
        raise UsageError(f'"{old}" is no place for the old set.', reference="old-set", hint=f"--old {' | '.join(OLD)}")
    now = _now(root, into, progress)
    now.need()
    where = where or now.where
    wanted = len(now.held) if count is None else count
    whole = now.pool(where, {NONE, *sources}, possible=possible, anew=True)
    pool = now.pool(where, {NONE}, anew=True, may_be_empty=True) if sources else whole
    drawn = draw(pool, wanted, seed=seed, newest=now.newest)
    if len(drawn) < wanted:
        taken = {row.path for row in drawn}
        rest = tuple(bundle for bundle in whole.bundles if not taken & {row.path for row in bundle})
        drawn = sorted(
            [*drawn, *draw(replace(whole, bundles=rest), wanted - len(drawn), seed=seed, newest=now.newest)],
            key=lambda row: row.path,
        )
    kept = _kept_name(now)
    retired = {row.path: kept if old == "keep" else old for row in now.held}
    if old != "keep":  # a group of which another test set holds a part cannot be learned from
        for bundle in now.bundles:
            if any(is_test(split) and split != into for split in (now.places.get(row.path, NONE) for row in bundle)):
                retired |= {row.path: kept for row in bundle if row.path in retired}
    return _done(root, now, drawn, pool=whole, how="replaced", reason=reason, where=where, who=who, retired=retired)


def set_name(text: str) -> str:
    """The split that a person means by the name of a test set: `night` and `test-night` are the same; raises `UsageError`."""
    name = text.strip()
    full = name if is_test(name) else f"{TEST}-{name}"
    if is_test(full):
        return full
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
    raise UsageError(
        f'"{text}" cannot be the name of a test set: lower case letters, digits and hyphens, such as "night".',
        reference="set-name",
        hint=f'Is "{plain}" meant?' if is_named_test(f"{TEST}-{plain}") else "",
    )


def checked_reason(reason: str, name: str) -> str:
    """The sentence of one of the good reasons, or a reason in somebody's own words; raises `UsageError` without one."""
    text = " ".join(reason.split())
    if text in REASONS:
        return REASONS[text]
    if is_reason(text):
        return text
    raise UsageError(
        f"{set_name(name)} is changed for a reason only"
        + (f"; {text!r} is too short to be understood later, or says nothing." if text else "."),
        reference="no-reason",
        context="\n  ".join(f"{word}: {sentence}" for word, sentence in REASONS.items()),
        hint=f"--reason {' | '.join(REASONS)}, or a sentence of your own",
    )


@dataclass(frozen=True)
class _Now:
    """A project's rows as they are, seen from one test set; `held` are its rows."""

    into: str
    gathered: Gathered
    before: list[Row]
    places: dict[str, str]
    bundles: list[list[Row]]
    held: list[Row]
    where: str
    number: int
    times: dict[str, float]

    @property
    def newest(self) -> Callable[[Row], float] | None:
        """When a picture was taken, where data/schema.toml names a column for it: the newest are the test set."""
        return (lambda row: self.times[row.path]) if self.times else None

    def need(self) -> None:
        """Raise where the set does not exist."""
        if not self.held:
            known = sorted({row.split for row in self.before if is_test(row.split)})
            raise UsageError(
                f"There is no test set {self.into}.",
                reference="no-such-set",
                context=f"Test sets: {', '.join(known)}" if known else "",
                hint="mlscaffold data split" if self.into == TEST else "mlscaffold data split --named NAME --where COLUMN=VALUE",
            )

    def pool(
        self,
        where: str,
        sources: Collection[str],
        *,
        possible: Collection[str] = (TEST,),
        anew: bool = False,
        may_be_empty: bool = False,
    ) -> Pool:
        """What a selection finds in the sources (without one, all that lies there); raises where that is nothing.

        `anew`: the set is replaced, so that nothing is taken that belongs together with one of its pictures.
        """
        every = {row.path for row in self.gathered.rows if self.places.get(row.path, NONE) in sources}
        wanted = selected(self.gathered.collection, where) if where else every
        extra = wanted & self.gathered.extra
        wanted -= extra
        pool = pool_of(self.bundles, self.places, wanted, into=self.into, sources=sources)
        if extra and where:
            pool = replace(pool, left=pool.left | {"of an extra source, which nothing is measured on": tuple(sorted(extra))})
        if anew and pool.beside:
            apart = tuple(bundle for bundle in pool.bundles if bundle[0].path not in pool.beside)
            told = {f"in no split, but alike or grouped with pictures of {self.into}": tuple(sorted(pool.beside))}
            pool = Pool(apart, left=pool.left | told)
        if not pool.bundles and not may_be_empty:
            what = f"picture with {where}" if where else "new picture"
            hints = ["mlscaffold data import FOLDER"]
            held = set(self.places.values())
            hints += [f"--from {split}" for split in possible if split in held - {self.into, *sources}]
            raise ScaffoldError(
                f"No {what} can be a picture of {self.into}.",
                reference="no-test-pictures",
                context="; ".join(f"{len(paths)} {reason}" for reason, paths in pool.left.items()),
                hint=", or ".join(hints),
            )
        return pool


def _now(root: Path, into: str, progress: Callable[[int, int], None] | None) -> _Now:
    gathered = gather(root, progress=progress)
    before = read_splits(root)
    places = places_before(gathered.rows, before)
    newest = testsets.newest(Project(root), into)
    return _Now(
        into,
        gathered,
        before,
        places,
        bundled(gathered.rows, gathered.alike),
        [row for row in before if row.split == into],
        newest.where if newest and into != TEST else "",  # what was once selected for test is no rule for it
        _number(newest, [row.digest for row in before if row.split == into]),
        _times(root, gathered),
    )


def _done(
    root: Path,
    now: _Now,
    drawn: list[Row],
    *,
    pool: Pool,
    how: str,
    reason: str,
    where: str,
    who: str,
    retired: Mapping[str, str] | None = None,
) -> TestsChanged:
    """Write the tables and the versions."""
    if not drawn:
        smallest = min(len(bundle) for bundle in pool.bundles)
        raise ScaffoldError(
            f"So few pictures cannot be drawn: the smallest group that stays together has {smallest}.",
            reference="no-test-pictures",
            hint=f"--count {smallest}",
        )
    adopted = record_tests(root, how="by hand", who=who)
    retired = dict(retired or {})
    taken = {row.path for row in drawn}
    renamed = {row.digest for row in drawn} - {row.digest for row in now.before if row.path in taken}
    kept = [
        replace(row, split=retired.get(row.path, row.split))
        for row in now.before
        if row.path not in taken and not (row.digest in renamed and row.path not in now.places)
    ]
    rows = [*kept, *(replace(row, split=now.into) for row in drawn)]
    written = write_splits(root, rows)
    hows = (
        {split: "parted" for split in now.places.values() if is_test(split)}
        | {now.into: how}
        | {split: "kept" for split in retired.values() if is_test(split)}
    )
    versions = record_tests(root, how=hows, reason=reason, where=where, who=who)
    size = sum(row.split == now.into for row in rows)
    expected = acceptance(root)[1]
    dealt = {row.path: row.split for row in rows}
    free = {row.path for row in now.gathered.rows} - dealt.keys()
    bound = {
        row.path for bundle in now.bundles if any(is_test(dealt.get(row.path, NONE)) for row in bundle) for row in bundle
    } & free
    return TestsChanged(
        set=now.into,
        how=how,
        versions=versions,
        adopted=adopted,
        moved=Counter(now.places.get(row.path, NONE) for row in drawn),
        left=pool.left,
        unassigned=len(free),
        bound=len(bound),
        old=dict(Counter(retired.values())),
        rows=size,
        half_width=half_width(size, expected),
        expected=expected,
        written=tuple(written),
    )


def _times(root: Path, gathered: Gathered) -> dict[str, float]:
    """When each picture was taken, by the column that is declared; what has no time is the oldest."""
    column = declared_column(root, "time")
    if not column:
        return {}
    told = {m.path: moment(m.annotation.attributes.get(column, "")) for m in gathered.collection.media}
    return {row.path: -inf if (when := told.get(row.path)) is None else when for row in gathered.rows}


def _number(newest: Version | None, digests: list[str]) -> int:
    """The number of today's version: one more than is recorded where people changed the tables."""
    if newest is None:
        return 1
    return newest.number + (newest.digest != testsets.digest_of(digests))


def _kept_name(now: _Now) -> str:
    """The name under which the pictures of a replaced set stay together: `test-v1`."""
    name = f"{now.into}-v{now.number}"
    if any(row.split == name for row in now.before):
        raise UsageError(f"{name} is there already.", reference="set-exists", hint=f"--old {' | '.join(OLD[1:])}")
    return name


def _allowed(sources: Iterable[str], possible: Collection[str]) -> None:
    """Raise where pictures are to come from a split that a test set cannot be made of."""
    for split in sources:
        if split not in possible:
            why = (
                "was trained on"
                if split in ("train", "augmented")
                else "had a part in choices"
                if not is_test(split)
                else "is one"
            )
            raise UsageError(
                f"A test set is not made of {split}: it {why}.",
                reference="not-untouched",
                hint=f"--from {' or '.join(sorted(possible))}" if possible else "",
            )
