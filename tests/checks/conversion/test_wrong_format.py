from __future__ import annotations

import json

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"
MODEL = "exports/onnx/model.onnx"


CHECK = "conversion.wrong-format"


def test_a_model_in_its_format(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_renamed_checkpoint(project: Sandbox) -> None:
    project.write({MODEL: b"PK\x03\x04" + bytes(100)})
    says(project, CHECK, "exports/onnx/model.onnx is a zip archive, such as a PyTorch checkpoint; the format of onnx is wanted")
    project.write({MODEL: b""})
    says(project, CHECK, "model.onnx is empty")


def other(project: Sandbox, target: str, file: str, content: bytes) -> None:
    card = json.loads(project.read(CARD)) | {"target": target, "file": file}
    project.remove("exports/onnx")
    project.write({f"exports/{target}/card.json": json.dumps(card), f"exports/{target}/{file}": content})


def test_litert_and_executorch(project: Sandbox) -> None:
    other(project, "litert", "model.tflite", b"\x1c\x00\x00\x00TFL3" + bytes(50))
    passes(project, CHECK)
    project.write({"exports/litert/model.tflite": b"\x89HDF\r\n\x1a\n"})
    says(project, CHECK, "model.tflite is an HDF5 file (Keras)")


def test_a_program_for_executorch(project: Sandbox) -> None:
    other(project, "executorch", "model.pte", b"\x38\x00\x00\x00ET12" + bytes(50))
    passes(project, CHECK)


def test_a_core_ml_package(project: Sandbox) -> None:
    other(project, "coreml", "model.mlpackage/Data/com.apple.CoreML/model.mlmodel", b"\x08\x07\x12\x00")
    card = json.loads(project.read("exports/coreml/card.json")) | {"file": "model.mlpackage"}
    project.write({"exports/coreml/card.json": json.dumps(card)})
    says(project, CHECK, "is a package without Manifest.json")
    entries = {"itemInfoEntries": {"A": {"path": "com.apple.CoreML/model.mlmodel"}}}
    project.write({"exports/coreml/model.mlpackage/Manifest.json": json.dumps(entries)})
    passes(project, CHECK)
    project.write({"exports/coreml/model.mlpackage/Data/com.apple.CoreML/model.mlmodel": b"PK\x03\x04"})
    says(project, CHECK, "a package whose specification is no Core ML model")


def test_a_clone_without_the_model(project: Sandbox) -> None:
    project.remove(MODEL)
    says(project, CHECK, "is not on this machine", status=Status.UNKNOWN)
    project.write({MODEL: "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 400011\n"})
    says(project, CHECK, "is not on this machine", status=Status.UNKNOWN)


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
