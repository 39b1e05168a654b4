from __future__ import annotations

import hashlib

import pytest

from mlscaffold.evidence import deep
from mlscaffold.model import Status
from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import csv_bytes, rows_of
from tests.named_set import night

CHECK, TABLE = "evaluation.prediction-differs", f"{FIRST}/predictions-test-night.csv"
PREDICT = """import argparse, csv, hashlib
parser = argparse.ArgumentParser()
for name in ("checkpoint", "images", "output"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
known = {r["path"]: r for r in csv.DictReader(open("FOLDER/predictions.csv"))}
names = [k for k in next(iter(known.values())) if k.startswith("p:")]
with open(given.output, "w") as out:
    print(",".join(["path", "prediction", *names]), file=out)
    for row in csv.DictReader(open(given.images)):
        told = known[row["path"].removeprefix("data/processed/")]
        noise = NOISE * (int(hashlib.sha256(row["path"].encode()).hexdigest(), 16) % 100) / 100
        shares = [abs(float(told[n]) - noise) for n in names]
        print(",".join([row["path"], told["prediction"], *map(str, shares)]), file=out)
"""


@pytest.fixture
def able(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.setattr(deep, "_finds_torch", lambda python: True)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    content = b"weights"
    project.write({"runs/some/checkpoints/best.ckpt": content, "flower_sorter/__init__.py": ""})
    digest = hashlib.sha256(content).hexdigest()
    old = project.read("reports/training/chosen.toml").split('checkpoint = "')[1][:64]
    for path in ("reports/training/chosen.toml", f"{FIRST}/provenance.json"):
        project.replace(path, old, digest)
    return project


def act(project: Sandbox, noise: float) -> None:
    project.write({"flower_sorter/predict.py": PREDICT.replace("FOLDER", FIRST).replace("NOISE", str(noise))})


def test_the_same_answers_up_to_the_noise_of_machines(able: Sandbox) -> None:
    act(able, 0.0009)
    passes(able, CHECK)


def test_dropout_left_on(able: Sandbox) -> None:
    act(able, 0.21)
    says(able, CHECK, "of 100 probabilities differ when predicted again, up to 0.2")


def test_a_script_that_fails_is_told(able: Sandbox) -> None:
    able.write({"flower_sorter/predict.py": "import sys; sys.exit('the file is truncated')"})
    says(able, CHECK, "python -m flower_sorter.predict ended with 1: the file is truncated")


def test_without_checkpoint_or_pictures_it_cannot_be_known(project: Sandbox, able: Sandbox) -> None:
    able.remove("runs")
    says(able, CHECK, "is not on this machine", status=Status.UNKNOWN)
    able.remove("data/processed/test")
    able.git("checkout", "--", "data/processed/test/annotations.csv")
    says(able, CHECK, "0 of 100 test pictures are on this machine", status=Status.UNKNOWN)


def test_without_an_evaluation(project: Sandbox) -> None:
    project.remove(FIRST)
    misses(project, CHECK, "no evaluation")


def test_a_named_test_set_is_predicted_again_too(able: Sandbox) -> None:
    night(able, accuracy=0.8)
    both = csv_bytes(rows_of((able.root / f"{FIRST}/predictions.csv").read_bytes()) + rows_of((able.root / TABLE).read_bytes()))
    able.write(
        {"told/predictions.csv": both, "flower_sorter/predict.py": PREDICT.replace("FOLDER", "told").replace("NOISE", "0.0009")}
    )
    passes(able, CHECK)
    able.edit_csv(TABLE, lambda rows: [{**r, "p:daisy": r["p:rose"], "p:rose": r["p:daisy"]} for r in rows])
    says(able, CHECK, "of 30 probabilities differ when predicted again", "test-night/phone/")
