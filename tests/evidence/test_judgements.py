import json

import pytest

from mlscaffold.evidence import Broken, NewerSchema
from mlscaffold.evidence.judgements import read_asked, read_returned

ASKED = {
    "schema": 1, "kind": "relabel", "of": "", "project": "p", "made": "2026-11-01T10:00:00+00:00", "population": 3, "options": ["a", "unsure"],
    "items": [{"item": "001", "path": "data/raw/s/1.png", "digest": "d", "label": "a"}], "sheet": "f" * 64,
}  # fmt: skip


def test_what_was_asked() -> None:
    asked = read_asked(json.dumps(ASKED).encode(), "sheet.json")
    assert (asked.kind, asked.items[0].path, asked.digest) == ("relabel", "data/raw/s/1.png", "f" * 64)


def test_a_newer_schema_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(NewerSchema):
        read_asked(json.dumps({**ASKED, "schema": 9}).encode(), "sheet.json")
    with pytest.raises(Broken, match="kind"):
        read_asked(json.dumps({**ASKED, "kind": "guess"}).encode(), "sheet.json")


@pytest.mark.parametrize(
    "text", ["sheet,item,decision\nx,1,a\n", "\ufeffsheet;item;decision\r\nx;1;a\r\n", "item\tdecision\tsheet\n1\ta\tx\n"]
)
def test_answers_as_any_program_saves_them(text: str) -> None:
    returned = read_returned(text.encode(), "a.csv")
    assert (returned.sheet, returned.answers[0].decision) == ("x", "a")
