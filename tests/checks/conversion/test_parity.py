from __future__ import annotations

import pytest

from mlscaffold.evidence import deep
from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

MODEL = "exports/onnx/model.onnx"


CHECK = "conversion.parity"
CONVERT = """import csv, hashlib, sys
target, _, images, _, output = sys.argv[1:]
known = {r["path"]: r for r in csv.DictReader(open(f"exports/{target}/predictions.csv"))}
names = [k for k in next(iter(known.values())) if k.startswith("p:")]
with open(output, "w") as out:
    print(",".join(["path", "prediction", *names]), file=out)
    for row in csv.DictReader(open(images)):
        told = known[row["path"].removeprefix("data/processed/")]
        noise = NOISE * (int(hashlib.sha256(row["path"].encode()).hexdigest(), 16) % 100) / 100
        print(",".join([row["path"], told["prediction"], *(str(abs(float(told[n]) - noise)) for n in names)]), file=out)
"""


@pytest.fixture
def able(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.setattr(deep, "_finds_torch", lambda python: True)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    project.write({"flower_sorter/__init__.py": ""})
    return project


def act(project: Sandbox, noise: float) -> None:
    project.write({"flower_sorter/convert.py": CONVERT.replace("NOISE", str(noise))})


def test_the_export_answers_as_its_table_says(able: Sandbox) -> None:
    act(able, 0.0005)
    passes(able, CHECK)


def test_dropout_left_on(able: Sandbox) -> None:
    act(able, 0.18)
    says(able, CHECK, "of 100 answers differ from its table, up to 0.1", "0.01 is the noise of machines")


def test_another_model_differs_from_its_table_and_not_from_itself(able: Sandbox) -> None:
    act(able, 0.18)
    assert "asked twice" not in able.check(CHECK)[0].message


def test_an_export_with_chance_in_it(able: Sandbox) -> None:
    count = "open('asked', 'a').write('x'); times = len(open('asked').read())\n"
    able.write({"flower_sorter/convert.py": count + CONVERT.replace("NOISE", "0.1 * times")})
    says(able, CHECK, "asked twice, it differs from itself by 0.", "exported in training mode?")


def test_a_runtime_that_crashes(able: Sandbox) -> None:
    able.write({"flower_sorter/convert.py": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"})
    says(able, CHECK, "python -m flower_sorter.convert died of SIGSEGV")


def test_a_runtime_that_is_not_here(able: Sandbox) -> None:
    able.write({"flower_sorter/convert.py": "import onnxruntime_of_another_machine"})
    says(able, CHECK, "lacks onnxruntime_of_another_machine", status=Status.UNKNOWN)


def test_a_clone_without_model_or_pictures(able: Sandbox) -> None:
    able.remove("data/processed/test")
    says(able, CHECK, "0 of 100 test pictures are on this machine", status=Status.UNKNOWN)
    able.remove(MODEL)
    says(able, CHECK, "exports/onnx/model.onnx is not on this machine", status=Status.UNKNOWN)


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")
