from __future__ import annotations

from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.another-checkpoint"


def test_the_chosen_checkpoint_was_evaluated(project: Sandbox) -> None:
    passes(project, CHECK)


def test_an_evaluation_of_the_last_weights_is_none_of_the_chosen(project: Sandbox) -> None:
    project.remove(SECOND)
    project.edit_json(f"{FIRST}/provenance.json", lambda p: p["checkpoint"].update(digest="7" * 64))
    misses(project, CHECK, "no evaluation of training's chosen checkpoint", f"{FIRST} is of checkpoint 777777777777")


def test_predictions_copied_from_another_model(project: Sandbox) -> None:
    project.write({f"{FIRST}/predictions.csv": project.read(f"{SECOND}/predictions.csv")})
    says(project, CHECK, "its predictions are those of")


def test_a_copied_folder(project: Sandbox) -> None:
    project.edit_json(f"{FIRST}/provenance.json", lambda p: p.update(run="20261101T110000Z-bob-xyz"))
    says(project, CHECK, "its provenance is of run 20261101T110000Z-bob-xyz: a copy?")


def test_an_evaluation_of_the_same_run_is_named_before_a_newer_one(project: Sandbox) -> None:
    run = project.read("reports/training/chosen.toml").split('run = "')[1].split('"')[0]
    project.edit_json(f"{FIRST}/provenance.json", lambda p: (p.update(parent=run), p["checkpoint"].update(digest="7" * 64)))
    misses(project, CHECK, f"{FIRST} is of checkpoint 777777777777")
