"""Which pictures may become test pictures, and which of them do."""

from __future__ import annotations

from collections import Counter

from mlscaffold.datasets.splits import Row, bundled
from mlscaffold.datasets.testdeal import NONE, Pool, draw, pool_of


def rows(n: int, *, label: str = "a", start: int = 0, group: str = "") -> list[Row]:
    return [Row(f"shop/{label}{i:03}.png", f"{label}{i:03}", label, group) for i in range(start, start + n)]


def pool(every: list[Row], kept: dict[str, str], *, into: str = "test", sources: tuple[str, ...] = (NONE,)) -> Pool:
    return pool_of(bundled(every, []), kept, {row.path for row in every}, into=into, sources=sources)


def test_only_rows_without_a_split_are_free_and_the_others_are_counted() -> None:
    every = rows(10)
    kept = {every[0].path: "train", every[1].path: "validation", every[2].path: "test", every[3].path: "test-night"}
    found = pool(every, kept)
    assert [row.path for row in found.rows] == [row.path for row in every[4:]]
    assert {reason: len(paths) for reason, paths in found.left.items()} == {"in train": 1, "in validation": 1, "in test-night": 1}


def test_a_group_that_touches_train_stays() -> None:
    meadow = rows(3, group="meadow")
    found = pool([*meadow, *rows(2, start=50)], {meadow[0].path: "train"})
    assert len(found.rows) == 2
    assert found.left["in no split, but alike or grouped with pictures of train"] == (meadow[1].path, meadow[2].path)


def test_a_group_of_which_test_holds_a_part_may_go_and_goes_first() -> None:
    meadow = rows(3, group="meadow")
    found = pool([*meadow, *rows(40, start=50)], {meadow[0].path: "test"})
    assert found.beside == {meadow[1].path, meadow[2].path}
    assert {row.path for row in draw(found, 2)} == found.beside


def test_test_is_a_source_where_it_is_named() -> None:
    every = rows(4)
    kept = {row.path: "test" for row in every}
    assert pool(every, kept, into="test-night").left == {"in test": tuple(row.path for row in every)}
    assert len(pool(every, kept, into="test-night", sources=(NONE, "test")).rows) == 4


def test_each_label_gets_its_share_and_never_more_rows_than_asked_for() -> None:
    every = [*rows(60, label="a"), *rows(30, label="b"), *rows(10, label="c")]
    drawn = draw(pool(every, {}), 20)
    assert Counter(row.label for row in drawn) == {"a": 12, "b": 6, "c": 2}
    assert draw(pool(every, {}), 20) == draw(pool(every[::-1], {}), 20) != draw(pool(every, {}), 20, seed=1)
    assert len(draw(pool(every, {}), 500)) == 100


def test_groups_go_whole() -> None:
    every = [row for i in range(6) for row in rows(4, start=10 * i, group=f"g{i}")]
    drawn = draw(pool(every, {}), 10)
    assert sorted(Counter(row.group for row in drawn).values()) == [4, 4]
    assert draw(pool(every, {}), 3) == []


def test_with_a_time_the_newest_go() -> None:
    every = rows(10)
    assert [row.path for row in draw(pool(every, {}), 3, newest=lambda row: float(row.path[-7:-4]))] == [
        row.path for row in every[-3:]
    ]
