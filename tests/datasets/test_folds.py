from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscaffold.datasets.folds import folds_of, with_folds
from mlscaffold.datasets.splits import Row, read_splits, split, write_splits
from mlscaffold.errors import ScaffoldError, UsageError


def rows_of(count: int, *, source: str = "shop", labels: str = "ab", group: int = 0) -> list[Row]:
    """Rows of a source, their labels by turns; with `group` as many in a group."""
    return [
        Row(f"{source}/{i:03d}.png", f"{source}-{i}", labels[i % len(labels)], f"{source}-{i // group}" if group else "")
        for i in range(count)
    ]


def folds(rows: tuple[Row, ...]) -> dict[str, str]:
    return {row.path: row.fold for row in rows if row.fold}


def test_folds_are_alike_and_of_train_and_validation_only() -> None:
    rows = with_folds(split(rows_of(400)).rows, 5)
    assert folds_of(rows) == 5
    assert {row.split for row in rows if row.fold} == {"train", "validation"}
    assert not [row for row in rows if row.split in ("train", "validation") and not row.fold]
    assert set(Counter((row.fold, row.label) for row in rows if row.fold).values()) == {30}


def test_what_belongs_together_has_one_fold() -> None:
    dealt = split(rows_of(200, group=4)).rows
    pair = [row.path for row in dealt if row.split == "train"][:12:11]
    rows = with_folds(dealt, 4, together=[pair])
    places: dict[str, set[str]] = {}
    for row in rows:
        places.setdefault(row.group, set()).add(row.fold)
    assert all(len(found) == 1 for found in places.values())
    assert len({row.fold for row in rows if row.path in pair}) == 1


def test_a_row_keeps_its_fold_and_another_number_deals_anew() -> None:
    first = with_folds(split(rows_of(200)).rows, 5)
    more = split([*rows_of(200), *rows_of(60, source="new")], before=first).rows
    second = with_folds(more, 5, before=first)
    assert folds(first).items() <= folds(second).items()
    assert len(set(Counter(row.fold for row in second if row.fold).values())) <= 2
    assert folds(with_folds(second, 5, before=second)) == folds(second)
    assert folds_of(with_folds(second, 3, before=second)) == 3
    assert folds(with_folds(second, 0, before=second)) == {}


def test_extra_rows_have_a_fold_only_with_one_of_your_own() -> None:
    own, web = rows_of(60), rows_of(20, source="web")
    extra = {row.path for row in web}
    dealt = split([*own, *web], extra=extra).rows
    twin = next(row.path for row in dealt if row.split == "train" and row.path not in extra)
    copy = next(row.path for row in dealt if row.split == "train" and row.path in extra)
    rows = with_folds(dealt, 3, together=[[twin, copy]], extra=extra)
    assert {row.path for row in rows if row.fold and row.path in extra} == {copy}
    assert len({row.fold for row in rows if row.path in (twin, copy)}) == 1


@pytest.mark.parametrize("k", [1, -2, 101])
def test_numbers_that_are_no_folds(k: int) -> None:
    with pytest.raises(UsageError, match="folds cannot be dealt"):
        with_folds(rows_of(10), k)


def test_more_folds_than_there_are_parts() -> None:
    with pytest.raises(UsageError, match="fall into 2 parts"):
        with_folds([replace(row, split="train") for row in rows_of(10, group=5)], 3)


def test_the_column_is_there_only_where_there_are_folds(tmp_path: Path) -> None:
    dealt = split(rows_of(20)).rows
    write_splits(tmp_path, dealt)
    table = tmp_path / "data/splits/shop.csv"
    assert table.read_text().splitlines()[0] == "path,digest,label,group,split"
    write_splits(tmp_path, with_folds(dealt, 2))
    assert table.read_text().splitlines()[0] == "path,digest,label,group,split,fold"
    assert tuple(read_splits(tmp_path)) == with_folds(dealt, 2)
    table.write_text(table.read_text().replace(",train,1", ",train,first", 1))
    with pytest.raises(ScaffoldError, match=r'data/splits/shop.csv:\d+: fold "first" is no number'):
        read_splits(tmp_path)


OWN, WEB = st.tuples(st.integers(60, 90), st.integers(0, 60)), st.tuples(st.integers(0, 60), st.integers(0, 60))
GROUPED = st.integers(0, 4)


@settings(max_examples=60, deadline=None)
@given(own=OWN, web=WEB, group=GROUPED, k=st.integers(2, 6), seed=st.integers(0, 5))
def test_adding_data_leaves_every_old_row_where_it_is(
    own: tuple[int, int], web: tuple[int, int], group: int, k: int, seed: int
) -> None:
    """Whatever is added, of either kind and in groups or not: no row changes split or fold, in the fifth split as in the others.

    The one exception: where `augmented` is still empty, it opens with rows of train, and only those move.
    """

    def deal(mine: int, others: int, before: tuple[Row, ...]) -> tuple[Row, ...]:
        rows = [*rows_of(mine, group=group), *rows_of(others, source="web", labels="abc", group=group)]
        held = {row.path: row for row in before}
        # Old groups take no new rows here: a group that grows may draw its rows together, which is a move with a reason.
        rows = [row if row.path in held or not group else replace(row, group=f"{len(before)}-{row.group}") for row in rows]
        rows = [replace(held[row.path], split="", fold="") if row.path in held else row for row in rows]
        extra = {row.path for row in rows if row.path.startswith("web/")}
        dealt = split(rows, before=before, extra=extra, seed=seed)
        return with_folds(dealt.rows, k, before=before, extra=extra, seed=seed)

    first = deal(own[0], web[0], ())
    second = deal(own[0] + own[1], web[0] + web[1], first)
    now = {row.path: (row.split, row.fold) for row in second}
    moved = {(row.split, now[row.path][0]) for row in first if now[row.path] != (row.split, row.fold)}
    opens = web[0] + web[1] and not any(row.split == "augmented" for row in first)
    assert moved <= ({("train", "augmented")} if opens else set())
    assert {row.split for row in second if row.path.startswith("web/")} <= {"train", "augmented"}
