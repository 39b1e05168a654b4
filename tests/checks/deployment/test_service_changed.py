from __future__ import annotations

import json

import pytest

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox
from tests.finished import PACKAGE

CHECK, SERVICE = "deployment.service-changed", "reports/deployment/service.json"
APP, PAGE = f"{PACKAGE}/serve/app.py", f"{PACKAGE}/serve/page.html"


@pytest.fixture
def served(project: Sandbox) -> Sandbox:
    """The finished project with a service that was tried."""
    project.write({APP: '"""App."""\n\n\ndef health():\n    return {"model": 1}\n', PAGE: "<p>one</p>\n"})
    project.write({SERVICE: json.dumps(json.loads(project.read(SERVICE)), indent=2)})
    project.commit("the service, tried")
    return project


def test_the_code_that_was_tried(served: Sandbox, project: Sandbox) -> None:
    passes(served, CHECK)
    served.write({APP: '"""The app."""\n\ndef healthy():\n    # as before\n    return {"model": 1}\n', PAGE: "<p>one</p>"})
    passes(served, CHECK)


def test_code_that_changed_since(served: Sandbox) -> None:
    served.replace(APP, '{"model": 1}', '"ok"')
    says(served, CHECK, f"{APP} has changed since the service was tried", status=Status.WARN)
    served.commit("faster")
    says(served, CHECK, f"{APP} has changed since the service was tried", status=Status.WARN)
    served.edit_json(SERVICE, lambda p: p.update(when="2026-11-29T10:00:00+00:00"))  # tried again
    passes(served, CHECK)
    served.commit("tried")
    passes(served, CHECK)


def test_a_page_that_changed_since(served: Sandbox) -> None:
    served.replace(PAGE, "one", "two")
    says(served, CHECK, PAGE, status=Status.WARN)


def test_without_a_service(project: Sandbox) -> None:
    project.remove(SERVICE)
    misses(project, CHECK, "the service was not tried yet")
