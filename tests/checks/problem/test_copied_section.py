from __future__ import annotations

from tests.checks.problem.test_owner_unnamed import set_section
from tests.checks.problem.test_section_missing import sections
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "problem.copied-section", "docs/01-problem.md"


def test_sections_of_their_own_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_the_problem_again_is_no_solution(project: Sandbox) -> None:
    text = dict(sections(project))["problem-statement"].strip()
    set_section(project, "ideal-solution", text + " Nothing more.")
    said(project.check(CHECK), "fail", "2 sections hold the same text", "Problem statement, Ideal solution", FILE)
    assert project.check("research.copied-section") == []
