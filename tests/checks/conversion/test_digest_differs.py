from __future__ import annotations

import hashlib
import json

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD = "exports/onnx/card.json"
MODEL = "exports/onnx/model.onnx"


CHECK = "conversion.digest-differs"


def test_the_file_of_the_card(project: Sandbox) -> None:
    passes(project, CHECK)


def test_another_file(project: Sandbox) -> None:
    project.write({MODEL: b"\x08\x08another"})
    says(project, CHECK, "the card is of", "exports/onnx/model.onnx is")


def test_a_size_that_was_typed(project: Sandbox) -> None:
    size = (project.root / MODEL).stat().st_size
    project.edit_json(CARD, lambda c: c.update(bytes=4200))
    says(project, CHECK, f"the card says 4,200 bytes, exports/onnx/model.onnx has {size:,}")


def test_a_package_is_the_sum_of_its_files(project: Sandbox) -> None:
    files = {"Manifest.json": b"{}", "Data/weights.bin": b"12345"}
    lines = sorted(f"{name},{hashlib.sha256(data).hexdigest()}\n" for name, data in files.items())
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    card = json.loads(project.read(CARD)) | {"target": "coreml", "file": "model.mlpackage", "digest": digest, "bytes": 7}
    project.remove("exports/onnx")
    project.write({f"exports/coreml/model.mlpackage/{name}": data for name, data in files.items()})
    project.write({"exports/coreml/card.json": json.dumps(card)})
    passes(project, CHECK)
    project.write({"exports/coreml/model.mlpackage/Data/weights.bin": b"54321"})
    says(project, CHECK, "the card is of")


def test_a_clone_without_the_model(project: Sandbox) -> None:
    card = json.loads(project.read(CARD))
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{card['digest']}\nsize {card['bytes']}\n"
    project.write({MODEL: pointer})
    passes(project, CHECK)
    project.remove(MODEL)
    says(project, CHECK, "is not on this machine", status=Status.UNKNOWN)


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
