from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"

CHECK = "conversion.input-mismatch"


def test_the_input_of_the_pipeline(project: Sandbox) -> None:
    passes(project, CHECK)
    project.edit_json(CARD, lambda c: c["input"].update(shape=[-1, 16, 16, 3], layout="NHWC"))
    passes(project, CHECK)


def test_traced_with_a_toy_input(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c["input"].update(shape=[1, 3, 64, 64]))
    says(project, CHECK, "onnx takes 1×3×64×64, the pipeline makes 1×3×16×16")


def test_another_pipeline(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(pipeline="f" * 64))
    says(project, CHECK, "onnx was made for pipeline ffffffffffff, pipeline.json is")


def test_scaled_twice(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(options={"scale": 1 / 255}))
    says(project, CHECK, "onnx applies scale = 0.0039", "pipeline.json scales the pictures already")


def test_scaled_by_the_type_of_the_input(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(options={"image_input": {"bias": [-0.485, -0.456, -0.406]}}))
    says(project, CHECK, "onnx applies bias = [-0.485, -0.456, -0.406] inside")
    project.edit_json(CARD, lambda c: c.update(options={"preprocessing": "imagenet"}))
    says(project, CHECK, "onnx applies preprocessing = imagenet inside")


def test_scalings_that_change_nothing(project: Sandbox) -> None:
    nothing = {"scale": 1.0, "bias": [0, 0, 0], "mean": [0.0], "std": [1, 1, 1], "preprocessing": "none"}
    project.edit_json(CARD, lambda c: c.update(options={**nothing, "input": nothing, "weights": {"scale": 0.02}}))
    passes(project, CHECK)


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
