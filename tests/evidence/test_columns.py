import math
from pathlib import Path

import pytest

from mlscaffold.evidence import Broken, columns, tables
from mlscaffold.evidence.roles import Roles, Unclear, plain, recognise


def test_columns_and_rows_say_the_same() -> None:
    data = b'a;b\n"x\ny"; 1,5 \n\nz;\n'
    found, rows = columns.read(data, "t.csv"), tables.read(data, "t.csv")
    assert found.header == rows.header
    assert [found.cells["a"], found.cells["b"]] == [[r["a"] for r in rows.rows], [r["b"] for r in rows.rows]]
    assert list(found.lines) == [r.line for r in rows.rows] == [2, 5]
    first, second = found.numbers("b")
    assert first == 1.5 and math.isnan(second)
    with pytest.raises(Broken):
        columns.read(b"a,b\n1,2,3\n", "t.csv")
    assert len(columns.read(b"a,b\n1,2,,\n", "t.csv")) == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("y_true,y_pred", ("y_true", "y_pred", "")),
        ("Ground Truth,Predicted Class,File Name", ("Ground Truth", "Predicted Class", "File Name")),
        ("trueLabel,predictedLabel,imagePath", ("trueLabel", "predictedLabel", "imagePath")),
        ("class,pred,id", ("class", "pred", "id")),
        ("actual,output,customerID", ("actual", "output", "customerID")),
    ],
)
def test_columns_are_known_by_name(header: str, expected: tuple[str, str, str]) -> None:
    width = header.count(",") + 1
    table = columns.read("\n".join([header, *(",".join([str(i)] * width) for i in range(9))]).encode(), "t.csv")
    roles = recognise(table)
    assert (roles.label, roles.prediction, roles.path) == expected


def test_probabilities_are_known_by_their_class(tmp_path: Path) -> None:
    data = b"label,cat,P(dog),cat count\ncat,0.9,0.1,4\ndog,0.2,0.8,2\n"
    assert recognise(columns.read(data, "t.csv")).probabilities == (("cat", "cat"), ("dog", "P(dog)"))
    given = Roles(probabilities=(("", "cat"), ("", "P(dog)")))
    assert recognise(columns.read(data, "t.csv"), given).probabilities == (("cat", "cat"), ("dog", "P(dog)"))
    with pytest.raises(Unclear):
        recognise(columns.read(b"label,p_total\ncat,0.9\n", "t.csv"))


def test_plain_names() -> None:
    assert [plain(name) for name in ("Y True", "customerID", "p:Rose", "")] == ["y_true", "customer_id", "p_rose", ""]
