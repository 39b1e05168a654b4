from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.real-world-missing"
FILE = f"{FOLDER}/inference.csv"


def test_sixty_pictures_and_verdicts(project: Sandbox) -> None:
    passes(project, CHECK)


def test_too_few(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: rows[:40])
    says(project, CHECK, "40 real-world pictures; 50 are wanted", status=Status.WARN)
    project.edit_csv(FILE, lambda rows: rows[:10])
    says(project, CHECK, "10 real-world pictures; at least 30 are wanted")


def test_one_picture_sixty_times(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "digest": rows[0]["digest"]} for r in rows])
    says(project, CHECK, "1 real-world pictures (60 rows, some of the same picture)")


def test_answers_that_nobody_judged(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "verdict": ""} for r in rows])
    says(project, CHECK, "0 of 60 answers were judged by a person", status=Status.WARN)


def test_pictures_without_an_answer(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "prediction": ""} if i < 2 else r for i, r in enumerate(rows)])
    says(project, CHECK, "2 of 60 pictures have no answer")


def test_far_worse_than_on_test(project: Sandbox) -> None:
    project.edit_csv(FILE, lambda rows: [{**r, "verdict": "rose" if i % 2 else r["prediction"]} for i, r in enumerate(rows)])
    says(project, CHECK, "accuracy on the real world is 0.", "on test 0.94: other pictures", status=Status.WARN)


def test_without_inference(project: Sandbox) -> None:
    project.remove(FILE)
    misses(project, CHECK, "the model has not seen the real world")
