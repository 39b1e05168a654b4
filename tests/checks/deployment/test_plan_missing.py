from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

DEPLOY = "deploy.toml"

CHECK = "deployment.plan-missing"


def test_a_plan_with_numbers_and_people(project: Sandbox) -> None:
    passes(project, CHECK)
    project.replace(DEPLOY, "every_days = 60\n", "")
    passes(project, CHECK)  # a trigger with a number is enough


def test_when_needed(project: Sandbox) -> None:
    text = project.read(DEPLOY)
    start, end = text.index("[retraining]"), text.index("[owner]")
    project.write({DEPLOY: text[:start] + '[retraining]\ntriggers = ["when needed"]\n\n' + text[end:]})
    says(project, CHECK, "the retraining plan has no interval and no trigger with a number, no owner")
    project.write({DEPLOY: text[:start] + text[end:]})
    says(project, CHECK, "the retraining plan has no interval, no trigger, no owner")


def test_nobody_can_be_reached(project: Sandbox) -> None:
    project.replace(DEPLOY, 'contact = "ada@flowers.example"', 'contact = ""')
    says(project, CHECK, "the owner has no contact")


def test_a_stranger_is_a_warning(project: Sandbox) -> None:
    project.replace(DEPLOY, 'owner = "Ada Byron"', 'owner = "Bob Stranger"')
    says(project, CHECK, "Bob Stranger is not in the team", status=Status.WARN)
    project.write({".mailmap": "Ada Byron <ada@flowers.example> Bob Stranger <bob@old.example>\n"})
    passes(project, CHECK)  # who has another name now


def test_without_a_plan(project: Sandbox) -> None:
    text = project.read(DEPLOY)
    project.write({DEPLOY: text[: text.index("[retraining]")]})
    misses(project, CHECK, "no plan for retraining and no owner")


def test_words_that_stand_where_an_answer_should_be(project: Sandbox) -> None:
    project.replace(DEPLOY, 'contact = "ada@flowers.example"', 'contact = "tbd"')
    says(project, CHECK, "the owner has no contact")


def test_a_version_is_no_number_of_a_trigger(project: Sandbox) -> None:
    project.replace(DEPLOY, "every_days = 60\n", "")
    project.replace(DEPLOY, '"psi above 0.25"', '"when needed (version 2, in 2027)"')
    project.replace(DEPLOY, '"300 verdicts in the queue"', '"when the new stage 3 is done"')
    says(project, CHECK, "the retraining plan has no interval and no trigger with a number")
    project.replace(DEPLOY, "when needed (version 2, in 2027)", "ab 300 Bildern in der Ablage")
    passes(project, CHECK)


def test_once_in_a_hundred_years(project: Sandbox) -> None:
    project.replace(DEPLOY, "every_days = 60\n", "every_days = 36500\n")
    says(project, CHECK, "every 36500 days; between", status=Status.WARN)
    project.replace(DEPLOY, "every_days = 36500\n", "every_days = 0.5\n")
    passes(project, CHECK)
