from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"

CHECK = "conversion.source-stale"


def test_of_the_refined_model(project: Sandbox) -> None:
    passes(project, CHECK)


def test_the_model_before_tuning(project: Sandbox) -> None:
    old = project.read("reports/training/chosen.toml").split('checkpoint = "')[1][:64]
    project.edit_json(CARD, lambda c: c["source"].update(checkpoint=old))
    misses(project, CHECK, f"onnx: export of {old[:12]} (stage 6's), the refined model is")


def test_the_test_data_moved(project: Sandbox) -> None:
    project.edit_csv("data/processed/test/annotations.csv", lambda rows: rows[1:])
    misses(project, CHECK, "onnx was measured before the test data moved (150 pictures then, 149 now)")


def test_measured_on_another_split(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c["evaluation"].update(split="validation"))
    says(project, CHECK, "onnx was measured on validation; test is wanted")


def test_never_measured(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(evaluation=None))
    misses(project, CHECK, "onnx was not measured on test")


def test_the_checkpoint_of_one_run_under_the_name_of_another(project: Sandbox) -> None:
    from tests.finished import RUN, TUNED

    project.edit_json(CARD, lambda c: c["source"].update(run=RUN))
    says(project, CHECK, f"onnx: the card says run {RUN}; checkpoint", f"is of {TUNED}")
