from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.threshold-compared"


def test_thresholds_that_hold(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_threshold_that_is_not_met_yet_is_a_warning(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.9")
    says(project, CHECK, "accuracy ≥ 0.9 on test is not met yet: 0.860 (0.80 to 0.91, n = 150)", status=Status.WARN)


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
