from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"

CHECK = "conversion.target-missing"


def test_every_target_is_there(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_target_that_nobody_converted(project: Sandbox) -> None:
    project.replace("mlscaffold.toml", '"onnx"', '"onnx", "coreml", "litert"')
    misses(project, CHECK, "2 of 3 targets have no export: coreml, litert")


def test_a_copied_card(project: Sandbox) -> None:
    project.write({"exports/coreml/card.json": project.read(CARD)})
    says(project, CHECK, "the card in exports/coreml is of onnx: a copy?")


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
