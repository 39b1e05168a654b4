from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

SERVICE = "reports/deployment/service.json"
CHECK = "deployment.input-differs"


def test_the_same_pictures(project: Sandbox) -> None:
    passes(project, CHECK)


def test_another_resize(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s["originals"].update(grey_levels=11.2, agreement=0.7, max_difference=0.4))
    says(
        project,
        CHECK,
        "differs from training input by 11.2 grey levels on average over 19 pictures; 1 is what decoders differ by",
    )


def test_the_pixels_are_right_and_the_answers_are_not(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s["originals"].update(agreement=0.5, max_difference=0.61))
    says(project, CHECK, "19 originals sent to the service: 50% get the answer of their prepared picture", "by up to 0.61")


def test_the_noise_of_decoders(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s["originals"].update(grey_levels=0.4, max_difference=0.01))
    passes(project, CHECK)


def test_a_pipeline_that_moved_on(project: Sandbox) -> None:
    project.edit_json("pipeline.json", lambda p: p["resize"].update(method="crop"))
    says(project, CHECK, "the service was tried with pipeline", "pipeline.json is")


def test_without_originals_it_cannot_be_known(project: Sandbox) -> None:
    none = {"compared": 0, "agreement": None, "max_difference": None, "grey_levels": None}
    project.edit_json(SERVICE, lambda s: s.update(originals=none))
    says(project, CHECK, "was not asked about pictures as they come", status=Status.UNKNOWN)
    project.edit_json(SERVICE, lambda s: s.pop("originals"))
    says(project, CHECK, "was not asked about pictures as they come", status=Status.UNKNOWN)


def test_without_a_trial(project: Sandbox) -> None:
    project.remove(SERVICE)
    misses(project, CHECK, "the service was not tried yet")
