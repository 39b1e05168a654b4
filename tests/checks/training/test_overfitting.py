from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK, FILE = "training.overfitting", f"{FOLDER}/metrics.csv"


def test_a_small_gap(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_a_gap_that_nobody_diagnosed(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "train_acc": "1.0", "val_acc": "0.71"} for r in rows])
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "gap 0.29 at the chosen epoch 7: train_acc 1.000, val_acc 0.710 (±0.11 on 60)" in found.message
    project.replace("docs/07-evaluation.md", "Four pictures", "The model overfits, so we will collect more. Four pictures")
    assert project.check(CHECK) == []


def test_with_extra_sources_the_gap_to_augmented_counts(project: Sandbox) -> None:
    values = {"train_acc": "1.0", "val_acc": "0.71", "aug_loss": "0.1", "aug_acc": "0.98"}
    project.edit_csv(FILE, lambda rows: [{**r, **values} for r in rows])
    assert project.check(CHECK) == []
    project.edit_csv(FILE, lambda rows: [{**r, "aug_acc": "0.8"} for r in rows])
    (found,) = project.check(CHECK)
    assert "gap 0.20 at the chosen epoch 7: train_acc 1.000, aug_acc 0.800" in found.message
