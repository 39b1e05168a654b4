from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"

CHECK, FILE = "training.metrics-incomplete", f"{FOLDER}/metrics.csv"


def test_a_whole_curve(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_a_header_and_no_epoch(project: Sandbox) -> None:
    project.write({FILE: project.read(FILE).splitlines()[0] + "\n"})
    assert "metrics.csv has 0 epochs" in project.check(CHECK)[0].message


def test_it_died(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: rows[:8])
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["limits"].update(max_epochs=30, epochs=8, stopped=""))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "8 of 30 epochs, and no early stop is recorded" in found.message
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["limits"].update(stopped="interrupted"))
    assert project.check(CHECK)[0].status is Status.WARN
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["limits"].update(stopped="early stopping"))
    assert project.check(CHECK) == []


def test_holes(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "val_acc": "" if i == 2 else r["val_acc"]} for i, r in enumerate(rows) if i != 5])
    told = " ".join(f.message for f in project.check(CHECK))
    assert "val_acc is blank in 1 of 9 epochs: 2" in told
    assert "1 epochs are missing between 0 and 9: 5" in told
    assert "provenance.json says 10 epochs, metrics.csv has 9" in told


def test_a_column_less(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{k: v for k, v in r.items() if k != "val_loss"} for r in rows])
    assert "metrics.csv has no val_loss" in project.check(CHECK)[0].message


def test_epochs_twice(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: rows[:3] + rows)
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "epochs 0 to 2 occur twice" in found.message


def test_a_resumed_run_that_names_its_parent(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: rows[4:])
    assert "the first epoch is 4" in " ".join(f.message for f in project.check(CHECK))
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p.update(parent="20261101T080000Z-ada-par", resumed=True))
    assert project.check(CHECK) == []


def test_more_columns_and_epochs_from_1(project: Sandbox) -> None:
    project.edit_csv(
        FILE,
        lambda rows: [
            {"grad_norm": "1.5", "epoch": str(int(r["epoch"]) + 1)} | {k: v for k, v in r.items() if k != "epoch"} for r in rows
        ],
    )
    assert project.check(CHECK) == []


def test_the_layout_of_lightning(project: Sandbox) -> None:
    def apart(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        out = []
        for r in rows:
            out.append({**r, "train_loss": "", "train_acc": "", "lr": ""})
            out.append({**r, "val_loss": "", "val_acc": "", "lr": ""})
        return out

    project.edit_csv(FILE, apart)
    assert project.check(CHECK) == []
