from __future__ import annotations

from mlscaffold.evidence import deployment
from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import EVALUATED

SERVICE = "reports/deployment/service.json"
DRILL = "reports/deployment/monitoring.json"

DEPLOY = "deploy.toml"
CHECK = "deployment.monitor-blind"


def test_an_alarm_that_was_tried(project: Sandbox) -> None:
    passes(project, CHECK)


def test_blind(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda m: m["drill"]["shifted"].update(verdict="ok", psi=0.05))
    says(project, CHECK, "shifted pictures give ok: PSI 0.05 (the alarm is 0.25); an alarm is wanted")


def test_always_ringing(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda m: m["drill"]["clean"].update(verdict="alarm", psi=0.5))
    says(project, CHECK, "untouched test pictures give an alarm: PSI 0.50 (the alarm is 0.25), noise alone 0.05")


def test_nothing_was_shifted(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda m: m["drill"].update(shifted={**m["drill"]["clean"], "verdict": "alarm"}))
    says(project, CHECK, "clean and shifted pictures have the same PSI, 0.04, and the same confidence: nothing was shifted")


def test_an_alarm_on_what_is_never_emitted(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s["metrics"].remove("prediction_confidence"))
    says(project, CHECK, "1 of 3 alarms hang on what the service never emits: confidence_drop")


def test_a_reference_that_nobody_evaluated(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda m: m["reference"].update(run="20260101T000000Z-bob-old"))
    says(project, CHECK, "the reference is run 20260101T000000Z-bob-old, which has no evaluation here")


def test_a_tiny_drill_is_a_warning(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda m: m["drill"]["clean"].update(n=12))
    says(project, CHECK, "the drill had 12 clean pictures", status=Status.WARN)


def test_without_a_drill(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda m: m.pop("drill"))
    misses(project, CHECK, "has no drill with clean and shifted pictures")
    project.remove(DRILL)
    misses(project, CHECK, "the alarm was not tried yet")


def test_limits_that_nothing_reaches(project: Sandbox) -> None:
    project.replace(DEPLOY, "psi = 0.25", "psi = 25")
    says(project, CHECK, "the alarm is at PSI 25; the shifted pictures of the drill reach 1.90: it would not ring")
    project.replace(DEPLOY, "psi = 25", "psi = 0.25")
    project.replace(DEPLOY, "confidence_drop = 0.1", "confidence_drop = 0.95")
    says(project, CHECK, "a confidence that falls by 0.95; it is 0.91 on average and cannot fall so far")


def test_a_window_that_never_fills(project: Sandbox) -> None:
    project.replace(DEPLOY, "window = 500", "window = 50_000_000")
    says(project, CHECK, "a window of 50,000,000 requests fills in 5,102 days at 9800 a day", status=Status.WARN)


def test_an_alarm_at_an_hour(project: Sandbox) -> None:
    project.replace("acceptance.toml", "thresholds = [", 'thresholds = [ { metric = "latency_p95_ms", max = 50 },')
    project.replace(DEPLOY, "p95_ms = 50", "p95_ms = 200")
    passes(project, CHECK)  # the service adds its own time
    project.replace(DEPLOY, "p95_ms = 200", "p95_ms = 3600000")
    says(project, CHECK, "the alarm is at 3.6e+06 ms; acceptance.toml demands 50 ms, and 7 ms were measured", status=Status.WARN)


def test_confidence_alone_may_ring(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda m: m["drill"]["shifted"].update(psi=0.2))
    passes(project, CHECK)  # 0.91 to 0.55 is beyond 0.1
    project.edit_json(DRILL, lambda m: m["drill"]["shifted"]["confidence"].update(window=0.9))
    says(project, CHECK, "the alarm is at PSI 0.25; the shifted pictures of the drill reach 0.20")


def test_the_alarm_of_last_month(project: Sandbox) -> None:
    served = str(project.open().read(deployment.read, DEPLOY).digest)
    project.edit_json(DRILL, lambda m: m.update(export={"target": "onnx", "digest": served}))
    passes(project, CHECK)
    project.edit_json(DRILL, lambda m: m.update(export={"target": "onnx", "digest": "9" * 64}))
    says(project, CHECK, f"the alarm was tried with export 999999999999, deploy.toml names {served[:12]}")


def test_the_reference_is_of_another_model(project: Sandbox) -> None:
    project.edit_json(DRILL, lambda p: p["reference"].update(run=EVALUATED))
    says(project, CHECK, f"the reference is evaluation {EVALUATED} of checkpoint")


def test_a_psi_that_is_not_that_of_its_worst_column(project: Sandbox) -> None:
    columns = {"brightness": {"psi": 1.9, "floor": 0.05}, "classes": {"psi": 0.2, "floor": 0.05}}
    project.edit_json(DRILL, lambda p: p["drill"]["shifted"].update(worst="brightness", columns=columns))
    passes(project, CHECK)
    project.edit_json(DRILL, lambda p: p["drill"]["shifted"].update(psi=5.5))
    says(project, CHECK, "the drill shifted says PSI 5.50; its worst column, brightness, has 1.90")
