"""Tables of causes as people and the tool write them."""

from __future__ import annotations

import pytest

from mlscaffold.evidence import Broken, NewerSchema
from mlscaffold.evidence.causes import joined, plain, read_all, read_mistakes, split
from tests.checks.evaluation.test_causes_differ import sort
from tests.conftest import Sandbox


def test_a_cell_holds_causes_each_once() -> None:
    assert split("blurry; at the  edge;;blurry ; 模糊") == ("blurry", "at the edge", "模糊")
    assert split(joined(["a", "b"])) == ("a", "b")
    assert split(" ; ") == ()


def test_a_cause_is_one_line_and_no_formula() -> None:
    assert plain('=HYPERLINK("x");\n next') == 'HYPERLINK("x") next'
    assert plain("x" * 99) == "x" * 60
    assert plain("+-=@") == ""


def test_mistakes_stand_once() -> None:
    with pytest.raises(Broken, match=r"mistakes\.csv:3: a\.png stands on line 2 already"):
        read_mistakes(b"path,label,prediction,causes\na.png,x,y,z\na.png,x,y,\n", "mistakes.csv")
    with pytest.raises(Broken, match='no column "causes"'):
        read_mistakes(b"path,label,prediction\n", "mistakes.csv")


def test_a_table_with_its_rows(project: Sandbox) -> None:
    assert read_all(project.open()) == []
    folder = sort(project)
    (table,) = read_all(project.open())
    assert (table.path, table.looked, table.by, table.rows[0].line) == (
        f"{folder}/causes.json",
        len(table.rows),
        "Grace Hopper",
        2,
    )
    project.edit_json(f"{folder}/causes.json", lambda told: told.update(schema=9))
    with pytest.raises(NewerSchema):
        read_all(project.open())
