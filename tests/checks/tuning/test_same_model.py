from __future__ import annotations

from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import RUN, TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.same-model"


def checkpoint(project: Sandbox, stage: str) -> str:
    return project.read(f"reports/{stage}/chosen.toml").split('checkpoint = "')[1][:64]


def test_another_model(project: Sandbox) -> None:
    passes(project, CHECK)


def test_the_copying_step_ran_and_the_training_did_not(project: Sandbox) -> None:
    project.replace(CHOSEN, checkpoint(project, "tuning"), checkpoint(project, "training"))
    says(project, CHECK, "the tuned checkpoint is stage 6's")


def test_stage_6_kept_on_purpose(project: Sandbox) -> None:
    project.replace(CHOSEN, checkpoint(project, "tuning"), checkpoint(project, "training"))
    project.write({CHOSEN: project.read(CHOSEN) + 'keep = "training"\n'})
    passes(project, CHECK)
    project.replace(CHOSEN, "the best epoch by validation loss", "")
    misses(project, CHECK, "kept without a reason")


def test_kept_and_yet_another_checkpoint(project: Sandbox) -> None:
    project.write({CHOSEN: project.read(CHOSEN) + 'keep = "training"\n'})
    says(project, CHECK, "stage 6's model is kept, but")


def test_copied_predictions(project: Sandbox) -> None:
    project.write({f"{SECOND}/predictions.csv": project.read(f"{FIRST}/predictions.csv")})
    says(project, CHECK, "all 150 probabilities on test equal those of stage 6")
    project.write({f"{FOLDER}/validation.csv": project.read(f"reports/training/{RUN}/validation.csv")})
    assert len(project.check(CHECK)) == 2


def test_without_a_choice(project: Sandbox) -> None:
    project.remove(CHOSEN)
    misses(project, CHECK, "no run is chosen")
