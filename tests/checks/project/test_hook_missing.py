from __future__ import annotations

import pytest

from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK = "project.hook-missing"


@pytest.fixture(autouse=True)
def at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """These stories happen in a person's clone, wherever the tests run."""
    monkeypatch.delenv("CI", raising=False)


def install(project: Sandbox, text: str, folder: str = ".git/hooks") -> None:
    project.write({f"{folder}/pre-commit": f"#!/bin/sh\n{text}\n"})
    (project.root / folder / "pre-commit").chmod(0o755)


def test_a_hook_that_runs_us_passes(project: Sandbox) -> None:
    install(project, "exec mlscaffold-hook")
    assert project.check(CHECK) == []


def test_no_hook_is_a_warning(project: Sandbox) -> None:
    said(project.check(CHECK), "warn", "no pre-commit hook is installed", ".git/hooks", "pre-commit install")


def test_ci_needs_no_hook(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert project.check(CHECK) == []


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
