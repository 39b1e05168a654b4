from __future__ import annotations

import json

import pytest

from mlscaffold.evidence import deep
from mlscaffold.model import Finding, Status
from tests.conftest import Sandbox
from tests.finished import MODEL, PACKAGE

FILE = f"reports/model/{MODEL}/overfit.json"
CHECK = "model.step-differs"
# A stand-in for the project's own script: the deep contract is a command line, whatever stands behind it.
TRAIN = """import argparse, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--probe")
pathlib.Path(parser.parse_args().probe).write_text({step!r})
"""


@pytest.fixture(autouse=True)
def torch_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take this Python for an environment that has torch."""
    monkeypatch.setattr(deep, "_finds_torch", lambda python: True)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def judged(project: Sandbox, **changes: dict[str, object]) -> list[Finding]:
    """What is said where a step of today's code is that of the proof, but for some parts."""
    step = json.loads(project.read(FILE))["step"]
    for key, value in changes.items():
        step[key] = step[key] | value
    project.write({f"{PACKAGE}/__init__.py": "", f"{PACKAGE}/train.py": TRAIN.format(step=json.dumps(step))})
    return project.check(CHECK)


def test_the_step_of_the_proof(project: Sandbox) -> None:
    assert judged(project) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_softmax_in_the_model(project: Sandbox) -> None:
    (found,) = judged(project, loss={"outputs": 3, "least": 0.2, "sums": [1.0, 1.0]})
    assert found.status is Status.FAIL
    assert "outputs already sum to 1" in found.message
    assert found.evidence[0].path == f"{PACKAGE}/model.py"
    assert found.fix == f"mend {PACKAGE}/model.py, then python -m {PACKAGE}.train --overfit-batch"


def test_normalised_again(project: Sandbox) -> None:
    (found,) = judged(project, input={"mean": -1.9, "std": 4.2})
    assert "normalised twice" in found.message


def test_the_head_of_imagenet(project: Sandbox) -> None:
    (found,) = judged(project, loss={"outputs": 1000})
    assert found.message == "the loss takes 1000 outputs, 3 classes wanted"


def test_frozen_statistics_that_move(project: Sandbox) -> None:
    (found,) = judged(project, batch_norm={"layers": 5, "frozen": 5, "frozen_moved": 5})
    assert found.status is Status.WARN
    assert found.message.startswith("5 of 5 frozen layers of batch norm update their statistics")


def test_frozen_since_the_proof(project: Sandbox) -> None:
    (found,) = judged(project, parameters={"trainable": 243, "optimised": 243, "moved": 243})
    assert found.message == "243 parameters are trainable with today's code and settings, 98531 in the proof"


def test_an_optimiser_that_knows_nothing(project: Sandbox) -> None:
    (found,) = judged(project, parameters={"optimised": 0, "moved": 0})
    assert "the optimiser knows 0 of 98531" in found.message


def test_a_train_that_cannot_be_watched(project: Sandbox) -> None:
    project.write(
        {f"{PACKAGE}/__init__.py": "", f"{PACKAGE}/train.py": "import argparse\nargparse.ArgumentParser().parse_args()\n"}
    )
    (found,) = project.check(CHECK)
    assert found.status is Status.UNKNOWN
    assert "knows no --probe" in found.message


def test_a_train_that_breaks(project: Sandbox) -> None:
    project.write({f"{PACKAGE}/__init__.py": "", f"{PACKAGE}/train.py": "import sys\nsys.exit('shapes 3 and 4 do not fit')\n"})
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "shapes 3 and 4 do not fit" in found.message
