from __future__ import annotations

import hashlib

import pytest

from mlscaffold.evidence import deep
from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import TUNED

CHECK = "tuning.inference-differs"
TABLE = f"reports/tuning/{TUNED}/inference.csv"
PREDICT = """import argparse, csv
parser = argparse.ArgumentParser()
for name in ("checkpoint", "images", "output"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
known = {f"data/field/{r['path']}": r for r in csv.DictReader(open("FIELD.csv"))}
names = ["daisy", "rose", "tulip"]
with open(given.output, "w") as out:
    print("path,prediction," + ",".join(f"p:{n}" for n in names), file=out)
    for row in csv.DictReader(open(given.images)):
        said, top = known[row["path"]]["prediction"], float(known[row["path"]]["confidence"])
        shares = [top if n == said else (1 - top) / 2 for n in names]
        print(",".join([row["path"], said, *map(str, shares)]), file=out)
"""


@pytest.fixture
def able(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The path of evaluation answers what inference.csv says now; the checkpoint is here."""
    monkeypatch.setattr(deep, "_finds_torch", lambda python: True)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert hashlib.sha256(b"checkpoint of tuning").hexdigest() in project.read("reports/tuning/chosen.toml")
    project.write({"flower_sorter/__init__.py": "", "flower_sorter/predict.py": PREDICT, "FIELD.csv": project.read(TABLE)})
    return project


def test_one_path(able: Sandbox) -> None:
    passes(able, CHECK)
    able.edit_csv(TABLE, lambda rows: [{**row, "confidence": f"{float(row['confidence']) + 0.004:.3f}"} for row in rows])
    passes(able, CHECK)


def test_channels_the_other_way_round(able: Sandbox) -> None:
    other = {"daisy": "tulip", "rose": "rose", "tulip": "daisy"}
    able.edit_csv(TABLE, lambda rows: [{**row, "prediction": other[row["prediction"]]} for row in rows])
    says(able, CHECK, "40 of 60 real-world pictures are answered otherwise", "40 of them with another class", "recorded")


def test_no_normalisation_moves_the_confidence_alone(able: Sandbox) -> None:
    able.edit_csv(TABLE, lambda rows: [{**row, "confidence": "0.71"} if i % 3 else row for i, row in enumerate(rows)])
    says(able, CHECK, "40 of 60 real-world pictures are answered otherwise", "0 of them with another class", "0.71 recorded")


def test_one_tie_that_falls_the_other_way(able: Sandbox) -> None:
    able.edit_csv(TABLE, lambda rows: [{**rows[0], "confidence": "0.5"}, *rows[1:]] * 1)
    says(able, CHECK, "1 of 60 real-world pictures")  # a hundredth of sixty is none
    able.write({"FIELD.csv": able.read(TABLE)})
    passes(able, CHECK)


def test_without_pictures_or_checkpoint(able: Sandbox) -> None:
    able.remove("runs")
    says(able, CHECK, "is not on this machine", status=Status.UNKNOWN)
    able.remove("data/field")
    says(able, CHECK, "0 of 60 real-world pictures are on this machine", status=Status.UNKNOWN)


def test_without_inference(project: Sandbox) -> None:
    project.remove(TABLE)
    misses(project, CHECK, "the model has not seen the real world")
