from __future__ import annotations

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "research.baseline-undecided", "docs/02-research.md"


def test_a_rule_with_a_reason_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_decided_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(("old", "new"), [('rule = "logistic-regression"', ""), ('why = "A linear model', 'why = "" #')])
def test_a_rule_or_reason_left_out_is_something_to_do(project: Sandbox, old: str, new: str) -> None:
    project.replace("acceptance.toml", old, new)
    assert absent(project.check(CHECK))


def test_an_unknown_rule(project: Sandbox) -> None:
    project.replace("acceptance.toml", '"logistic-regression"', '"majorty"')
    said(project.check(CHECK), "fail", 'Is "majority" meant?')


@pytest.mark.parametrize(
    "claim",
    ["The baseline reaches about 61 % of all bunches.", "Baseline: 0.61.", "Logistic regression has an accuracy of 0.61."],
)
def test_a_number_without_evidence(project: Sandbox, claim: str) -> None:
    project.replace(FILE, "is close to what the baseline does already.", f"is an alternative. {claim}")
    said(project.check(CHECK), "fail", "baseline 0.61 has no evidence", "0.33", FILE)


@pytest.mark.parametrize(
    "claim",
    ["The majority class gives accuracy 0.33.", "The baseline reaches 50 %.", "A baseline is computed by evaluation in 3 steps."],
)
def test_a_number_that_can_be_computed(project: Sandbox, claim: str) -> None:
    project.replace(FILE, "is close to what the baseline does already.", f"is an alternative. {claim}")
    assert project.check(CHECK) == []


def test_before_there_is_data_a_number_is_a_warning(project: Sandbox) -> None:
    for path in ("data/splits", "reports"):
        project.remove(path)
    project.replace(FILE, "is close to what the baseline does already.", "is an alternative. Baseline: 0.61.")
    said(project.check(CHECK), "warn", "has no evidence yet")


def test_versions_and_costs_in_the_same_sentence_are_no_baseline(project: Sandbox) -> None:
    for text in (
        "Software: scikit-learn 1.9 for the baseline, onnxruntime 1.31 and fastapi 0.120.",
        "The baseline runs on numpy 0.5 and costs 0.12 euros a day.",
        "Logistic regression needs a learning rate of 0.01.",
    ):
        project.replace("docs/02-research.md", "nothing else is installed there.", f"nothing else is installed there. {text}")
        assert project.check("research.baseline-undecided") == [], text
        project.replace("docs/02-research.md", f" {text}", "")


def test_the_baseline_of_another_set(project: Sandbox) -> None:
    project.replace(
        FILE,
        "is close to what the baseline does already.",
        "is tried. An earlier baseline had an accuracy of 0.61 on another set.",
    )
    assert project.check(CHECK) == []
