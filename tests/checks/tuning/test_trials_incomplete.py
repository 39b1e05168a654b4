from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.trials-incomplete"


def states(project: Sandbox, *wanted: str) -> None:
    project.edit_csv(
        f"{FOLDER}/study.csv", lambda rows: [{**row, "state": state} for row, state in zip(rows, wanted, strict=False)]
    )


def test_a_search_that_ran_to_its_end(project: Sandbox) -> None:
    passes(project, CHECK)


def test_one_trial_of_fifty(project: Sandbox) -> None:
    states(project, "COMPLETE", "FAIL", "FAIL")
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["limits"].update(trials=50))
    says(project, CHECK, "1 of 50 trials is complete, 2 failed", status=Status.WARN)


def test_no_trial_at_all(project: Sandbox) -> None:
    states(project, "FAIL", "FAIL", "RUNNING")
    says(project, CHECK, "0 of 3 trials are complete, 2 failed")


def test_pruned_trials_were_looked_at(project: Sandbox) -> None:
    states(project, "COMPLETE", *["PRUNED"] * 9, "FAIL")
    passes(project, CHECK)


def test_without_a_study(project: Sandbox) -> None:
    project.write({f"{FOLDER}/study.csv": "trial,state,value,metric,split\n"})
    misses(project, CHECK, "has no trials")


def test_the_same_trial_again_and_again(project: Sandbox) -> None:
    own = ("trial", "state", "value", "metric", "split")
    project.edit_csv(
        f"{FOLDER}/study.csv", lambda rows: [{**rows[0], **{k: v for k, v in row.items() if k in own}} for row in rows]
    )
    says(project, CHECK, "11 trials tried 1 different parameters", status=Status.WARN)
