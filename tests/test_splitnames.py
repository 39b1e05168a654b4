from __future__ import annotations

import pytest

from mlscaffold.splitnames import first_named, is_named_test, is_split, is_test, order, present, selected, told


@pytest.mark.parametrize(
    "name", ["train", "validation", "eyeball", "test", "augmented", "test-night", "test-iphone-15", "test-2"]
)
def test_names_of_splits(name: str) -> None:
    assert is_split(name)


@pytest.mark.parametrize(
    "name",
    ["", "Test", "tests", "test-", "test--a", "test-Night", "test-a-", "test_night", "train-2", "test-ä", f"test-{'a' * 60}"],
)
def test_other_names(name: str) -> None:
    assert not is_split(name)


def test_a_named_test_set_is_a_test_set() -> None:
    assert [name for name in ("train", "augmented", "validation", "eyeball", "test", "test-night") if is_test(name)] == [
        "test",
        "test-night",
    ]
    assert not is_named_test("test")


def test_the_four_are_always_there_and_test_sets_come_last() -> None:
    names = ["test-night", "test", "augmented", "test-day", "exam"]
    assert present(names) == ("train", "augmented", "validation", "eyeball", "test", "test-day", "test-night")
    assert present([]) == ("train", "validation", "eyeball", "test")
    assert max(names[:4], key=order) == "test-night"


def test_a_selection_holds_what_is_held_out_of_extra_data() -> None:
    here = ["augmented", "test-night"]
    assert selected(["train", "validation"], here) == ("train", "augmented", "validation")
    assert selected(["train", "validation"], []) == ("train", "validation")
    assert selected(["test"], here) == ("test",)
    assert selected(["test-night"], here) == ("test-night",)


def test_numbers_are_told_in_the_order_in_which_people_compare_them() -> None:
    assert told({"eyeball", "test", "train", "test-night", "validation"}) == [
        "train",
        "validation",
        "test",
        "eyeball",
        "test-night",
    ]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("on the Test set", "test"),
        ("test-set", "test"),
        ("Test-Datensatz", "test"),
        ("test-night", "test-night"),
        ("the test-iphone set", "test-iphone"),
        ("Validation", "validation"),
        ("", ""),
        ("all", ""),
    ],
)
def test_the_split_that_words_name(words: str, name: str) -> None:
    assert first_named(words) == name
