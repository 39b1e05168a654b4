from __future__ import annotations

import json

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CARD, PHONE = "exports/onnx/card.json", "exports/onnx/device/pixel-7.json"

CHECK = "conversion.too-slow"


def limit(project: Sandbox, ms: float, *, device: str = "") -> None:
    text = f'schema = 1\n[[thresholds]]\nmetric = "latency_p95_ms"\nmax = {ms}\n' + (f'device = "{device}"\n' if device else "")
    project.write({"acceptance.toml": text})


def test_fast_enough(project: Sandbox) -> None:
    passes(project, CHECK)
    limit(project, 50)
    passes(project, CHECK)


def test_too_slow(project: Sandbox) -> None:
    limit(project, 0.5)
    says(project, CHECK, "onnx: p95 is 0.6 ms on x86_64 Linux, the limit is 0.5 ms")


def test_one_run_without_warming_up(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c["latency"].update(runs=1, warmup=0))
    says(project, CHECK, "onnx: latency of 1 runs after 0 for warming up", status=Status.WARN)


def phone(project: Sandbox, *, digest: str = "", **latency: float) -> None:
    """What a Pixel 7 measured."""
    measured = {"p50_ms": 14.0, "p95_ms": 21.0, "runs": 200, "warmup": 20} | latency
    told = {"schema": 1, "device": "Pixel 7", "digest": digest or json.loads(project.read(CARD))["digest"], "latency": measured}
    project.write({PHONE: json.dumps(told)})


def test_a_phone_is_wanted(project: Sandbox) -> None:
    limit(project, 50, device="Pixel 7")
    says(project, CHECK, 'device "Pixel 7" is wanted, it was measured on x86_64 Linux (0.6 ms)', status=Status.WARN)
    phone(project)
    passes(project, CHECK)
    limit(project, 20, device="pixel 7")
    found = says(project, CHECK, "onnx: p95 is 21.0 ms on Pixel 7, the limit is 20 ms")
    assert found.evidence[0].path == PHONE
    limit(project, 50, device="Galaxy S24")
    says(project, CHECK, 'device "Galaxy S24" is wanted', status=Status.WARN)


def test_a_phone_that_measured_once_or_another_export(project: Sandbox) -> None:
    phone(project, runs=1, warmup=0)
    says(project, CHECK, "onnx: latency on Pixel 7 of 1 runs after 0 for warming up", status=Status.WARN)
    phone(project, digest="7" * 64)
    says(project, CHECK, "onnx: Pixel 7 measured 777777777777, the export is", status=Status.WARN)


def test_percentiles_that_cannot_be(project: Sandbox) -> None:
    phone(project, p50_ms=30.0)
    says(project, CHECK, "p50_ms 30 above p95_ms 21")


def test_measured_on_the_phone_only(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(latency=None))
    phone(project)
    passes(project, CHECK)
    limit(project, 20)
    says(project, CHECK, "p95 is 21.0 ms on Pixel 7, the limit is 20 ms")


def test_a_format_without_a_runtime_here(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c.update(latency=None))
    says(project, CHECK, "the speed of onnx was measured nowhere yet", status=Status.UNKNOWN)


def test_without_exports(project: Sandbox) -> None:
    project.remove("exports")
    misses(project, CHECK, "exports has no converted model")


def test_a_tail_that_is_faster_than_the_middle(project: Sandbox) -> None:
    project.edit_json(CARD, lambda c: c["latency"].update(p50_ms=9.0))
    says(project, CHECK, "onnx: latency: p95 is 0.6 ms, half of the answers take 9 ms: that was not measured")
