from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.class-never-found"


def call(project: Sandbox, label: str, answer: str, *, keep: int = 0) -> None:
    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in [r for r in rows if r["label"] == label][keep:]:
            row |= {
                "prediction": answer,
                **{f"p:{c}": "0.0500000" for c in ("daisy", "rose", "tulip")},
                f"p:{answer}": "0.9000000",
            }
        return [r for r in rows if r["label"] != label or r["prediction"] == answer]

    project.edit_csv(f"{FIRST}/predictions.csv", change)


def test_every_class_is_found(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_class_that_is_never_found(project: Sandbox) -> None:
    call(project, "rose", "tulip")
    says(project, CHECK, "recall of rose is 0.00 (0 of 50)")


def test_always_the_same_answer(project: Sandbox) -> None:
    for label in ("daisy", "rose", "tulip"):
        call(project, label, "tulip")
    says(project, CHECK, "150 of 150 answers are tulip: accuracy 0.33 is the share of one class")


def test_a_rare_class_is_a_warning(project: Sandbox) -> None:
    call(project, "rose", "tulip")
    kept: list[str] = []

    def few(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        kept.extend(r["path"] for r in rows if r["label"] == "rose")
        return [r for r in rows if r["path"] not in kept[3:]]

    project.edit_csv(f"{FIRST}/predictions.csv", few)
    says(project, CHECK, "recall of rose is 0.00 (0 of 3)", status=Status.WARN)


def test_without_an_evaluation(project: Sandbox) -> None:
    project.remove(FIRST)
    misses(project, CHECK, "no evaluation of training's chosen checkpoint")
