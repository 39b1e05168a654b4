from __future__ import annotations

import json

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD, TABLE = "exports/onnx/card.json", "exports/onnx/calibration.csv"
CHECK = "conversion.calibration-degenerate"


def train(project: Sandbox, n: int) -> list[str]:
    """Rows of `calibration.csv` for the first pictures of train."""
    rows = [row.split(",") for row in project.read("data/processed/train/annotations.csv").splitlines()[1 : n + 1]]
    return [f"train/{row[0]},{row[1]}" for row in rows]


def calibrate(project: Sandbox, rows: list[str], *, n: int = 0, **more: str) -> None:
    used = {"split": "train", "n": n or len(rows), **more}
    project.edit_json(CARD, lambda c: c.update(quantisation="int8", calibration=used))
    project.write({TABLE: "\n".join(["path,digest", *rows]) + "\n"})


def test_float_exports_and_different_pictures(project: Sandbox) -> None:
    passes(project, CHECK)
    calibrate(project, train(project, 100), pipeline=json.loads(project.read(CARD))["pipeline"])
    passes(project, CHECK)


def test_one_picture_again_and_again(project: Sandbox) -> None:
    calibrate(project, train(project, 1) * 100)
    says(project, CHECK, "onnx was calibrated on 1 distinct picture among 100; at least 32 are wanted")
    calibrate(project, train(project, 5) * 20)
    says(project, CHECK, "5 distinct pictures among 100")


def test_copies_under_other_names_are_one_picture(project: Sandbox) -> None:
    digest = train(project, 1)[0].split(",")[1]
    calibrate(project, [f"train/copy-{i}.png,{digest}" for i in range(50)])
    says(project, CHECK, "1 distinct picture among 50")


def test_a_large_set_with_some_repeats_is_fine(project: Sandbox) -> None:
    calibrate(project, train(project, 60) * 2)
    passes(project, CHECK)


def test_pictures_that_were_not_prepared_as_in_training(project: Sandbox) -> None:
    calibrate(project, train(project, 40), pipeline="b" * 64)
    says(project, CHECK, "were prepared by pipeline bbbbbbbbbbbb, pipeline.json is")
    raw = [f"{row.split(',')[0]},{'c' * 60}{i:04d}" for i, row in enumerate(train(project, 40))]
    calibrate(project, raw)
    says(project, CHECK, "40 of 40 calibration pictures of onnx have other pixels than data/processed")


def test_a_card_that_counts_more_than_the_table(project: Sandbox) -> None:
    calibrate(project, train(project, 40), n=200)
    says(project, CHECK, "says 200 calibration pictures", "calibration.csv has 40")


def test_without_a_table_it_cannot_be_known(project: Sandbox) -> None:
    calibrate(project, train(project, 40))
    project.remove(TABLE)
    says(project, CHECK, "nobody can see which 40 pictures calibrated onnx", status=Status.UNKNOWN)


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
