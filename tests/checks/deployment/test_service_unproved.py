from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

SERVICE = "reports/deployment/service.json"

CHECK = "deployment.service-unproved"


def test_a_service_that_was_tried(project: Sandbox) -> None:
    passes(project, CHECK)


def test_other_answers_than_the_export(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s.update(agreement=0.83))
    says(project, CHECK, "83.0% of 150 answers are the export's; 99% are wanted: does it prepare pictures as pipeline.json says?")
    project.edit_json(SERVICE, lambda s: s.update(agreement=1.0, compared=3))
    says(project, CHECK, "3 answers were compared with the export's; at least 50 are wanted")


def test_bad_input_that_breaks_it_or_was_not_tried(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s["rejected"].update(text=500))
    says(project, CHECK, "1 of 5 kinds of bad input are not refused with a 4xx: text → 500")
    project.edit_json(SERVICE, lambda s: s.update(rejected={"text": 400}))
    says(project, CHECK, "bad input was not tried: empty, too many pixels, wrong type")


def test_health_log_metrics_and_speed(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: (s.update(health=503, log_rows=0, metrics=[]), s["latency"].update(p95_ms=80.0)))
    found = [f.message for f in project.check(CHECK)]
    assert found == [
        "health answers 503; 200 is wanted", "the log has 0 rows for 150 answers", "the service emits no metrics",
        "p95 is 80.0 ms over HTTP, the alarm rings at 50 ms",
    ]  # fmt: skip


def test_answers_without_a_model_version_are_a_warning(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s.update(model_version=""))
    says(project, CHECK, "the answer has no model version", status=Status.WARN)


def test_without_a_trial(project: Sandbox) -> None:
    project.remove(SERVICE)
    misses(project, CHECK, "the service was not tried yet")


def test_times_that_nobody_measured(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda p: p["latency"].update(p50_ms=30.0, p95_ms=2.0))
    says(project, CHECK, "p95 is 2 ms, half of the answers take 30 ms: that was not measured")
    project.edit_json(SERVICE, lambda p: p["latency"].update(p50_ms=0, p95_ms=0))
    says(project, CHECK, "that was not measured")
