from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import CLASSES, RUN

FOLDER = f"reports/training/{RUN}"

CHECK, MODEL_CSV, RULE = "training.not-better-than-baseline", f"{FOLDER}/validation.csv", f"{FOLDER}/baseline.csv"


def answer(project: Sandbox, path: str, right: int) -> None:
    """Let a table be right on the first so many rows."""

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        out = []
        for i, row in enumerate(rows):
            said = row["label"] if i < right else CLASSES[(CLASSES.index(row["label"]) + 1) % 3]
            out.append({**row, "prediction": said, **{f"p:{c}": "0.9" if c == said else "0.05" for c in CLASSES}})
        return out

    project.edit_csv(path, change)


def test_better(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_worse(project: Sandbox) -> None:
    answer(project, MODEL_CSV, 35)
    answer(project, RULE, 45)
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert (
        "val_acc 0.583 is below the baseline (logistic-regression), 0.750: 0 pictures only the model has right, 10 only the other"
        in found.message
    )


def test_better_by_chance(project: Sandbox) -> None:
    answer(project, MODEL_CSV, 49)
    answer(project, RULE, 45)
    (found,) = project.check(CHECK)
    assert "val_acc 0.817 against 0.750 of the baseline (logistic-regression) may be chance: 4 pictures" in found.message
    assert "shows on about 118 pictures, 60 are there" in found.message


def test_below_the_most_frequent_class(project: Sandbox) -> None:
    project.replace("acceptance.toml", 'rule = "logistic-regression"', 'rule = "majority"')
    assert 'the baseline is "majority", but baseline.csv does not always say daisy' in project.check(CHECK)[0].message


def test_a_macro_metric_is_compared_as_such(project: Sandbox) -> None:
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "f1_macro"')
    assert project.check(CHECK) == []
    answer(project, MODEL_CSV, 46)
    answer(project, RULE, 45)
    message = project.check(CHECK)[0].message
    assert message.startswith("f1_macro 0.767 against 0.750")
    assert "of the baseline (logistic-regression) may be chance: difference +0.0" in message


def test_not_the_same_pictures(project: Sandbox) -> None:
    project.edit_csv(RULE, lambda rows: rows[1:])
    assert "not of the same pictures: 1 differ" in project.check(CHECK)[0].message


def test_rows_in_another_order_with_more_columns(project: Sandbox) -> None:
    project.edit_csv(MODEL_CSV, lambda rows: [{**r, "seconds": "0.1"} for r in reversed(rows)])
    assert project.check(CHECK) == []


def test_a_macro_metric_below_the_baseline_says_both_values(project: Sandbox) -> None:
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "f1_macro"')
    other = {"daisy": "rose", "rose": "tulip", "tulip": "daisy"}
    project.edit_csv(
        f"{FOLDER}/validation.csv",
        lambda rows: [
            r | {"prediction": other[r["label"]]} | {f"p:{c}": str(float(c == other[r["label"]])) for c in other} for r in rows
        ],
    )
    found = project.check(CHECK)[0]
    assert found.status is Status.FAIL
    assert found.message.startswith("f1_macro 0.000 is below the baseline (logistic-regression), 0.499")
    assert "chance" not in found.message


def test_a_baseline_made_weaker_by_hand(project: Sandbox) -> None:
    other = dict(zip(CLASSES, [*CLASSES[1:], CLASSES[0]], strict=True))
    project.edit_csv(
        RULE, lambda rows: [r | ({"prediction": other[r["prediction"]]} if i % 5 == 0 else {}) for i, r in enumerate(rows)]
    )
    (found,) = project.check(CHECK)
    assert "12 of 60 answers of the baseline are not its likeliest class, first validation/" in found.message
    assert found.evidence[0].line == 2
