from __future__ import annotations

from tests.checks.stories import SECOND, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.evaluation-stale"


def test_the_refined_model_on_the_data_of_today(project: Sandbox) -> None:
    passes(project, CHECK)


def test_the_evaluation_is_of_another_checkpoint(project: Sandbox) -> None:
    project.remove(SECOND)
    misses(project, CHECK, "no evaluation of tuning's chosen checkpoint")


def test_a_test_label_moved(project: Sandbox) -> None:
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: [{**rows[0], "label": "tulip"}, *rows[1:]])
    misses(project, CHECK, "is older than the test data")


def test_a_train_label_moved(project: Sandbox) -> None:
    project.edit_csv("data/processed/train/annotations.csv", lambda rows: [{**rows[0], "label": "tulip"}, *rows[1:]])
    misses(project, CHECK, f"run {TUNED} is older than the train data")


def test_a_part_of_test(project: Sandbox) -> None:
    project.edit_json(f"{SECOND}/provenance.json", lambda p: p["data"]["test"].update(samples=100))
    says(project, CHECK, "it used 100 of 150 test pictures")
