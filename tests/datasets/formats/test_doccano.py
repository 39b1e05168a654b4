import json
from pathlib import Path

import pytest

from mlscaffold.datasets.formats.doccano import read, sniff
from tests.datasets.formats.samples import doccano, text


def _lines(root: Path, *rows: object, name: str = "all.jsonl") -> Path:
    return text(root / name, "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))


def test_what_the_lines_say(tmp_path: Path) -> None:
    doccano(tmp_path)
    reading = read(tmp_path)
    people, both, untouched = reading.records
    assert [(s.label, (people.text or "")[s.start : s.end]) for s in people.spans] == [("PER", "Ann"), ("LOC", "Bern")]
    assert (both.labels, both.attributes, untouched.labels) == (("praise", "weather"), {"by": "tim"}, ())
    assert reading.notes == ("1 texts have no label: not looked at yet, or nothing in them; the format does not say",)


@pytest.mark.parametrize(
    ("label", "kind", "unit"),
    [
        ([[0, 99, "X"]], "span-outside", "object"),
        ([[3, 1, "X"]], "broken-span", "object"),
        ([["0", 1, "X"]], "broken-span", "object"),
        ([[0, 1]], "broken-span", "object"),
        ([[0, 4, "X"]], "blank-in-span", ""),
        ([[0, 3, "X"], [2, 5, "Y"]], "overlap", ""),
        (7, "broken-label", "object"),
    ],
)
def test_a_part_that_cannot_be_right_is_named(tmp_path: Path, label: object, kind: str, unit: str) -> None:
    reading = read(_lines(tmp_path, {"text": "ok", "label": ["x"]}, {"text": "Ann sings 😀", "label": label}))
    assert kind in [d.kind for d in reading.defects if d.unit == unit and d.where.startswith("all.jsonl:2")]
    assert reading.total == len(reading.records) == 2


def test_lines_that_are_none(tmp_path: Path) -> None:
    reading = read(
        _lines(
            tmp_path, {"text": "ok", "label": []}, "{", "[]", {"text": 3}, {"text": "a", "label": "an answer"}, name="train.jsonl"
        )
    )
    assert [(d.where, d.kind) for d in reading.refused] == [
        ("train.jsonl:2", "broken-json"), ("train.jsonl:3", "no-text"), ("train.jsonl:4", "no-text"),
    ]  # fmt: skip
    assert [(r.split, r.attributes) for r in reading.records] == [("train", {}), ("train", {"answer": "an answer"})]
    assert sniff(_lines(tmp_path, {"text": "a", "label": "b"}, name="list.jsonl")).score == 0
