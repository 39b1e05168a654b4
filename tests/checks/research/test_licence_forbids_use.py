from __future__ import annotations

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, SOURCE = "research.licence-forbids-use", "data/raw/belt/source.toml"
PROBLEM, RESEARCH = "docs/01-problem.md", "docs/02-research.md"
OWN, LAST = "own pictures, internal use", "Pictures stay in the hall."


def test_licences_that_allow_the_use_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    ("licence", "use"),
    [
        ("CC BY-NC 4.0", "We sell it to forty halls by subscription."),
        ("CC-BY-NC-SA-4.0", "Das Gerät wird an Gärtnereien verkauft."),
        ("for research and education only", "The app is a commercial product."),
        ("ImageNet terms: non-commercial research", "Paying customers get the answer at once."),
        ("nur für Forschung", "该产品将销售给客户。"),
        ("仅限学术研究使用", "We make revenue with every answer."),
    ],
)
def test_a_licence_against_the_use(project: Sandbox, licence: str, use: str) -> None:
    project.replace(SOURCE, OWN, licence)
    project.replace(PROBLEM, LAST, use)
    said(project.check(CHECK), "warn", 'source "belt"', licence, use.rstrip("."), SOURCE, PROBLEM)


@pytest.mark.parametrize(
    ("licence", "use"),
    [
        ("CC BY-NC 4.0", "Pictures stay in the hall."),
        ("CC BY-NC 4.0", "It is not for sale, and never sold."),
        ("CC BY-NC 4.0", "Eine nicht kommerzielle Nutzung; es wird nichts verkauft. 非商业用途，不销售。"),
        ("CC BY 4.0", "We sell it to forty halls."),
        ("MIT", "We sell it to forty halls."),
        ("bought from the agency, commercial use allowed", "We sell it to forty halls."),
    ],
)
def test_a_use_that_is_allowed(project: Sandbox, licence: str, use: str) -> None:
    project.replace(SOURCE, OWN, licence)
    project.replace(PROBLEM, LAST, use)
    assert project.check(CHECK) == []


def test_weights_that_may_not_be_sold(project: Sandbox) -> None:
    project.replace(PROBLEM, LAST, "We sell it to forty halls.")
    old = "four blocks of convolution"
    project.replace(RESEARCH, old, f"{old}. The pretrained weights are under CC BY-NC 4.0. {old}")
    said(project.check(CHECK), "warn", "weights", "CC BY-NC 4.0", RESEARCH, "We sell it")


def test_weights_that_were_ruled_out(project: Sandbox) -> None:
    project.replace(PROBLEM, LAST, "We sell it to forty halls.")
    old = "four blocks of convolution"
    project.replace(RESEARCH, old, f"{old}. Weights under CC BY-NC 4.0 were ruled out for that reason. {old}")
    assert project.check(CHECK) == []
