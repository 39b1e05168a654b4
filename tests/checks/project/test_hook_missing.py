from __future__ import annotations

import pytest

from mlscaffold.places import CI_VARIABLES
from tests.checks.stories import said
from tests.conftest import Sandbox
from tests.whole.command import mlscaffold

CHECK = "project.hook-missing"


@pytest.fixture(autouse=True)
def at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """These stories happen in a person's clone, wherever the tests run."""
    for name in CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def install(project: Sandbox, text: str, folder: str = ".git/hooks") -> None:
    project.write({f"{folder}/pre-commit": f"#!/bin/sh\n{text}\n"})
    (project.root / folder / "pre-commit").chmod(0o755)


def test_a_hook_that_runs_us_passes(project: Sandbox) -> None:
    install(project, "exec mlscaffold-hook")
    assert project.check(CHECK) == []


def test_no_hook_is_a_warning(project: Sandbox) -> None:
    said(project.check(CHECK), "warn", "no pre-commit hook is installed", "pre-commit install")


@pytest.mark.parametrize(
    ("name", "value"), [("CI", "true"), ("CI", "1"), ("TF_BUILD", "True"), ("JENKINS_URL", "https://ci.example/")]
)
def test_ci_needs_no_hook(project: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert project.check(CHECK) == []
    monkeypatch.setenv(name, "false")
    said(project.check(CHECK), "warn", "no pre-commit hook is installed")


def test_the_tests_hear_what_a_person_hears(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that the long tests and the corpus run does not fall silent because they run in CI."""
    monkeypatch.setenv("CI", "true")
    assert "no pre-commit hook is installed" in mlscaffold(project.root, "check", code=None)
    assert "no pre-commit hook is installed" not in mlscaffold(project.root, "check", code=None, environment={"CI": "true"})


def test_a_manager_whose_settings_name_us(project: Sandbox) -> None:
    install(project, "exec pre-commit hook-impl")
    assert project.check(CHECK) == []
    project.write({".pre-commit-config.yaml": "repos: []\n"})
    said(project.check(CHECK), "warn", "does not run mlscaffold-hook")


def test_another_manager_under_another_path(project: Sandbox) -> None:
    project.git("config", "core.hooksPath", ".githooks")
    said(project.check(CHECK), "warn", ".githooks")
    install(project, "lefthook run pre-commit", ".githooks")
    project.write({"lefthook.yml": "pre-commit:\n  commands:\n    check: {run: mlscaffold-hook}\n"})
    assert project.check(CHECK) == []


def test_a_linked_worktree_has_the_hooks_of_its_repository(project: Sandbox) -> None:
    install(project, "exec mlscaffold-hook")
    other = project.root.parent / "linked"
    project.git("worktree", "add", "-q", str(other))
    assert Sandbox(other).check(CHECK) == []
