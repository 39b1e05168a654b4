"""A finished project is sound to every check; so a finding anywhere means something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlscaffold.checks import all_checks
from mlscaffold.model import State, Status
from mlscaffold.workflows.check import Options, check_project
from tests.conftest import Sandbox

CHEAP = [spec.id for spec in all_checks() if not spec.deep]


@pytest.fixture(scope="module")
def signed(finished_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """The finished project with all ten stages signed, its hook installed, all of it committed; nobody changes it."""
    project = Sandbox(tmp_path_factory.mktemp("signed") / "flower-sorter")
    shutil.copytree(finished_folder, project.root)
    hook = project.root / ".git/hooks/pre-commit"
    project.sign()
    project.commit("sign")
    project.write({".git/hooks/pre-commit": "#!/bin/sh\nexec mlscaffold-hook\n"})
    hook.chmod(0o755)
    return project


@pytest.mark.parametrize("check", CHEAP)
def test_every_check_passes(signed: Sandbox, check: str) -> None:
    assert signed.check(check) == []


def test_every_stage_is_signed_and_all_is_proved(signed: Sandbox) -> None:
    report = check_project(signed.open(), Options(everything=True))
    assert report.ok
    assert {s.state for s in report.stages} == {State.SIGNED}
    assert {f.status for f in report.findings if not f.deep} == {Status.PASS}
    assert [f"{s.stage.slug}/{d}: {v}" for s in report.stages for d, v in s.deliverables.items() if v != "proved"] == []
