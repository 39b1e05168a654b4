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


TOOLS = {
    "caret": ('"","pred","obs","cat","dog","Resample"', "1,{p},{y},{a},{b},Fold1", ("obs", "pred", ("cat", "dog"))),
    "tidymodels": (".pred_cat,.pred_dog,.pred_class,truth", "{a},{b},{p},{y}", ("truth", ".pred_class", (".pred_cat", ".pred_dog"))),
    "h2o": ("predict,pcat,pdog,actual", "{p},{a},{b},{y}", ("actual", "predict", ("pcat", "pdog"))),
    "rapidminer": (
        "label,prediction(label),confidence(cat),confidence(dog)",
        "{y},{p},{a},{b}",
        ("label", "prediction(label)", ("confidence(cat)", "confidence(dog)")),
    ),
    "knime": (
        "class,Prediction (class),P (class=cat),P (class=dog)",
        "{y},{p},{a},{b}",
        ("class", "Prediction (class)", ("P (class=cat)", "P (class=dog)")),
    ),
    "weka": ("inst#,actual,predicted,error,prediction", "1,{y},{p},+,{a}", ("actual", "predicted", ())),
    "mlflow": ("inputs,targets,outputs", "x,{y},{p}", ("targets", "outputs", ())),
    "azure": ("Label,Scored Labels,Scored Probabilities", "{y},{p},{a}", ("Label", "Scored Labels", ())),
    "spark": ("label,prediction,probability", '{y},{p},"[{a},{b}]"', ("label", "prediction", ())),
    "spanish": ("archivo,etiqueta,predicción", "x,{y},{p}", ("etiqueta", "predicción", ())),
    "french, as a Mac writes it": ("fichier,ve\u0301rite\u0301,pre\u0301diction", "x,{y},{p}", ("ve\u0301rite\u0301", "pre\u0301diction", ())),
    "top k": ("label,top1,top2", "{y},{p},{y}", ("label", "top1", ())),
    "numbers beside names": ("label,label_name,prediction", "7,{y},{p}", ("label_name", "prediction", ())),
    "features that end in class names": ("label,prediction,weight_cat,weight_dog", "{y},{p},3.5,4", ("label", "prediction", ())),
}  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_tables_of_other_tools_are_understood(tool: str) -> None:
    header, row, (label, prediction, probabilities) = TOOLS[tool]
    answers = [("cat", "cat", 0.75), ("dog", "cat", 0.625), ("cat", "dog", 0.25), ("dog", "dog", 0.125)] * 5
    text = "\n".join([header, *(row.format(y=y, p=p, a=a, b=1 - a) for y, p, a in answers)])
    roles = recognise(columns.read(text.encode(), "t.csv"))
    assert (roles.label, roles.prediction) == (label, prediction)
    assert tuple(column for _, column in roles.probabilities) == probabilities
    assert roles.score == ("Scored Probabilities" if tool == "azure" else "")


def test_a_table_of_predictions_alone_says_that_nothing_is_left() -> None:
    with pytest.raises(Unclear, match="no column is left for it"):
        recognise(columns.read(b",target\n1,cat\n2,dog\n", "submission.csv"))
