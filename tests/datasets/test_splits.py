from collections import Counter
from pathlib import Path
from random import Random

import pytest

from mlscaffold.datasets.splits import Row, check_shares, read_splits, settled, split, write_splits
from mlscaffold.errors import ScaffoldError, UsageError


def _rows(counts: dict[str, int], source: str = "shop", start: int = 0) -> list[Row]:
    rows = []
    for label, count in counts.items():
        rows += [Row(f"{source}/{label}/{i}.png", f"{label}-{source}-{i}", label) for i in range(start, start + count)]
    return rows


def _places(rows: tuple[Row, ...]) -> dict[str, str]:
    return {row.path: row.split for row in rows}


def test_every_label_gets_its_shares() -> None:
    dealt = split(_rows({"a": 100, "b": 40, "c": 20}))
    assert {name: dict(count) for name, count in dealt.counts().items()} == {
        "train": {"a": 60, "b": 24, "c": 12},
        "validation": {"a": 15, "b": 6, "c": 3},
        "eyeball": {"a": 5, "b": 2, "c": 1},
        "test": {"a": 20, "b": 8, "c": 4},
    }
    assert dealt.assigned == 160


def test_neither_order_nor_names_matter() -> None:
    rows = _rows({"a": 50, "b": 30})
    first = {row.digest: row.split for row in split(rows).rows}
    Random(1).shuffle(rows)
    renamed = [Row(f"other/{i}.png", row.digest, row.label) for i, row in enumerate(rows)]
    assert {row.digest: row.split for row in split(rows).rows} == first
    assert {row.digest: row.split for row in split(renamed).rows} == first
    assert {row.digest: row.split for row in split(rows, seed=1).rows} != first


def test_a_rare_label_reaches_validation_and_test() -> None:
    counts = split(_rows({"a": 100, "rare": 3})).counts()
    assert [counts[name]["rare"] for name in ("train", "validation", "test")] == [1, 1, 1]


def test_a_dealt_row_stays_and_new_rows_fill_up() -> None:
    first = split(_rows({"a": 50, "b": 50}))
    more = split([*_rows({"a": 100, "b": 60}), *_rows({"c": 40}, "new")], before=first.rows)
    assert _places(first.rows).items() <= _places(more.rows).items()
    assert more.assigned == 100
    assert more.counts()["test"] == Counter(a=20, b=12, c=8)
    assert split(more.rows, before=more.rows).rows == more.rows


def test_a_renamed_file_keeps_its_split_and_a_label_is_refreshed() -> None:
    rows = _rows({"a": 20})
    first = split(rows)
    changed = [Row(f"renamed/{i}.png", row.digest, "a" if i else "z") for i, row in enumerate(rows)]
    changed[1:] = rows[1:]
    second = split(changed, before=first.rows)
    assert second.assigned == 0
    assert second.gone == (rows[0].path,)
    again = split([Row(rows[0].path, rows[0].digest, "z"), *rows[1:]], before=first.rows)
    assert again.relabelled == (rows[0].path,)
    assert again.rows[0].label == "z"
    assert again.rows[0].split == first.rows[0].split


def test_groups_copies_and_alike_pictures_stay_together() -> None:
    chance = Random(0)
    rows = [Row(r.path, r.digest, r.label, f"patient-{i % 30}") for i, r in enumerate(_rows({"a": 90, "b": 90}))]
    rows.append(Row("zz/copy.png", rows[0].digest, "a"))
    alike = [[row.path for row in chance.sample(rows, 2)] for _ in range(5)]
    dealt = split(rows, together=alike)
    places = _places(dealt.rows)
    for group in {row.group for row in rows if row.group}:
        assert len({places[row.path] for row in rows if row.group == group}) == 1
    assert all(len({places[path] for path in pair}) == 1 for pair in alike)
    assert places["zz/copy.png"] == places[rows[0].path]


def test_a_group_found_in_two_splits_goes_out_of_train() -> None:
    rows = _rows({"a": 40})
    first = split(rows)
    train = next(row.path for row in first.rows if row.split == "train")
    test = next(row.path for row in first.rows if row.split == "test")
    second = split(rows, before=first.rows, together=[[train, test]])
    assert second.moved == {train: "train"}
    assert _places(second.rows)[train] == _places(second.rows)[test] == "test"


def test_equal_files_with_two_labels_are_named() -> None:
    rows = [*_rows({"a": 5}), Row("shop/b/0.png", _rows({"a": 1})[0].digest, "b")]
    assert split(rows).contradictory == (("shop/a/0.png", "shop/b/0.png"),)


def test_original_splits_are_followed_and_the_rest_comes_from_train() -> None:
    rows = _rows({"a": 100})
    original = {row.path: "test" if i >= 80 else "train" for i, row in enumerate(rows)}
    dealt = split(rows, original=original)
    places = _places(dealt.rows)
    assert all(places[path] == "test" for path, name in original.items() if name == "test")
    assert {name: count.total() for name, count in dealt.counts().items()} == {
        "train": 60,
        "validation": 15,
        "eyeball": 5,
        "test": 20,
    }
    assert split(rows, original=original, before=dealt.rows).rows == dealt.rows


def test_a_third_source_does_not_move_the_others() -> None:
    both = [*_rows({"a": 30}, "one"), *_rows({"a": 30}, "two")]
    first = split(both)
    assert _places(split([*both, *_rows({"a": 30}, "three")], before=first.rows).rows).items() >= _places(first.rows).items()


@pytest.mark.parametrize(
    ("shares", "word"),
    [
        ({"train": 0.5, "test": 0.4}, "sum to 0.9"),
        ({"train": 1.0}, "Train and test"),
        ({"train": 0.5, "tset": 0.5}, '"tset" is no split'),
        ({"train": -1, "test": 2}, "between 0 and 1"),
    ],
)
def test_shares_that_cannot_be_dealt_by(shares: dict[str, float], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        check_shares(shares)


def test_shares_may_be_percent() -> None:
    assert check_shares({"test": 20, "train": 80}) == {"train": 0.8, "test": 0.2}


def test_tables_are_one_a_source_and_come_back(tmp_path: Path) -> None:
    dealt = split([*_rows({"a": 5}, "one"), *_rows({"a": 5}, "two")])
    assert write_splits(tmp_path, dealt.rows) == ["data/splits/one.csv", "data/splits/two.csv"]
    assert write_splits(tmp_path, dealt.rows) == []
    assert tuple(read_splits(tmp_path)) == dealt.rows
    assert write_splits(tmp_path, [row for row in dealt.rows if row.path.startswith("one/")]) == ["data/splits/two.csv"]


def test_a_split_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "data/splits/one.csv"
    table.parent.mkdir(parents=True)
    table.write_text("path,digest,label,group,split\none/a.png,00,a,,tset\n")
    with pytest.raises(ScaffoldError, match=r'data/splits/one.csv:2: "tset" is no split'):
        read_splits(tmp_path)


def test_a_row_of_a_named_test_set_stays_and_takes_no_share() -> None:
    night = [Row(f"night/a/{i}.png", f"night-{i}", "a", split="test-night") for i in range(50)]
    dealt = split([*_rows({"a": 100}), *night], before=night)
    assert {name: count["a"] for name, count in dealt.counts().items()} == {
        "train": 60,
        "validation": 15,
        "eyeball": 5,
        "test": 20,
        "test-night": 50,
    }


def test_of_a_group_in_two_test_sets_no_row_of_a_test_set_moves() -> None:
    places = ["train", "validation", "test", "test-night", "test-day", ""]
    rows = [Row(f"shop/{i}.png", f"digest-{i}", "a", group="meadow", split=place) for i, place in enumerate(places)]
    dealt = split([*rows, *_rows({"a": 9})], before=rows[:-1])
    assert [row.split for row in dealt.rows if row.group] == ["test", "test", "test", "test-night", "test-day", "test"]
    held = settled(rows, {rows[0].path: "train", rows[3].path: "test-night"})
    assert held[rows[0].path] == held[rows[5].path] == "test"


def _extra(count: int, start: int = 0) -> tuple[list[Row], set[str]]:
    rows = _rows({"a": count}, "web", start)
    return rows, {row.path for row in rows}


def test_extra_rows_go_into_train_and_augmented_only() -> None:
    web, extra = _extra(200)
    counts = split([*_rows({"a": 100}), *web], extra=extra).counts()
    assert {name: count.total() for name, count in counts.items()} == {
        "train": 54 + 180,
        "augmented": 6 + 20,
        "validation": 15,
        "eyeball": 5,
        "test": 20,
    }


def test_a_share_of_augmented_is_one_of_your_own_data() -> None:
    web, extra = _extra(100)
    shares = {"train": 0.5, "augmented": 0.1, "validation": 0.2, "test": 0.2}
    counts = split([*_rows({"a": 100}), *web], shares, extra=extra).counts()
    assert [counts[name].total() for name in ("train", "augmented", "validation", "test")] == [50 + 83, 10 + 17, 20, 20]
    assert check_shares({"train": 0.8, "augmented": 0, "test": 0.2}, extra=True) == {"train": 0.8, "test": 0.2}
    with pytest.raises(UsageError, match="there are none"):
        check_shares(shares)


def test_augmented_opens_with_a_share_of_train_and_then_nothing_moves() -> None:
    own = split(_rows({"a": 100, "b": 100})).rows
    web, extra = _extra(100)
    first = split([*own, *web], before=own, extra=extra)
    assert set(first.moved.values()) == {"train"}
    assert len(first.moved) == 12
    places = _places(first.rows)
    assert {places[path] for path in first.moved} == {"augmented"}
    more, all_extra = _extra(50, 100)
    second = split([*first.rows, *more, *_rows({"b": 40}, "new")], before=first.rows, extra=extra | all_extra)
    assert places.items() <= _places(second.rows).items()
    assert not second.moved


def test_an_extra_row_that_was_measured_on_is_dealt_anew_or_left_out() -> None:
    own = [Row("shop/1.png", "same", "a", split="test"), Row("shop/2.png", "two", "a", split="train")]
    web = [Row("web/1.png", "same", "a", split="test"), Row("web/2.png", "other", "a", split="validation")]
    dealt = split([*own, *web, *_rows({"a": 50})], before=[*own, *web], extra={"web/1.png", "web/2.png"})
    places = _places(dealt.rows)
    assert dealt.unplaced == ("web/1.png",)
    assert "web/1.png" not in places and "web/1.png" not in dealt.gone
    assert places["web/2.png"] in ("train", "augmented")
    assert dealt.moved["web/2.png"] == "validation"
    assert places["shop/1.png"] == "test"


def test_the_original_test_split_of_an_extra_source_is_not_followed() -> None:
    web, extra = _extra(30)
    original = {row.path: "test" for row in [*web, *_rows({"a": 10})]}
    dealt = split([*_rows({"a": 10}), *_rows({"a": 40}, "new"), *web], original=original, extra=extra)
    assert {row.split for row in dealt.rows if row.path in extra} == {"train", "augmented"}
    assert {row.split for row in dealt.rows if row.path in original and row.path not in extra} == {"test"}
