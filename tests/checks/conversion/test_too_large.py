from __future__ import annotations

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"
MODEL = "exports/onnx/model.onnx"

CHECK = "conversion.too-large"


def limit(project: Sandbox, size: int, *, target: str = "onnx") -> None:
    text = f'schema = 1\n[[thresholds]]\nmetric = "size_bytes"\nmax = {size}\ntarget = "{target}"\n'
    project.write({"acceptance.toml": text})


def test_without_a_limit_or_within_it(project: Sandbox) -> None:
    passes(project, CHECK)
    limit(project, 500_000)
    passes(project, CHECK)
    limit(project, 100, target="coreml")
    passes(project, CHECK)


def test_above_the_limit(project: Sandbox) -> None:
    limit(project, 200_000)
    project.edit_json(CARD, lambda c: c.update(bytes=100_000))
    says(project, CHECK, "onnx is 0.4 MB (the card says 0.1 MB), the limit is 0.2 MB")


def test_the_card_speaks_for_a_file_that_is_not_here(project: Sandbox) -> None:
    limit(project, 200_000)
    project.remove(MODEL)
    says(project, CHECK, "onnx is 0.4 MB, the limit is 0.2 MB")


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
