"""Test sets are named, extended and replaced; each change is a version, and nothing that was trained on becomes a test picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from mlscaffold.datasets.annotations import Annotation, read_annotations, write_annotations
from mlscaffold.datasets.splits import read_splits
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.evidence import testsets
from mlscaffold.project import Project
from mlscaffold.workflows.change_tests import REASONS, extend_tests, name_tests, replace_tests, set_name
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.datasets.pictures import put

WHY = "overfitted"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Forty pictures in splits (24 train, 6 validation, 2 eyeball, 8 test), and thirty of a phone in none, ten of them at night."""
    for i in range(40):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    root = tmp_path / "project"
    import_data(root, tmp_path / "shop")
    split_data(root)
    lines = ["path,label,light"]
    for i in range(30):
        put(tmp_path / f"phone/{i:02}.png", 1000 + i)
        lines.append(f"{i:02}.png,{'hat' if i % 2 else 'shoe'},{'night' if i % 3 == 0 else 'day'}")
    (tmp_path / "phone/labels.csv").write_text("\n".join(lines) + "\n")
    import_data(root, tmp_path / "phone")
    return root


def counts(root: Path) -> dict[str, int]:
    return dict(Counter(row.split for row in read_splits(root)))


def note(root: Path, label: str, source: str = "phone") -> Path:
    return root / f"data/raw/{source}/{label}/annotations.csv"


def versions(root: Path) -> dict[str, list[str]]:
    return {name: [f"{v.number} {v.how} {v.rows}" for v in known] for name, known in testsets.versions(Project(root)).items()}


def test_a_named_set_of_new_pictures(root: Path) -> None:
    before = {row.path: row.split for row in read_splits(root)}
    done = name_tests(root, "night", "light=night", who="Ada Byron")
    assert (done.set, done.rows, dict(done.moved), done.left, done.unassigned) == ("test-night", 10, {"": 10}, {}, 20)
    assert {r.path: r.split for r in read_splits(root) if r.split != "test-night"} == before
    assert versions(root) == {"test": ["1 dealt 8"], "test-night": ["1 named 10"]}
    newest = testsets.newest(Project(root), "test-night")
    assert newest and (newest.where, newest.who) == ("light=night", "Ada Byron")
    again = split_data(root)  # the rest is dealt, and the set stays as it is
    assert again.counts["test-night"].total() == 10
    assert versions(root)["test-night"] == ["1 named 10"]
    assert split_data(root, again=True).counts["test-night"].total() == 10


def test_pictures_of_train_never_become_test_pictures(root: Path) -> None:
    with pytest.raises(ScaffoldError, match="No picture with source=shop can be a picture of test-old") as caught:
        name_tests(root, "old", "source=shop")
    assert caught.value.context == "2 in eyeball; 8 in test; 24 in train; 6 in validation"
    assert caught.value.hint == "mlscaffold data import FOLDER, or --from test"
    with pytest.raises(UsageError, match="not made of train: it was trained on"):
        name_tests(root, "old", "source=shop", sources=("train",))
    with pytest.raises(UsageError, match="not made of validation: it had a part in choices"):
        name_tests(root, "old", "source=shop", sources=("validation",))
    assert "test-old" not in counts(root) and versions(root) == {"test": ["1 dealt 8"]}


def test_pictures_may_be_taken_out_of_test(root: Path) -> None:
    done = name_tests(root, "shop", "source=shop", sources=("test",), count=4)
    assert dict(done.moved) == {"test": 4}
    assert done.left == {
        "in eyeball": done.left["in eyeball"],
        "in train": done.left["in train"],
        "in validation": done.left["in validation"],
    }
    assert versions(root) == {"test": ["1 dealt 8", "2 parted 4"], "test-shop": ["1 named 4"]}


def test_what_is_grouped_with_train_stays_and_is_counted(root: Path) -> None:
    trained = next(row.path for row in read_splits(root) if row.split == "train" and "/hat/" in row.path)
    shop, phone = note(root, "hat", "shop"), note(root, "hat")
    rows = [
        Annotation(a.name, a.label, "meadow" if trained.endswith(a.name) else "", a.attributes) for a in read_annotations(shop)
    ]
    write_annotations(shop, rows)
    write_annotations(
        phone,
        [Annotation(a.name, a.label, "meadow" if i < 3 else "", a.attributes) for i, a in enumerate(read_annotations(phone))],
    )
    done = name_tests(root, "phone", "source=phone")
    assert done.rows == 27
    assert {reason: len(paths) for reason, paths in done.left.items()} == {
        "in no split, but alike or grouped with pictures of train": 3
    }


def test_what_can_be_tested_on_only_is_counted(root: Path) -> None:
    for label in ("hat", "shoe"):
        file = note(root, label)
        write_annotations(file, [replace(row, group="p1") if int(row.name[:2]) < 6 else row for row in read_annotations(file)])
    done = name_tests(root, "night", "light=night")
    assert (done.unassigned, done.bound) == (20, 4)  # 0 and 3 were taken at night, 1, 2, 4 and 5 of the same group by day


def test_an_extra_source_is_not_measured_on(root: Path) -> None:
    path = root / "data/raw/phone/source.toml"
    path.write_text(path.read_text() + 'role = "extra"\n')
    with pytest.raises(ScaffoldError) as caught:
        name_tests(root, "phone", "source=phone")
    assert caught.value.context == "30 of an extra source, which nothing is measured on"


def test_a_name_that_is_taken_or_cannot_be_one(root: Path) -> None:
    name_tests(root, "night", "light=night")
    with pytest.raises(UsageError, match="test-night is there already, with 10 pictures") as caught:
        name_tests(root, "test-night", "light=day")
    assert caught.value.hint == "mlscaffold data split --extend test-night --reason WHY"
    with pytest.raises(UsageError, match="cannot be the name of a test set") as caught:
        name_tests(root, "Bad Light!", "light=day")
    assert caught.value.hint == 'Is "bad-light" meant?'
    with pytest.raises(UsageError, match="every project has"):
        name_tests(root, "test", "light=day")
    with pytest.raises(UsageError) as caught:
        name_tests(root, "Nächte", "light=day")
    assert caught.value.hint == 'Is "nachte" meant?'
    assert [set_name(name) for name in ("test", " night ", "test-night")] == ["test", "test-night", "test-night"]


def test_extending_deals_new_pictures_to_test_and_touches_nothing_else(root: Path) -> None:
    before = {row.path: row.split for row in read_splits(root)}
    done = extend_tests(root, "test", reason="distribution", who="Ada Byron")
    assert (done.how, done.rows, dict(done.moved), done.unassigned) == ("extended", 14, {"": 6}, 24)
    assert {path: split for path, split in before.items() if split != "test"} == {
        row.path: row.split for row in read_splits(root) if row.split != "test"
    }
    newest = testsets.newest(Project(root), "test")
    assert newest and (newest.number, newest.reason) == (2, REASONS["distribution"])
    assert extend_tests(root, "test", reason=WHY, count=3).rows == 17


def test_a_selection_for_test_is_no_rule_for_later(root: Path) -> None:
    assert extend_tests(root, "test", where="light=night", reason=WHY).rows == 18
    assert extend_tests(root, "test", reason=WHY).rows == 22  # a fifth of the twenty that are left
    assert [v.where for v in testsets.versions(Project(root))["test"]] == ["", "light=night", ""]


def test_a_named_set_is_extended_by_what_it_selects(root: Path) -> None:
    name_tests(root, "night", "light=night", count=4)
    done = extend_tests(root, "night", reason="three more lamps were put up")
    assert done.rows == 10 and versions(root)["test-night"] == ["1 named 4", "2 extended 10"]
    with pytest.raises(ScaffoldError, match="No picture with light=night can be a picture of test-night"):
        extend_tests(root, "night", reason=WHY)


@pytest.mark.parametrize("reason", ["", "  ", "because"])
def test_a_set_is_changed_for_a_reason_only(root: Path, reason: str) -> None:
    for change in (extend_tests, replace_tests):
        with pytest.raises(UsageError, match="test is changed for a reason only") as caught:
            change(root, "test", reason=reason)
        assert caught.value.hint == "--reason distribution | overfitted | metric, or a sentence of your own"
        assert "fitted to it" in caught.value.context
    assert versions(root) == {"test": ["1 dealt 8"]}


def test_replacing_draws_a_new_set_and_keeps_the_old_one_under_a_name(root: Path) -> None:
    old = {row.path for row in read_splits(root) if row.split == "test"}
    done = replace_tests(root, "test", reason=WHY)
    places = {row.path: row.split for row in read_splits(root)}
    assert {path for path, split in places.items() if split == "test-v1"} == old
    new = {path for path, split in places.items() if split == "test"}
    assert len(new) == 8 and all(path.startswith("phone/") for path in new)
    assert done.old == {"test-v1": 8}
    assert versions(root) == {"test": ["1 dealt 8", "2 replaced 8"], "test-v1": ["1 kept 8"]}


@pytest.mark.parametrize("place", ["validation", "eyeball", "train"])
def test_the_old_set_may_go_to_another_split(root: Path, place: str) -> None:
    before = counts(root)
    done = replace_tests(root, "test", reason=WHY, old=place)
    assert done.old == {place: 8}
    assert counts(root) == before | {place: before[place] + 8}


def test_no_part_of_a_group_is_learned_from_while_another_part_is_tested_on(root: Path) -> None:
    name_tests(root, "night", "light=night")
    shop, phone = note(root, "hat", "shop"), note(root, "hat")
    tested = [row.path for row in read_splits(root) if row.split == "test" and "/hat/" in row.path]
    write_annotations(
        shop,
        [
            Annotation(a.name, a.label, "meadow" if f"shop/hat/{a.name}" == tested[0] else "", a.attributes)
            for a in read_annotations(shop)
        ],
    )
    night = next(a.name for a in read_annotations(phone) if a.attributes["light"] == "night")
    day = next(a.name for a in read_annotations(phone) if a.attributes["light"] == "day")
    write_annotations(
        phone,
        [Annotation(a.name, a.label, "meadow" if a.name in (night, day) else "", a.attributes) for a in read_annotations(phone)],
    )
    done = replace_tests(root, "test", reason=WHY, old="train")
    places = {row.path: row.split for row in read_splits(root)}
    assert done.old == {"train": 7, "test-v1": 1}
    assert places[tested[0]] == "test-v1"
    assert f"phone/hat/{day}" not in places  # it belongs together with a picture of the old set
    assert done.left == {"in no split, but alike or grouped with pictures of test": (f"phone/hat/{day}",)}


def test_validation_helps_where_it_is_named(root: Path) -> None:
    (note(root, "hat")).unlink()
    (note(root, "shoe")).unlink()  # nobody has labelled the phone's pictures
    with pytest.raises(ScaffoldError, match="No new picture can be a picture of test") as caught:
        replace_tests(root, "test", reason=WHY)
    assert caught.value.hint == "mlscaffold data import FOLDER, or --from validation"
    done = replace_tests(root, "test", reason=WHY, sources=("validation",), count=5)
    assert dict(done.moved) == {"validation": 5}
    assert counts(root) == {"train": 24, "validation": 1, "eyeball": 2, "test": 5, "test-v1": 8}


def test_a_set_that_does_not_exist(root: Path) -> None:
    for change in (extend_tests, replace_tests):
        with pytest.raises(UsageError, match="There is no test set test-nigth") as caught:
            change(root, "nigth", reason=WHY)
        assert caught.value.context == "Test sets: test"
    with pytest.raises(UsageError, match="no place for the old set"):
        replace_tests(root, "test", reason=WHY, old="bin")


def test_what_people_changed_before_is_a_version_of_its_own(root: Path) -> None:
    path = root / "data/splits/shop.csv"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not line.endswith(",test\n")))
    with pytest.raises(UsageError, match="There is no test set test"):
        extend_tests(root, "test", reason=WHY)
    split_data(root, reason="somebody lost them")
    assert versions(root)["test"][:2] == ["1 dealt 8", "2 by hand 0"]


def test_with_a_time_the_newest_pictures_are_the_test_set(root: Path) -> None:
    for label in ("hat", "shoe"):
        for source in ("shop", "phone"):
            rows = read_annotations(note(root, label, source))
            write_annotations(
                note(root, label, source),
                [Annotation(a.name, a.label, "", {**a.attributes, "taken": str(int(a.name[:2]))}) for a in rows],
            )
    schema = root / "data/schema.toml"
    schema.write_text(schema.read_text() + 'time = "taken"\n')
    extend_tests(root, "test", reason=WHY, count=6)
    new = {row.path for row in read_splits(root) if row.path.startswith("phone/")}
    assert {int(path.split("/")[-1][:2]) for path in new} == set(range(24, 30))


def test_a_group_small_count_is_told(root: Path) -> None:
    for label in ("hat", "shoe"):
        write_annotations(
            note(root, label), [Annotation(a.name, a.label, "meadow", a.attributes) for a in read_annotations(note(root, label))]
        )
    with pytest.raises(ScaffoldError, match="the smallest group that stays together has 30") as caught:
        extend_tests(root, "test", reason=WHY, count=3)
    assert caught.value.hint == "--count 30"
