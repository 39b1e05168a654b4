from __future__ import annotations

import re

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "research.copied-section", "docs/02-research.md"


def body(project: Sandbox, file: str, anchor: str) -> str:
    found = re.search(rf"<!-- section: {anchor} -->\n\n(.*?)\n\n## ", project.read(file), re.S)
    assert found
    return found[1]


def test_sections_of_their_own_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_one_paragraph_under_three_headings(project: Sandbox) -> None:
    text = body(project, FILE, "data-sources")
    for anchor in ("algorithms", "solution-form"):
        project.replace(FILE, body(project, FILE, anchor), text)
    said(project.check(CHECK), "fail", "3 sections hold the same text (100 % of".replace(" %", "%"), "Algorithms", FILE)


def test_a_copy_with_an_ending_of_its_own(project: Sandbox) -> None:
    text = body(project, FILE, "data-sources")
    project.replace(FILE, body(project, FILE, "algorithms"), text.upper() + " And nothing more was read.")
    said(project.check(CHECK), "fail", "2 sections")


def test_a_copy_from_the_other_document(project: Sandbox) -> None:
    project.replace(FILE, body(project, FILE, "algorithms"), body(project, "docs/01-problem.md", "ideal-solution"))
    said(project.check(CHECK), "fail", "2 sections", "docs/01-problem.md")
