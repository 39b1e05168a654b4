from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import rows_of

CARD = "exports/onnx/card.json"

CHECK = "conversion.labels-differ"


def test_the_classes_in_their_order(project: Sandbox) -> None:
    passes(project, CHECK)


def test_another_order(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(classes=["rose", "daisy", "tulip"]))
    says(project, CHECK, 'onnx: index 0 is "rose" in the export, "daisy" in the schema')


def test_what_the_order_does_to_the_answers(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(classes=["rose", "daisy", "tulip"]))
    (found,) = project.check(CHECK)

    assert found.effect is not None
    table = project.root / "exports/onnx/predictions.csv"
    right = [
        r["label"] == "tulip" == r["prediction"] or {r["label"], r["prediction"]} == {"rose", "daisy"}
        for r in rows_of(table.read_bytes())
    ]
    assert found.effect.reported > 0.8 > found.effect.corrected == sum(right) / len(right)
    project.remove("exports/onnx/predictions.csv")
    assert [f.effect for f in project.check(CHECK)] == [None]


def test_a_background_class(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(classes=["daisy", "rose", "tulip", "background"]))
    says(project, CHECK, 'index 3 is "background" in the export, "nothing" in the schema')


def test_more_outputs_than_classes(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c["output"].update(shape=[1, 1000]))
    says(project, CHECK, "onnx has 1000 outputs; the schema has 3 classes")


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")


def onnx_with(names: list[str]) -> bytes:
    """An ONNX model with metadata: version 8, and a pair `classes` → the names."""
    key, value = b"classes", json.dumps(names).encode()
    pair = b"\x0a" + bytes([len(key)]) + key + b"\x12" + bytes([len(value)]) + value
    return b"\x08\x08\x12\x07pytorch" + b"\x72" + bytes([len(pair)]) + pair


def litert_with(names: list[str]) -> bytes:
    """A LiteRT model with a list of labels packed behind it."""
    content = io.BytesIO(b"\x1c\0\0\0TFL3" + bytes(600))
    with zipfile.ZipFile(content, "a") as bundle:
        bundle.writestr("labels.txt", "\n".join(names) + "\n")
    return content.getvalue()


def packs(project: Sandbox, target: str, file: str, content: bytes) -> None:
    project.edit_json(CARD, lambda c: c.update(target=target, file=file))
    if target != "onnx":
        project.write({f"exports/{target}/card.json": project.read(CARD)})
        project.remove("exports/onnx")
    project.write({f"exports/{target}/{file}": content})


@pytest.mark.parametrize(("target", "file", "made"), [("onnx", "model.onnx", onnx_with), ("litert", "model.tflite", litert_with)])
def test_labels_inside_the_file(project: Sandbox, target: str, file: str, made: Callable[[list[str]], bytes]) -> None:
    packs(project, target, file, made(["daisy", "rose", "tulip"]))
    passes(project, CHECK)
    project.write({f"exports/{target}/{file}": made(["background", "daisy", "rose"])})
    found = says(project, CHECK, f'{target}: index 0 is "background" inside {file}, "daisy" in the schema and on the card')
    assert found.evidence[0].path == f"exports/{target}/{file}"


def test_a_file_that_packs_nothing_or_is_torn(project: Sandbox) -> None:
    whole = onnx_with(["rose", "daisy", "tulip"])
    for content in (b"", b"\x08", whole[:20], whole[:-3], b"\xff" * 40, bytes(50)):
        packs(project, "onnx", "model.onnx", content)
        passes(project, CHECK)
