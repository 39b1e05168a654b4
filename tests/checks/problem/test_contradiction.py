from __future__ import annotations

import tomllib

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "problem.contradiction", "docs/01-problem.md"


def test_the_same_numbers_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("| accuracy on the test set | 0.85 |", "| accuracy on the test set | 0.95 |", ("accuracy is 0.95", "accuracy ≥ 0.85")),
        ("| recall of rose | 0.75 |", "| recall of rose | 75.5 % |", ("recall is 0.755", "recall of rose ≥ 0.75")),
        ("Pictures stay in the hall.", "Die Genauigkeit liegt bei mindestens 0,9.", ("Genauigkeit is 0.9",)),
        ("Bunches that it is unsure", "Accuracy must be at least 97 %. Bunches that it is unsure", ("Accuracy is 0.97",)),
    ],
)
def test_another_number(project: Sandbox, old: str, new: str, words: tuple[str, ...]) -> None:
    project.replace(FILE, old, new)
    said(project.check(CHECK), "fail", *words, "acceptance.toml")


def test_the_line_is_told(project: Sandbox) -> None:
    project.replace(FILE, "| accuracy on the test set | 0.85 |", "| accuracy on the test set | 0.95 |")
    line = next(n for n, text in enumerate(project.read(FILE).splitlines(), start=1) if "| 0.95 |" in text)
    assert said(project.check(CHECK)).evidence[0].line == line


@pytest.mark.parametrize(
    "harmless",
    [
        "Today two of three workers reach accuracy 0.71.",
        "Accuracy is known to ±0.06, with a 95 % interval.",
        "An accuracy of 85 % is what the owner can live with.",
        "The published accuracy of 0.99 was measured on other flowers.",
        "F1 of 0.9 would be nice to have.",
        "We asked 20 people about accuracy, and 3 of 4 cameras break in year 2.",
    ],
)
def test_numbers_that_claim_nothing_of_ours(project: Sandbox, harmless: str) -> None:
    project.replace(FILE, "Pictures stay in the hall.", harmless)
    assert project.check(CHECK) == []


@pytest.mark.parametrize(
    ("row", "fine"),
    [
        ("| latency p95 | 30 ms at most |", False),
        ("| Antwortzeit je Bild | höchstens 0,05 s |", True),
        ("| answer | 50 ms on the belt's computer |\n| response time of the page | 2 s |", True),
        ("| model file | 5 MB |", False),
        ("| model file | 2 MB |", True),
    ],
)
def test_times_and_sizes(project: Sandbox, row: str, fine: bool) -> None:
    limits = 'thresholds = [\n    { metric = "latency_p95_ms", max = 50 },\n    { metric = "size_bytes", max = 2_000_000 },'
    project.replace("acceptance.toml", "thresholds = [", limits)
    project.replace("docs/01-problem.md", "| answer | 50 ms on the belt's computer |", row)
    found = project.check(CHECK)
    if fine:
        assert found == []
    else:
        said(found, "fail", "in the document, and acceptance.toml says", "docs/01-problem.md", "acceptance.toml")


def test_a_class_that_has_no_threshold_is_told_as_that(project: Sandbox) -> None:
    name = tomllib.loads(project.read("data/schema.toml"))["classes"][-1]
    project.write({FILE: project.read(FILE).rstrip() + f"\n\nRecall of {name} has to be at least 0.913.\n"})
    said(project.check(CHECK), "fail", f"Recall of {name} is 0.913 in the document, and acceptance.toml has none for it", FILE)
