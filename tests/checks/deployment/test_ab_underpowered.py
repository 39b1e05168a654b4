from __future__ import annotations

from mlscaffold.checks.deployment.ab_underpowered import arm_size
from mlscaffold.model import Status
from tests.checks.stories import SECOND, misses, passes, says
from tests.conftest import Sandbox

DEPLOY = "deploy.toml"


CHECK = "deployment.ab-underpowered"


def test_enough_requests(project: Sandbox) -> None:
    passes(project, CHECK)


def test_fifty_users_and_two_points(project: Sandbox) -> None:
    project.replace(DEPLOY, "requests_per_day = 9800", "requests_per_day = 7")
    project.replace(DEPLOY, "smallest_effect = 0.05", "smallest_effect = 0.02")
    found = says(project, CHECK, "labelled requests to show 0.02; with 10% of 7 a day", status=Status.WARN)
    assert "1,2" in found.message
    assert "28 days show 0.16 at best" in found.message


def test_the_size_is_the_textbook_one() -> None:
    # two equal arms, 0.9 against 0.92: (1.96 + 0.8416)² · 0.09 · 2 / 0.02²
    assert abs(arm_size(0.9, 0.02, share=0.5, power=0.8) - 3533) < 5


def test_numbers_that_make_no_comparison(project: Sandbox) -> None:
    project.replace(DEPLOY, "share = 0.1", "share = 0")
    says(project, CHECK, "no comparison")


def test_without_numbers(project: Sandbox) -> None:
    project.remove(SECOND)
    project.replace(DEPLOY, "smallest_effect = 0.05\n", "")
    misses(project, CHECK, "the comparison of models has no smallest_effect")


def test_an_effect_that_no_model_can_have(project: Sandbox) -> None:
    project.replace(DEPLOY, "smallest_effect = 0.05", "smallest_effect = 0.2")
    says(
        project,
        CHECK,
        "no model can be better by that much than 0.940, and acceptance.toml tolerates an error of 0.06",
        status=Status.WARN,
    )
