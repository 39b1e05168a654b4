from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"

CHECK = "conversion.calibration-from-test"


def calibrate(project: Sandbox, split: str, n: int, data: str = "c" * 64) -> None:
    project.edit_json(CARD, lambda c: c.update(quantisation="int8", calibration={"split": split, "data": data, "n": n}))


def test_no_calibration_or_one_on_train(project: Sandbox) -> None:
    passes(project, CHECK)
    calibrate(project, "train", 100)
    passes(project, CHECK)


def test_calibrated_on_the_exam(project: Sandbox) -> None:
    calibrate(project, "test", 100)
    says(project, CHECK, "onnx was calibrated on 100 pictures of test; train is wanted")


def test_the_exam_under_another_name(project: Sandbox) -> None:
    import json

    calibrate(project, "train", 150, json.loads(project.read(CARD))["evaluation"]["data"])
    says(project, CHECK, "onnx was calibrated on 150 pictures of test")


def test_single_pictures_of_the_exam(project: Sandbox) -> None:
    calibrate(project, "train", 40)
    rows = project.read("data/processed/train/annotations.csv").splitlines()[1:40]
    train = [f"train/{r[0]},{r[1]}" for r in (row.split(",") for row in rows)]
    tested = project.read("data/processed/test/annotations.csv").splitlines()[1].split(",")
    for odd in (f"test/{tested[0]},{tested[1]}", f"train/renamed.png,{tested[1]}"):
        project.write({"exports/onnx/calibration.csv": "\n".join(["path,digest", *train, odd]) + "\n"})
        found = says(project, CHECK, "1 of 40 calibration pictures of onnx are in test, first " + odd.split(",")[0])
        assert (found.evidence[0].path, found.evidence[0].line) == ("exports/onnx/calibration.csv", 41)


def test_one_picture(project: Sandbox) -> None:
    calibrate(project, "train", 1)
    says(project, CHECK, "onnx was calibrated on 1 pictures; at least 32 are wanted", status=Status.WARN)


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")


def test_a_named_test_set_is_an_exam_too(project: Sandbox) -> None:
    calibrate(project, "test-night", 64)
    says(project, CHECK, "64 pictures of test-night; train is wanted")
    calibrate(project, "augmented", 64)
    says(project, CHECK, "64 pictures of augmented; train is wanted", status=Status.WARN)
