from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.checks.stories import said
from tests.conftest import Sandbox
from tests.finished import RUN, TUNED

CHECK, FILE = "project.provenance-contradicts", f"reports/training/{RUN}/provenance.json"


def test_runs_of_their_own_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []
    head = project.git("rev-parse", "HEAD")
    project.edit_json(FILE, lambda p: p.update(commit=head))
    assert project.check(CHECK) == []


def test_no_run_contradicts_nothing(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


@pytest.mark.parametrize("rename", [True, False])
def test_a_folder_copied_and_renamed(project: Sandbox, rename: bool) -> None:
    name = "20261103T100000Z-ada-xyz"
    shutil.copytree(project.root / f"reports/training/{RUN}", project.root / f"reports/training/{name}")
    if rename:
        project.edit_json(f"reports/training/{name}/provenance.json", lambda p: p.update(run=name))
    messages = [f.message for f in project.check(CHECK)]
    assert f"{RUN}, {name} have the same metrics.csv" in messages
    assert f"{RUN}, {name} have the same checkpoint" in messages
    assert any("under another name" in m for m in messages) is not rename


def test_curves_of_another_run(project: Sandbox) -> None:
    project.write({f"reports/tuning/{TUNED}/metrics.csv": project.read(f"reports/training/{RUN}/metrics.csv")})
    said(project.check(CHECK), "fail", "have the same metrics.csv")


def test_a_commit_that_is_not_here_is_a_warning(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(commit="4f1c" * 10))
    said(project.check(CHECK), "warn", f"4f1c4f1c4f1c of {RUN}", FILE)
    project.edit_json(FILE, lambda p: p.update(commit="main"))
    said(project.check(CHECK), "fail", "'main'")


def test_a_shallow_clone_cannot_tell(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(commit=project.git("rev-parse", "HEAD")))
    project.commit("a run")
    clone = project.root.parent / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", project.root.as_uri(), str(clone)], check=True, capture_output=True)
    said(Sandbox(clone).check(CHECK), "unknown", "this clone is shallow", "git fetch --unshallow")
