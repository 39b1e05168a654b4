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


@pytest.mark.parametrize(
    "praise",
    [
        "- Our innovative platform empowers every florist to do more with less effort.\n- Customers are delighted by seamless answers wherever and whenever they need them.",
        "- Die nahtlose Lösung begeistert alle Kunden und macht jeden Ablauf leichter und schneller.\n- Unser zukunftsweisendes Verfahren hilft überall und jederzeit allen Menschen im Betrieb.",
        "- 我们的创新方案赋能每一位花商,让分拣工作更加轻松高效。\n- 一站式平台处于行业领先地位,为客户带来全新的体验和价值。",
    ],
)
def test_praise_in_place_of_scenes(project: Sandbox, praise: str) -> None:
    set_section(project, "understanding", praise)
    said(project.check(CHECK), "warn", "praises", "at least 2 first-hand scenes", FILE)


def test_a_scene_may_praise(project: Sandbox) -> None:
    scene = "Tomas was delighted by the new lamps, which a seller had called innovative and cutting-edge"
    set_section(
        project,
        "understanding",
        f"- On Monday {scene}, until daisies looked like roses.\n- The bunch went by, and nobody saw it.\n",
    )
    assert [f for f in project.check(CHECK) if "praises" in f.message] == []
