from __future__ import annotations

import pytest

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.threshold-compared"


def test_thresholds_that_hold(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_threshold_that_is_not_met_yet_is_a_warning(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.9")
    says(project, CHECK, "accuracy ≥ 0.9 on test is not met yet: 0.860 (0.80 to 0.91, n = 150)", status=Status.WARN)


@pytest.mark.parametrize(
    "claim",
    [
        "All acceptance criteria are met.",
        "The model meets all of the agreed thresholds.",
        "Alle Schwellenwerte sind erfüllt.",
        "所有指标均已达到要求。",
    ],
)
def test_a_document_that_says_that_all_is_met(project: Sandbox, claim: str) -> None:
    project.replace("docs/07-evaluation.md", "The rose is found often enough", f"{claim} The rose is found often enough")
    passes(project, CHECK)
    project.replace("acceptance.toml", "min = 0.85", "min = 0.96")
    says(project, CHECK, f'"{claim}" is not so: accuracy ≥ 0.96 on test is not met: 0.860')


@pytest.mark.parametrize(
    "words",
    [
        "Not all thresholds are met.",
        "All thresholds must be met in stage 8.",
        "Alle Ziele werden im Mai erreicht.",
        "并非所有指标均未达标。",
    ],
)
def test_denials_and_plans_claim_nothing(project: Sandbox, words: str) -> None:
    project.replace("docs/07-evaluation.md", "The rose is found often enough", f"{words} The rose is found often enough")
    project.replace("acceptance.toml", "min = 0.85", "min = 0.96")
    says(project, CHECK, "is not met yet: 0.860", status=Status.WARN)


def test_a_claim_that_is_true_of_the_refined_model(project: Sandbox) -> None:
    project.replace("docs/07-evaluation.md", "The rose is found", "All thresholds are met. The rose is found")
    project.replace("acceptance.toml", "min = 0.85", "min = 0.9")  # stage 7's has 0.86, stage 8's 0.94
    says(project, CHECK, "is not met yet: 0.860", status=Status.WARN)


def test_a_slice(project: Sandbox) -> None:
    project.write({"acceptance.toml": 'schema = 1\n[[thresholds]]\nmetric = "accuracy"\nslice = "source=belt"\nmin = 0.9\n'})
    says(project, CHECK, "accuracy ≥ 0.9 on test in source=belt is not met yet: 0.860", status=Status.WARN)


def test_a_class_that_does_not_exist(project: Sandbox) -> None:
    project.replace("acceptance.toml", 'class = "rose"', 'class = "roses"')
    says(project, CHECK, "names a class that data/schema.toml does not have")


def test_other_metrics_have_intervals_too(project: Sandbox) -> None:
    wanted = '[[thresholds]]\nmetric = "f1_macro"\nmin = 0.99\n[[thresholds]]\nmetric = "log_loss"\nmax = 0.01\n'
    project.write({"acceptance.toml": f"schema = 1\n{wanted}"})
    found = [f.message for f in project.check(CHECK)]
    assert len(found) == 2
    assert "f1_macro ≥ 0.99 on test is not met yet: 0.860 (0.8" in found[0]
    assert "log_loss ≤ 0.01 on test is not met yet" in found[1]


def test_without_thresholds(project: Sandbox) -> None:
    project.write({"acceptance.toml": 'schema = 1\n[metric]\noptimise = "accuracy"\n'})
    misses(project, CHECK, "acceptance.toml has no thresholds")
