from __future__ import annotations

from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.comparison-differs"
METRICS = f"{FIRST}/metrics.json"


def test_a_fair_comparison(project: Sandbox) -> None:
    passes(project, CHECK)


def test_majority_baseline_and_p_are_recomputed(project: Sandbox) -> None:
    project.edit_json(METRICS, lambda m: m["majority"].update(accuracy=0.2))
    says(project, CHECK, "majority is daisy with 0.200 recorded, daisy with 0.333 recomputed")
    project.edit_json(METRICS, lambda m: (m["majority"].update(accuracy=1 / 3), m["baseline"].update(accuracy=0.31)))
    says(project, CHECK, "baseline accuracy is 0.31 recorded, 0.5 recomputed")
    project.edit_json(METRICS, lambda m: (m["baseline"].update(accuracy=0.5), m["comparison"].update(p=0.2)))
    says(project, CHECK, "p is 0.2 recorded")


def test_another_rule_than_stage_2_chose(project: Sandbox) -> None:
    project.edit_json(METRICS, lambda m: m["baseline"].update(rule="majority"))
    says(project, CHECK, "the baseline is majority; acceptance.toml names logistic-regression")


def test_a_baseline_of_other_pictures(project: Sandbox) -> None:
    project.edit_csv(f"{FIRST}/baseline.csv", lambda rows: rows[:100])
    says(project, CHECK, "it has 100 of test, the model 150 of test", "50 are in one table only")


def test_a_baseline_that_was_asked_about_its_own_pictures(project: Sandbox) -> None:
    project.edit_csv(f"{FIRST}/baseline.csv", lambda rows: [r | {"path": r["path"].replace("test/", "train/", 1)} for r in rows])
    says(project, CHECK, "it has 150 of train, the model 150 of test")
    passes(project, "evaluation.not-better-than-baseline")


def test_another_class_of_the_same_share_is_no_mistake(project: Sandbox) -> None:
    project.edit_json(METRICS, lambda m: m["majority"].update({"class": "rose"}))
    project.edit_csv(f"{FIRST}/baseline.csv", lambda rows: rows[::-1])
    passes(project, CHECK)


def test_without_a_baseline(project: Sandbox) -> None:
    project.remove(f"{SECOND}/baseline.csv")
    misses(project, CHECK, "baseline.csv is missing")
