from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

DEPLOY = "deploy.toml"

CHECK = "deployment.queue-into-data"


def test_a_folder_for_review(project: Sandbox) -> None:
    passes(project, CHECK)
    project.replace(DEPLOY, "data/review", "../processed-by-hand")
    passes(project, CHECK)


def test_straight_into_the_data(project: Sandbox) -> None:
    for folder in ("data/processed/train", "./data/raw/queue/", "data/review/../splits", "data"):
        text = project.read(DEPLOY)
        project.replace(DEPLOY, '"data/review"', f'"{folder}"')
        says(project, CHECK, "the queue writes to data", "a folder for review is wanted")
        project.write({DEPLOY: text})


def test_every_picture_or_none(project: Sandbox) -> None:
    project.replace(DEPLOY, "confidence_below = 0.6", "confidence_below = 0")
    says(project, CHECK, "confidence_below is 0: no picture goes to a person")
    project.replace(DEPLOY, "confidence_below = 0\n", "")
    says(project, CHECK, "does not say below which confidence", status=Status.WARN)


def test_without_a_queue(project: Sandbox) -> None:
    project.replace(DEPLOY, 'folder = "data/review"\n', "")
    misses(project, CHECK, "names no folder for unsure pictures")


def test_the_project_itself_is_no_folder_for_review(project: Sandbox) -> None:
    project.replace(DEPLOY, "data/review", ".")
    says(project, CHECK, 'the queue writes to ".", the project itself')
