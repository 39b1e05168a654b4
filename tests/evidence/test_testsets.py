"""The versions of test sets, and what was evaluated on which."""

from __future__ import annotations

import pytest

from mlscaffold.evidence import Broken, chain, evaluations, judged, testsets
from mlscaffold.workflows.record_tests import record_tests
from tests.conftest import Sandbox
from tests.named_set import NIGHT, evaluate, night, pictures

FILE = "data/splits/tests/test-1-0a1b2c3d.toml"
TEXT = """schema = 1
set = "test"
version = 2
how = "extended"
rows = 180
digest = "{digest}"
reason = "Real inputs look otherwise."
who = "Ada Byron"
when = "2026-11-30T09:40:00+00:00"
"""


def test_a_version_is_read_and_told() -> None:
    found = testsets.read(TEXT.format(digest="a" * 64).encode(), FILE)
    assert (found.set, found.number, found.rows, found.where) == ("test", 2, 180, "")
    assert found.text == "version 2 of test (extended on 2026-11-30 by Ada Byron)"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"test"', '"train"', 'set is "train", which is no test set'),
        ('"extended"', '"grown"', 'how is "grown"'),
        ("version = 2", "version = -1", "version is -1"),
        ('"aaaa', '"Q', "a digest of 64 hex characters is wanted"),
    ],
)
def test_what_cannot_be_meant_is_broken(old: str, new: str, words: str) -> None:
    with pytest.raises(Broken, match=words):
        testsets.read(TEXT.format(digest="a" * 64).replace(old, new).encode(), FILE)


def test_the_test_sets_of_today(project: Sandbox) -> None:
    assert testsets.known(project.open()) == ("test",)
    night(project)
    assert testsets.known(project.open()) == ("test", NIGHT)
    assert {name: [v.number for v in known] for name, known in testsets.versions(project.open()).items()} == {
        "test": [1],
        NIGHT: [1],
    }


def test_labels_move_no_digest() -> None:
    assert testsets.digest_of(["b", "a"]) == testsets.digest_of(["a", "b"]) != testsets.digest_of(["a"])


def test_an_evaluation_is_older_by_its_version_or_by_its_data(project: Sandbox) -> None:
    record_tests(project.root)
    used = chain.evaluations(project.open())[-1].data["test"]
    assert testsets.newer(project.open(), used, "test") is None
    pictures(project, 9, split="test")
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: rows[:-1])
    record_tests(project.root, how={"test": "extended"})
    last = testsets.newest(project.open(), "test")
    assert last and last.number == 2
    assert testsets.newer(project.open(), used, "test") == last  # it names no version, and its data are others
    assert testsets.newer(project.open(), {**used, "version": 1}, "test") == last
    assert testsets.newer(project.open(), {**used, "version": 2}, "test") is None


def test_an_evaluation_stands_for_every_set_that_it_saw(project: Sandbox) -> None:
    night(project, seen=False)
    assert [one.split for one in judged.tested(project.open())] == ["test", "test"]
    evaluate(project, f"reports/evaluation/{judged.judged(project.open())[0].run}")
    first = judged.tested(project.open())
    assert [one.split for one in first] == ["test", NIGHT, "test"]
    assert first[1].predictions.endswith("/predictions-test-night.csv")
    assert judged.numbers(project.open(), first[1]).n == 30


def test_numbers_of_no_test_set_are_broken(project: Sandbox) -> None:
    night(project)
    project.edit_json(judged.judged(project.open())[0].metrics, lambda m: m["sets"].update(train=m["sets"][NIGHT]))
    with pytest.raises(Broken, match=r"sets\.train is no test set with a name"):
        project.open().read(evaluations.read, judged.judged(project.open())[0].metrics)
