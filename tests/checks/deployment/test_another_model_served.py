from __future__ import annotations

import json

from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

DEPLOY = "deploy.toml"
SERVICE = "reports/deployment/service.json"

CHECK = "deployment.another-model-served"


def test_the_export_that_was_proved(project: Sandbox) -> None:
    passes(project, CHECK)


def digest(project: Sandbox) -> str:
    return str(json.loads(project.read(SERVICE))["export"]["digest"])


def test_a_digest_of_last_month(project: Sandbox) -> None:
    project.replace(DEPLOY, digest(project), "4" * 64)
    found = [f.message for f in project.check(CHECK)]
    assert f"deploy.toml names 444444444444, the export onnx is {digest(project)[:12]}" in found


def test_the_service_was_tried_with_another_file(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s["export"].update(digest="5" * 64))
    says(project, CHECK, "the service was tried with onnx 555555555555")


def test_the_answer_names_another_model(project: Sandbox) -> None:
    project.edit_json(SERVICE, lambda s: s.update(model_version="r03"))
    says(project, CHECK, "the service answers model version r03")
    project.edit_json(SERVICE, lambda s: s.update(model_version=s["export"]["digest"][:12]))
    passes(project, CHECK)


def test_an_export_that_nobody_made(project: Sandbox) -> None:
    project.replace(DEPLOY, 'export = "onnx"', 'export = "litert"')
    misses(project, CHECK, "deploy.toml serves litert, which has no export")


def test_without_a_trial_or_settings(project: Sandbox) -> None:
    project.remove(SERVICE)
    misses(project, CHECK, "the service was not tried yet")
    project.remove(DEPLOY)
    misses(project, CHECK, "deploy.toml is missing")
