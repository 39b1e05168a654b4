from __future__ import annotations

import pytest

from mlscaffold.evidence import deep
from mlscaffold.model import Status
from tests.checks.evaluation.test_prediction_differs import PREDICT
from tests.checks.stories import SECOND, misses, passes, says
from tests.conftest import Sandbox

CHECK = "tuning.prediction-differs"


@pytest.fixture
def able(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.setattr(deep, "_finds_torch", lambda python: True)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    project.write({"flower_sorter/__init__.py": ""})
    return project


def act(project: Sandbox, noise: float) -> None:
    project.write({"flower_sorter/predict.py": PREDICT.replace("FOLDER", SECOND).replace("NOISE", str(noise))})


def test_the_refined_model_says_what_its_table_says(able: Sandbox) -> None:
    act(able, 0.0009)
    passes(able, CHECK)


def test_a_table_made_in_training_mode(able: Sandbox) -> None:
    act(able, 0.3)
    found = says(able, CHECK, "of 100 probabilities differ when predicted again")
    assert found.evidence[0].path == f"{SECOND}/predictions.csv"


def test_a_kept_stage_6_is_exempt(able: Sandbox) -> None:
    act(able, 0.3)
    able.replace("reports/tuning/chosen.toml", "schema = 1", 'schema = 1\nkeep = "training"')
    passes(able, CHECK)


def test_without_the_checkpoint(able: Sandbox) -> None:
    able.remove("runs")
    says(able, CHECK, "is not on this machine", status=Status.UNKNOWN)


def test_without_a_choice(project: Sandbox) -> None:
    project.remove("reports/tuning/chosen.toml")
    misses(project, CHECK, "no run is chosen")
