from __future__ import annotations

import re

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "problem.owner-unnamed", "docs/01-problem.md"


def set_section(project: Sandbox, anchor: str, text: str) -> None:
    pattern = rf"(<!-- section: {anchor} -->\n\n).*?(?=\n\n## |\Z)"
    project.write({FILE: re.sub(pattern, lambda m: m[1] + text, project.read(FILE), count=1, flags=re.S)})


def test_a_named_owner_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    "owner",
    [
        "the customer",
        "TBD",
        "N.N.",
        "Firstname Lastname",
        "The Marketing Department",
        "Our Customer",
        "Der Kunde",
        "客户",
        "Max Mustermann",
        "CEO",
        "Chief Executive Officer",
        "The Customer, to be confirmed",
        "A. N. Other",
        "Firma Müller GmbH",
        "Data Science Team",
        "Not Yet Known",
        "甲方",
    ],
)
def test_no_person(project: Sandbox, owner: str) -> None:
    set_section(project, "owner", owner)
    said(project.check(CHECK), "fail", f'problem owner is "{owner}"; a named person is wanted', FILE)


@pytest.mark.parametrize(
    "owner",
    ["Grace Hopper", "Frau Möller, Filialleitung", "ada byron (data scientist)", "王芳，值班主管", "G. Hopper", "Jean-Luc Picard", "Reach her at grace@flowers.example", "Łukasz Żółć", "Мария Петрова", "Owner: Björk Guðmundsdóttir", "Jan de Vries", "Anna von der Heide, Gartenbau Heide GmbH", "Nguyễn Văn An"],
)  # fmt: skip
def test_a_person(project: Sandbox, owner: str) -> None:
    set_section(project, "owner", owner)
    assert project.check(CHECK) == []


def test_one_sentence_of_marketing_is_no_scene(project: Sandbox) -> None:
    set_section(project, "understanding", "Our customers love flowers.")
    said(project.check(CHECK), "fail", "0 scenes in 4 words", "at least 2")


def test_one_scene_is_a_warning(project: Sandbox) -> None:
    scene = "On 3 November at two in the morning Grace watched Tomas sort tulips that had not opened yet, and eleven bunches went past."
    set_section(project, "understanding", scene + " He waited for the label on the box.")
    said(project.check(CHECK), "warn", "1 scene")
