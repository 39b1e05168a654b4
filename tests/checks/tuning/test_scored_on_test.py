from __future__ import annotations

from mlscaffold.model import Status
from mlscaffold.practice.comparison import peeking
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED, rows_of

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.scored-on-test"


def test_a_search_on_validation(project: Sandbox) -> None:
    passes(project, CHECK)


def test_trials_scored_on_test(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/study.csv", lambda rows: [{**r, "split": "test"} for r in rows])
    found = says(project, CHECK, "11 of 11 trials were scored on test; selection must use validation")
    assert found.effect is not None
    assert found.effect.reported == 0.94
    assert 0.89 < found.effect.corrected < 0.91  # 0.94 ± 0.019, times sqrt(2 ln 11)


def test_what_the_best_of_so_many_looks_is_worth(project: Sandbox) -> None:
    project.edit_csv(
        f"{FOLDER}/study.csv", lambda rows: [{**r, "split": "test", "metric": "accuracy", "value": "0.9"} for r in rows]
    )
    (effect,) = [f.effect for f in project.check(CHECK) if "trials" in f.message]
    n = sum(row["split"] == "test" for row in rows_of((project.root / "data/splits/belt.csv").read_bytes()))
    trials = len(rows_of((project.root / f"{FOLDER}/study.csv").read_bytes()))

    assert effect is not None
    assert abs(effect.reported - effect.corrected - peeking(effect.reported, n, trials)) < 1e-9
    assert effect.corrected < effect.reported


def test_a_run_chosen_on_test(project: Sandbox) -> None:
    project.replace(CHOSEN, 'split = "validation"', 'split = "test"')
    says(project, CHECK, "the run was chosen on test")


def test_test_pictures_used_in_the_run(project: Sandbox) -> None:
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["data"].update(test={"digest": "a" * 64, "samples": 150}))
    says(project, CHECK, "150 pictures of test were used")


def test_trials_scored_on_train_are_a_warning(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/study.csv", lambda rows: [{**r, "split": "train"} for r in rows])
    says(project, CHECK, "11 of 11 trials were scored on train", status=Status.WARN)


def test_without_a_study_or_a_choice(project: Sandbox) -> None:
    project.remove(f"{FOLDER}/study.csv")
    misses(project, CHECK, "study.csv is missing: the search has no record")
    project.remove(CHOSEN)
    misses(project, CHECK, "no run is chosen")


def test_a_named_test_set_is_a_test_set(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/study.csv", lambda rows: [{**r, "split": "test-night"} for r in rows])
    says(project, CHECK, "11 of 11 trials were scored on test")


def test_test_by_another_name(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/study.csv", lambda rows: [{**r, "split": "Test"} for r in rows])
    says(project, CHECK, "11 of 11 trials were scored on test")
    project.edit_csv(f"{FOLDER}/study.csv", lambda rows: [{**r, "split": "validation", "metric": "test_acc"} for r in rows])
    says(project, CHECK, "11 of 11 trials were scored on test")
    project.edit_csv(f"{FOLDER}/study.csv", lambda rows: [{**r, "metric": "train_loss"} for r in rows])
    says(project, CHECK, "11 of 11 trials were scored on train", status=Status.WARN)


def test_a_run_that_was_monitored_on_test(project: Sandbox) -> None:
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["checkpoint"].update(monitor="test_acc"))
    says(project, CHECK, "the checkpoint was monitored on test_acc")


def test_a_run_and_a_study_that_logged_test(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/metrics.csv", lambda rows: [{**r, "test_acc": "0.9"} for r in rows])
    says(project, CHECK, "metrics.csv has test_acc")
    project.edit_csv(f"{FOLDER}/study.csv", lambda rows: [{**r, "user_attrs_test_acc": "0.9", "latest": "1"} for r in rows])
    assert any(f.message.startswith("study.csv has user_attrs_test_acc:") for f in project.check(CHECK))
