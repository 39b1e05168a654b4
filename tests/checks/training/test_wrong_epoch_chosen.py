from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK, FILE, CHOICE = "training.wrong-epoch-chosen", f"{FOLDER}/metrics.csv", "reports/training/chosen.toml"


def choose(project: Sandbox, epoch: int, reason: str = "") -> None:
    project.replace(CHOICE, "epoch = 7", f"epoch = {epoch}")
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["checkpoint"].update(epoch=epoch))
    if reason:
        project.replace(CHOICE, "the best epoch by validation loss", reason)


def test_the_best_epoch(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_the_last_instead_of_the_best(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_loss": "0.9" if i == 9 else r["val_loss"]} for i, r in enumerate(rows)])
    choose(project, 9)
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "the chosen epoch 9 has val_loss 0.9, epoch 7 had 0.4" in found.message
    project.replace(CHOICE, "the best epoch by validation loss", "smallest model size after pruning")
    assert project.check(CHECK)[0].status is Status.WARN


def test_a_difference_within_noise(project: Sandbox) -> None:
    choose(project, 8)
    assert project.check(CHECK) == []


def test_best_on_another_recorded_metric(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_f1": str(0.9 if i == 2 else 0.5)} for i, r in enumerate(rows)])
    choose(project, 2)
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["checkpoint"].update(monitor="val_f1", mode="max"))
    assert project.check(CHECK) == []


def test_two_records_that_disagree(project: Sandbox) -> None:
    project.replace(CHOICE, "epoch = 7", "epoch = 3")
    assert "chosen.toml says epoch 3, provenance.json 7" in project.check(CHECK)[0].message


def test_an_epoch_that_never_was(project: Sandbox) -> None:
    choose(project, 29)
    assert "the chosen epoch 29 is not in metrics.csv" in project.check(CHECK)[0].message


def test_accuracy_was_clearly_better_elsewhere(project: Sandbox) -> None:
    project.edit_csv(
        FILE, lambda rows: [{**r, "val_acc": {4: "0.98", 7: "0.81"}.get(i, r["val_acc"])} for i, r in enumerate(rows)]
    )
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "the chosen epoch 7 has val_acc 0.810, epoch 4 had 0.980" in found.message
    assert "val_loss was monitored, accuracy is optimised" in found.message
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "f1_macro"')
    assert project.check(CHECK) == []


def test_accuracy_was_a_little_better_elsewhere(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_acc": "0.93" if i == 8 else r["val_acc"]} for i, r in enumerate(rows)])
    assert project.check(CHECK) == []


def test_a_mode_the_wrong_way_round(project: Sandbox) -> None:
    path = f"{FOLDER}/params.yaml"
    text = project.read(path)
    project.write({path: text + "early_stopping:\n  monitor: val_loss\n  mode: max\n"})
    (found,) = project.check(CHECK)
    assert "params.yaml watches val_loss with mode max; it is better when small" in found.message
    project.write({path: text + "trainer_callbacks:\n  - monitor: val_acc\n    mode: min\n"})
    assert "watches val_acc with mode min; it is better when large" in project.check(CHECK)[0].message
    project.write({path: text + "early_stopping:\n  monitor: val_f1\n  mode: max\nother:\n  monitor: val_loss\n  mode: min\n"})
    assert project.check(CHECK) == []
