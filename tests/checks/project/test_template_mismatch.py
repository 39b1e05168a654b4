from __future__ import annotations

from mlscaffold.writing import write_toml
from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK, RECORD, CI = "project.template-mismatch", ".mlscaffold/template.toml", ".github/workflows/ci.yml"


def record(project: Sandbox, tool: str) -> None:
    files = {CI: {"class": "managed", "blob": "0" * 40}, "README.md": {"class": "seed", "blob": "0" * 40}}
    write_toml(project.root / RECORD, {"schema": 1, "tool": tool, "template": "image-classification", "files": files})


def test_the_version_of_the_last_rendering(project: Sandbox) -> None:
    record(project, "1.2.0")
    project.commit("Start from the mlscaffold template\n\nTemplate-Version: 1.2.0")
    project.write({"README.md": "# Ours\n"})
    project.commit("Our words on Template-Version: 9")
    assert project.check(CHECK) == []


def test_a_version_raised_by_hand(project: Sandbox) -> None:
    record(project, "1.2.0")
    project.commit("Start from the mlscaffold template\n\nTemplate-Version: 1.2.0")
    record(project, "1.4.0")
    said(project.check(CHECK), "fail", f"1 managed file is of 1.2.0, {RECORD} says 1.4.0", CI)
    project.write({CI: project.read(CI).replace("\n", "\r\n")})
    said(project.check(CHECK), "fail", "1 managed file is of 1.2.0")  # line ends of Windows
    project.write({CI: project.read(CI) + "# ours\n"})
    said(project.check(CHECK), "fail", "the last rendering of the template is of 1.2.0")


def test_an_update_that_was_merged(project: Sandbox) -> None:
    record(project, "1.2.0")
    project.commit("Start from the mlscaffold template\n\nTemplate-Version: 1.2.0")
    record(project, "1.4.0")
    project.commit("Update the template\n\nTemplate-Version: 1.4.0")
    assert project.check(CHECK) == []
    record(project, "1.2.0")
    said(project.check(CHECK), "fail", "of 1.4.0", "says 1.2.0")


def test_no_record_is_nothing_to_compare(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


def test_nothing_is_said_where_nothing_is_known(project: Sandbox) -> None:
    record(project, "1.4.0")
    assert project.check(CHECK) == []  # a squashed history
    project.remove(".git")
    assert project.check(CHECK) == []
