from __future__ import annotations

import pytest

from tests.checks.problem.test_owner_unnamed import set_section
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "problem.requirement-without-number", "docs/01-problem.md"


def test_numbers_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    "text",
    ["As accurate as possible, very fast, on the usual hardware; robust and easy to use.", "Möglichst genau und schnell, auf üblicher Hardware."],
)  # fmt: skip
def test_adjectives(project: Sandbox, text: str) -> None:
    set_section(project, "technical-requirements", text)
    said(project.check(CHECK), "warn", "names no number in its", FILE)


@pytest.mark.parametrize(
    "text",
    ["Ninety-five of a hundred.", "Fünfundneunzig Prozent.", "准确率不低于百分之九十五。", "| recall | ≥ 0.9 |", "![table](requirements.png)", "Recall ٩٥ %"],
)  # fmt: skip
def test_a_number_in_words_signs_or_a_picture(project: Sandbox, text: str) -> None:
    set_section(project, "technical-requirements", text)
    assert project.check(CHECK) == []
