from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import RUN, TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.run-unsound"


def test_a_sound_run(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_kept_model_is_exempt(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/metrics.csv", lambda rows: rows[:3])
    project.write({CHOSEN: project.read(CHOSEN) + 'keep = "training"\n'})
    passes(project, CHECK)


def test_the_run_diverged(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/metrics.csv", lambda rows: [{**r, "val_loss": "nan"} for r in rows])
    assert any("val_loss is nan in epochs 0-9" in f.message for f in project.check(CHECK))


def test_the_run_died(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/metrics.csv", lambda rows: rows[:9])
    found = project.check(CHECK)
    assert found[0].message == "provenance.json says 10 epochs, metrics.csv has 9"
    assert found[0].fix == "python -m flower_sorter.tune"


def test_the_checkpoint_of_another_run_under_the_right_name(project: Sandbox) -> None:
    project.copy(f"runs/{RUN}/checkpoints/best.ckpt", f"runs/{TUNED}/checkpoints/best.ckpt")
    says(project, CHECK, "best.ckpt of the run has digest")


def test_the_checkpoint_is_elsewhere(project: Sandbox) -> None:
    project.remove(f"runs/{TUNED}/checkpoints/best.ckpt")
    says(project, CHECK, "is not on this machine", status=Status.UNKNOWN)


def test_another_value_and_another_epoch(project: Sandbox) -> None:
    project.replace(CHOSEN, "value = ", "value = 0.5\nwas = ")
    says(project, CHECK, "chosen.toml says accuracy 0.5000")
    project.replace(CHOSEN, "epoch = 7", "epoch = 3")
    assert any("chosen.toml says epoch 3, provenance.json 7" in f.message for f in project.check(CHECK))


def test_a_run_that_says_nothing_of_itself(project: Sandbox) -> None:
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: [p.pop(key) for key in ("seed", "command", "packages")])
    says(project, CHECK, "provenance.json does not say packages, seed, command")


def test_another_pipeline_beside_the_run(project: Sandbox) -> None:
    project.edit_json(f"{FOLDER}/pipeline.json", lambda p: p.update(mean=[0.9, 0.9, 0.9]))
    says(project, CHECK, "the copy of pipeline.json beside the run is not the one it was trained with")


def test_without_curves_or_a_choice(project: Sandbox) -> None:
    project.remove(f"{FOLDER}/metrics.csv")
    misses(project, CHECK, f"{FOLDER}/metrics.csv is missing")
    project.remove(CHOSEN)
    misses(project, CHECK, "no run is chosen")
