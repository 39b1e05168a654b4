from __future__ import annotations

from mlscaffold.workflows.sheet import record_sheet
from tests.checks.stories import said
from tests.conftest import Sandbox
from tests.workflows.test_sheet import answered

CHECK = "project.sheet-differs"
SHEET = ".mlscaffold/sheets/01/01-problem.json"


def on_paper(project: Sandbox) -> str:
    return record_sheet(project.open(), answered(project, "problem"), "answers.json", transcribed_by="Tomas Vos").signoff


def test_a_sheet_that_was_recorded_passes_and_so_does_a_typed_sign_off(project: Sandbox, empty: Sandbox) -> None:
    project.sign("research")
    on_paper(project)
    assert project.check(CHECK) == []
    assert empty.check(CHECK) == []


def test_a_sheet_that_is_gone(project: Sandbox) -> None:
    on_paper(project)
    project.remove(SHEET)
    assert said(project.check(CHECK), "fail", "stage 1 (problem), on paper", "is not here")


def test_a_sheet_that_was_written_over(project: Sandbox) -> None:
    on_paper(project)
    project.replace(SHEET, "2026-11-03", "2026-11-02")
    assert said(project.check(CHECK), "fail", "is not the file that was recorded")


def test_a_sign_off_that_says_more_than_its_sheet(project: Sandbox) -> None:
    path = on_paper(project)
    project.replace(path, 'one-second = "yes"', 'one-second = "yes"\nnobody-asked = "yes"')
    assert said(project.check(CHECK), "fail", "does not answer nobody-asked with yes")


def test_a_sign_off_stamped_anew_over_an_old_sheet(project: Sandbox) -> None:
    path = on_paper(project)
    text = project.read(path)
    first = text.index("m1:")
    project.write({path: text[:first] + "m1:" + "0" * 32 + text[first + 35 :]})
    assert said(project.check(CHECK), "fail", "was written for other evidence")


def test_a_sign_off_in_another_name_than_the_sheets(project: Sandbox) -> None:
    path = on_paper(project)
    project.replace(path, 'who = "Ada Byron"', 'who = "Grace Hopper"')
    assert said(project.check(CHECK), "fail", "is signed by Ada Byron, the sign-off names Grace Hopper")
    project.write({".mailmap": "Grace Hopper <grace@flowers.example> Ada Byron <ada@flowers.example>\n"})
    assert project.check(CHECK) == []
