from dataclasses import replace
from pathlib import Path

from mlscaffold.datasets.collecting import Findings
from mlscaffold.datasets.joining import Joined
from mlscaffold.datasets.record import Record, Shape


def test_what_two_files_say_of_one_picture_is_one_record() -> None:
    findings, joined = Findings(), Joined()
    box = Shape("hat", (1.0, 2.0, 3.0, 4.0))
    first = Record(Path("a.png"), "a.png", ("x",), attributes={"one": "1"}, shapes=(box,))
    joined.add(first, "1.json", findings)
    assert joined.notes() == []
    outlined = replace(box, rings=((1.0, 2.0, 4.0, 2.0, 4.0, 6.0),))
    joined.add(
        replace(first, labels=("y",), attributes={"one": "2", "two": "2"}, shapes=(outlined, replace(box, label="shoe"))),
        "2.json",
        findings,
    )
    assert findings.records == [
        replace(first, labels=("x", "y"), attributes={"one": "1", "two": "2"}, shapes=(outlined, replace(box, label="shoe")))
    ]
    assert joined.notes() == ["1 pictures stand in several of 1.json, 2.json: their objects are joined, 1 are the same"]
