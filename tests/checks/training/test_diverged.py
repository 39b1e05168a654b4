from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK, FILE = "training.diverged", f"{FOLDER}/metrics.csv"


def test_it_converged(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_nan_before_the_chosen_epoch(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "train_loss": "nan" if i >= 6 else r["train_loss"]} for i, r in enumerate(rows)])
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "train_loss is nan in epochs 6-9; the chosen checkpoint is of epoch 7" in found.message


def test_nan_after_it(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_loss": "inf" if i == 9 else r["val_loss"]} for i, r in enumerate(rows)])
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]


def test_a_loss_that_rose(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "train_loss": "9.5" if i == 7 else r["train_loss"]} for i, r in enumerate(rows)])
    assert "train_loss is 9.5 at the chosen epoch 7, above its start" in project.check(CHECK)[0].message


def test_a_failed_run_that_is_not_chosen(project: Sandbox) -> None:
    project.write({"reports/training/20261101T080000Z-ada-bad/metrics.csv": "epoch,train_loss\n0,nan\n"})
    assert project.check(CHECK) == []
