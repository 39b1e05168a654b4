from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

SERVICE = "reports/deployment/service.json"

CHECK = "deployment.page-classes-differ"


def test_the_names_of_the_schema_in_any_order(project: Sandbox) -> None:
    passes(project, CHECK)
    project.edit_json(SERVICE, lambda s: s["classes"].reverse())
    passes(project, CHECK)


def test_numbers_in_place_of_names(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s.update(classes=["class_0", "class_1", "class_2"]))
    says(project, CHECK, "the page shows 3 names; 3 are not in the schema: class_0, class_1, class_2 (numbers in place of names)")


def test_the_names_of_yesterday(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s.update(classes=["daisy", "rose"]))
    says(project, CHECK, "1 of the schema are not shown: tulip")
    project.edit_json(SERVICE, lambda s: s.update(classes=[]))
    says(project, CHECK, "the page shows no classes")


def test_without_a_trial(project: Sandbox) -> None:
    project.remove(SERVICE)
    misses(project, CHECK, "the service was not tried yet")
