from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.best-trial-differs"


def test_trained_as_the_best_trial(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_digit_lost(project: Sandbox) -> None:
    project.replace(f"{FOLDER}/params.yaml", "lr: 0.002", "lr: 0.02")
    says(project, CHECK, "the best trial (10) has lr 0.002, run", "used 0.02")


def test_another_trial_with_a_reason_is_a_warning(project: Sandbox) -> None:
    lr = project.read(f"{FOLDER}/study.csv").splitlines()[6].split(",")[-1]
    project.replace(f"{FOLDER}/params.yaml", "lr: 0.002", f"lr: {lr}")
    says(project, CHECK, "those of trial 5 with 0.89, not 0.94", status=Status.WARN)


def test_the_lowest_loss_is_the_best(project: Sandbox) -> None:
    project.edit_csv(
        f"{FOLDER}/study.csv", lambda rows: [{**r, "metric": "val_loss", "value": str(1 - float(r["value"]))} for r in rows]
    )
    passes(project, CHECK)


def test_other_ways_to_write_a_number(project: Sandbox) -> None:
    project.replace(f"{FOLDER}/params.yaml", "lr: 0.002", "lr: 2.0e-3")
    project.edit_csv(
        f"{FOLDER}/study.csv", lambda rows: [{"model.lr" if k == "lr" else k: v for k, v in r.items()} for r in rows]
    )
    passes(project, CHECK)


def test_without_a_study(project: Sandbox) -> None:
    project.remove(f"{FOLDER}/study.csv")
    misses(project, CHECK, "study.csv is missing")
