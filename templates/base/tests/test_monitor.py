"""The monitor is calm on the pictures it knows, rings on spoiled ones, and says when there are too few."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from project_package import records
from project_package.drift import Sample, chi2_quantile, measure_drift, psi_of_counts

from .small_export import RUN, make_served

LIMITS: dict[str, Any] = {"psi": 0.25, "confidence_drop": 0.1}


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an export."""
    return make_served(tmp_path / "project", monkeypatch)


def draw(n: int, seed: int, *, shift: float = 0.0) -> Sample:
    """Answers of a service to n pictures; `shift` darkens them."""
    random = np.random.default_rng(seed)
    label = random.choice(["a", "b", "c"], n, p=[0.6, 0.3, 0.1])
    return Sample(label, random.beta(8, 2, n), random.normal(0.5 - shift, 0.1, n), random.normal(0.2, 0.04, n))


def test_psi_of_equal_counts_is_zero_and_grows_with_the_shift() -> None:
    even = np.array([50, 50])
    assert psi_of_counts(even, even) == 0
    assert psi_of_counts(even, np.array([60, 40])) == pytest.approx(0.0405, abs=1e-3)
    assert psi_of_counts(even, np.array([100, 0])) > 2


@pytest.mark.parametrize(("freedom", "table"), [(1, 3.841), (4, 9.488), (9, 16.919), (20, 31.410)])
def test_the_quantile_is_that_of_the_tables(freedom: int, table: float) -> None:
    assert chi2_quantile(0.95, freedom) == pytest.approx(table, rel=0.03)


@pytest.mark.parametrize("n", [60, 200, 1000])
def test_harmless_windows_do_not_ring(n: int) -> None:
    verdicts = [measure_drift(draw(n, 2 * i), draw(n, 2 * i + 1), **LIMITS).verdict for i in range(100)]
    assert verdicts.count("alarm") == 0
    assert verdicts.count("watch") <= 3


@pytest.mark.parametrize("n", [60, 200, 1000])
def test_dark_windows_ring(n: int) -> None:
    drift = measure_drift(draw(n, 1), draw(n, 2, shift=0.3), **LIMITS)
    assert (drift.verdict, drift.worst) == ("alarm", "brightness")


def test_a_fall_of_confidence_rings() -> None:
    before, after = draw(300, 1), draw(300, 2)
    drift = measure_drift(before, Sample(after.label, after.confidence - 0.2), **LIMITS)
    assert drift.verdict == "alarm"
    assert "confidence fell" in drift.why


def test_saturated_confidences_are_no_drift() -> None:
    sure = Sample(np.array(["a", "b"] * 50), np.ones(100))
    assert measure_drift(sure, sure, **LIMITS).verdict == "ok"
    unsure = Sample(sure.label, np.full(100, 0.99))
    assert measure_drift(sure, unsure, **LIMITS).shifts["confidence"].psi > 1


def test_few_requests_say_nothing() -> None:
    drift = measure_drift(draw(300, 1), draw(49, 2), **LIMITS)
    assert (drift.verdict, drift.as_json()["psi"]) == ("too few", None)


def run_monitor(*more: str) -> subprocess.CompletedProcess[str]:
    """Run the script as its users do."""
    command = [sys.executable, "-m", f"{records.__package__}.monitor", *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def fill_log(root: Path, *, dark: bool) -> None:
    """Let the service have answered all test pictures, as they are or as a dirty lens takes them."""
    from PIL import Image

    from project_package.monitor import spoil

    pytest.importorskip("fastapi", reason="fastapi is not installed")
    from project_package.serve.app import entry
    from project_package.serve.engine import load_engine
    from project_package.serve.log import RequestLog
    from project_package.serve.settings import load_settings

    engine, log = load_engine(load_settings()), RequestLog(root / "logs/requests.sqlite")
    for i, row in enumerate(records.read_split("test")):
        image = Image.open(row.file)
        log.write(entry(str(i), engine, engine.answer(spoil(image) if dark else image), 0.002, unsure=False))
    log.close()


def test_the_alarm_is_tried(served: Path) -> None:
    done = run_monitor("--drill")
    assert done.returncode == 0, done.stderr
    found = json.loads((served / "reports/deployment/monitoring.json").read_text())
    assert found["reference"] == {"run": RUN, "n": 80}
    assert (found["verdict"], found["window"]["n"]) == ("too few", 0)
    assert (found["drill"]["clean"]["verdict"], found["drill"]["shifted"]["verdict"]) == ("ok", "alarm")


@pytest.mark.parametrize(("dark", "verdict", "code"), [(False, "ok", 0), (True, "alarm", 1)])
def test_the_log_is_watched(served: Path, dark: bool, verdict: str, code: int) -> None:
    fill_log(served, dark=dark)
    done = run_monitor()
    assert done.returncode == code, done.stderr
    found = json.loads((served / "reports/deployment/monitoring.json").read_text())
    assert (found["verdict"], found["window"]["n"]) == (verdict, 80)
    assert found["p95_ms"] == pytest.approx(2.0)


def test_slow_answers_ring(served: Path) -> None:
    fill_log(served, dark=False)
    (served / "deploy.toml").write_text("[alarms]\np95_ms = 1\n")
    assert run_monitor().returncode == 1


def test_what_is_missing_is_one_clear_line(served: Path) -> None:
    done = run_monitor()
    assert done.returncode == 1
    assert done.stderr == "error: there is no request log logs/requests.sqlite; the service writes it\n"
    (served / "logs").mkdir()
    (served / "logs/requests.sqlite").write_text("no database")
    assert "is not a request log" in run_monitor().stderr
    (served / "reports/evaluation" / RUN / "provenance.json").unlink()
    assert "an evaluation of the served model" in run_monitor().stderr
