from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK, FILE = "training.checkpoint-metric-differs", f"{FOLDER}/validation.csv"


def log(project: Sandbox, accuracy: float) -> None:
    project.edit_csv(
        f"{FOLDER}/metrics.csv", lambda rows: [{**r, "val_acc": str(accuracy)} if i == 7 else r for i, r in enumerate(rows)]
    )


def test_recomputed(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_another_number_was_logged(project: Sandbox) -> None:
    log(project, 0.95)
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "logged val_acc of epoch 7 is 0.9500; recomputed over 60 pictures it is 0.8667" in found.message
    assert found.effect is not None


def test_one_tie_is_noise(project: Sandbox) -> None:
    log(project, 53 / 60)
    assert project.check(CHECK) == []


def test_another_table(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: rows[3:])
    assert "3 of 60 pictures of validation have no prediction" in project.check(CHECK)[0].message


def test_rows_of_test(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "path": f"test/{i}.png"} if i < 2 else r for i, r in enumerate(rows)])
    assert "2 predicted pictures are not of validation" in project.check(CHECK)[0].message


def test_a_label_that_is_not_annotated(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "label": "tulip"} if i == 0 else r for i, r in enumerate(rows)])
    assert "1 of 60 labels in validation.csv are not the annotated ones" in " ".join(f.message for f in project.check(CHECK))


def test_predictions_that_are_not_the_likeliest(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "prediction": r["label"]} for r in rows])
    assert "predictions are not the likeliest class" in project.check(CHECK)[0].message


def test_the_value_in_the_choice(project: Sandbox) -> None:
    text = project.read("reports/training/chosen.toml")
    project.write({"reports/training/chosen.toml": text.replace("value = 0.866667", "value = 0.95")})
    assert "chosen.toml says accuracy 0.9500; validation.csv gives 0.8667" in project.check(CHECK)[0].message


def test_renamed_pictures(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "path": r["path"].replace("img", "old")} for r in rows])
    assert project.check(CHECK) == []
