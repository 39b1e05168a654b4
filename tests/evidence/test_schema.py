from __future__ import annotations

import pytest

from mlscaffold.evidence import Broken
from mlscaffold.evidence.schema import EdgeCase, read

FULL = b"""
schema = 1
classes = ["daisy", 7]
[attributes]
light = ["day", 2]
shop = []
[[edge_cases]]
case = "two"
decision = "the first"
label = "daisy"
[[edge_cases]]
case = "none"
"""


def test_all_that_it_may_say() -> None:
    found = read(FULL, "data/schema.toml")
    assert found.classes == ("daisy", "7")
    assert found.attributes == {"light": ("day", "2"), "shop": ()}
    assert found.edge_cases == (EdgeCase(1, "two", "the first", "daisy"), EdgeCase(2, "none", "", ""))


def test_an_empty_one() -> None:
    found = read(b"", "data/schema.toml")
    assert (found.classes, found.attributes, found.edge_cases) == ((), {}, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('classes = "daisy"', "classes is not a list of names"),
        ("classes = [true]", "classes is not a list of names"),
        ("attributes = 3", "attributes is a number; a table is wanted"),
        ('[attributes]\nlight = "day"', "attributes.light is not a list of names"),
        ("edge_cases = [1]", "edge_cases is not a list of tables"),
        ("[[edge_cases]]\ncase = 3", "edge_cases[1].case is a number"),
    ],
)
def test_what_cannot_be_meant(text: str, words: str) -> None:
    with pytest.raises(Broken, match=words.replace("[", r"\[").replace("]", r"\]")):
        read(text.encode(), "data/schema.toml")
