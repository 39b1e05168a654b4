from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import FIRST, SECOND, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

FOLDER = f"reports/tuning/{TUNED}"
CHOSEN = "reports/tuning/chosen.toml"

CHECK = "tuning.not-better"


def test_a_gain_beyond_chance(project: Sandbox) -> None:
    passes(project, CHECK)


def retrain(project: Sandbox, accuracy: float, *, seed: int = 5) -> None:
    from tests.finished import csv_bytes, predictions, rows_of

    path = f"{FOLDER}/validation.csv"
    rows = [{k: r[k] for k in ("path", "label")} for r in rows_of((project.root / path).read_bytes())]
    project.write({path: csv_bytes(predictions(rows, accuracy, seed=seed))})


def test_a_gain_that_is_noise_is_a_warning(project: Sandbox) -> None:
    retrain(project, 0.9)
    says(
        project,
        CHECK,
        "the gain may be chance: accuracy 0.867 → 0.900 on validation (+2 of 60 pictures, p = ",
        status=Status.WARN,
    )


def test_worse_on_validation(project: Sandbox) -> None:
    retrain(project, 0.4)
    says(project, CHECK, "the refined model is worse than stage 6's: accuracy 0.867 → 0.400 on validation (-28 of 60 pictures")


def test_worse_on_test(project: Sandbox) -> None:
    better, worse = project.read(f"{SECOND}/predictions.csv"), project.read(f"{FIRST}/baseline.csv")
    project.write({f"{SECOND}/predictions.csv": worse, f"{FIRST}/predictions.csv": better})
    says(project, CHECK, "worse than stage 6's: accuracy 0.940 → 0.500 on test")


def test_apples_and_pears(project: Sandbox) -> None:
    project.edit_csv(f"{FOLDER}/validation.csv", lambda rows: [{**r, "path": f"test/{i}.png"} for i, r in enumerate(rows)])
    says(project, CHECK, "0 of 60 validation pictures are in both tables")


def test_other_metrics_and_another_order(project: Sandbox) -> None:
    for metric in ("f1_macro", "log_loss", "kappa"):
        project.write({"acceptance.toml": f'schema = 1\n[metric]\noptimise = "{metric}"\n'})
        project.edit_csv(f"{FOLDER}/validation.csv", lambda rows: rows[::-1])
        passes(project, CHECK)
    retrain(project, 0.4)
    says(project, CHECK, "the refined model is worse than stage 6's: kappa 0.800 → 0.100 on validation")


def test_without_an_evaluation(project: Sandbox) -> None:
    project.remove(SECOND)
    misses(project, CHECK, "no evaluation of tuning's chosen checkpoint")
