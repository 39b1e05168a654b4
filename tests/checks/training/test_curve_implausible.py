from __future__ import annotations

import re
from itertools import accumulate

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN, rows_of

FOLDER = f"reports/training/{RUN}"

CHECK, FILE = "training.curve-implausible", f"{FOLDER}/metrics.csv"


def test_a_plausible_curve(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_validation_read_from_train(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_acc": r["train_acc"] if i else r["val_acc"]} for i, r in enumerate(rows)])
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "val_acc equals train_acc in 9 of 10 epochs" in found.message
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["data"].update(validation=p["data"]["train"]))
    assert "train and validation were the same 180 pictures" in project.check(CHECK)[0].message


def test_numbers_that_never_move(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_loss": "2.302585"} for r in rows])
    assert "val_loss is 2.302585 in all 10 epochs" in project.check(CHECK)[0].message


def test_a_learning_rate_of_0(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "lr": "0.0" if i >= 2 else r["lr"]} for i, r in enumerate(rows)])
    assert "lr is 0 from epoch 2 on (8 of 10 epochs)" in project.check(CHECK)[0].message


def test_warm_up_and_annealing_touch_0(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "lr": "0.0" if i in (0, 9) else r["lr"]} for i, r in enumerate(rows)])
    assert project.check(CHECK) == []


def test_percent(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_acc": str(100 * float(r["val_acc"]))} for r in rows])
    assert "accuracies run from 0 to 1" in project.check(CHECK)[0].message


def test_easy_data_learned_at_once(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_acc": "1.0", "train_acc": "1.0"} for r in rows])
    assert project.check(CHECK) == []


def test_a_learning_rate_of_next_to_nothing(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "lr": "1.3e-12" if i >= 3 else r["lr"]} for i, r in enumerate(rows)])
    assert "lr is 1.3e-12 from epoch 3 on (7 of 10 epochs)" in project.check(CHECK)[0].message


def test_accuracies_that_no_count_gives(project: Sandbox) -> None:
    rows = rows_of((project.root / FILE).read_bytes())
    values = [float(r["val_acc"]) for r in rows]
    smooth = list(accumulate(values, lambda before, now: 0.6 * before + 0.4 * now))
    project.edit_csv(FILE, lambda _: [r | {"val_acc": f"{v:.6f}"} for r, v in zip(rows, smooth, strict=True)])
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "epochs is no share of 60 pictures, first in epoch" in found.message
    project.edit_csv(FILE, lambda _: [r | {"val_acc": f"{v:.2f}"} for r, v in zip(rows, values, strict=True)])
    assert project.check(CHECK) == []  # two digits tell nothing
    padded = [round(v * 60) / 64 for v in values]  # a loader on several devices fills up its last batch
    project.edit_csv(FILE, lambda _: [r | {"val_acc": f"{v:.6f}"} for r, v in zip(rows, padded, strict=True)])
    assert project.check(CHECK) == []


def test_a_learning_rate_that_nobody_used(project: Sandbox) -> None:
    text = project.read(f"{FOLDER}/params.yaml")
    project.write({f"{FOLDER}/params.yaml": re.sub(r"lr: \S+", "lr: 0.5", text)})
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "params.yaml has lr 0.5; metrics.csv never logs more than 0.001" in found.message
