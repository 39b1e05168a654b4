from __future__ import annotations

import pytest

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "collection.edge-case-undecided"


def decide(project: Sandbox, *cases: str) -> None:
    text = project.read("data/schema.toml")
    project.write({"data/schema.toml": text + "".join(f"\n[[edge_cases]]\n{case}\n" for case in cases)})


def test_none_and_decided_ones(project: Sandbox) -> None:
    passes(project, CHECK)
    decide(
        project,
        'case = "two kinds in one bunch"\ndecision = "the one in front; a \\"rose\\" if both are"',
        'case = "closed"\ndecision = "归入 \\"tulip\\""',
        'case = "a bud, as Grace\'s or Tomas\' notes say"\nlabel = "daisy"',
        'case = "cut off"\ndecision = "left out: \\"what nobody can name is nothing\\", says Grace"',
    )
    passes(project, CHECK)


@pytest.mark.parametrize("decision", ['decision = ""', 'decision = "TBD"', ""])
def test_a_case_that_nobody_decided(project: Sandbox, decision: str) -> None:
    decide(project, 'case = "cut off"\ndecision = "left out"', f'case = "two kinds in one bunch"\n{decision}')
    says(project, CHECK, "1 edge case of 2 without a decision: two kinds in one bunch")


def test_a_decision_about_nothing(project: Sandbox) -> None:
    decide(project, 'case = "…"\ndecision = "left out"')
    says(project, CHECK, "1 edge case of 1 that do not say what the case is, first entry 1")


def test_a_class_that_is_not_there(project: Sandbox) -> None:
    decide(project, 'case = "closed"\nlabel = "roze"\ndecision = "as if open"')
    says(project, CHECK, '1 edge case of 1 with a label that is no class: "roze" (closed)')


def test_a_decision_that_names_what_is_no_class(project: Sandbox) -> None:
    decide(project, 'case = "closed"\ndecision = \'it is a "roze"\'')
    says(project, CHECK, '"roze" (closed)', "neither class nor attribute", status=Status.WARN)


def test_a_broken_list(project: Sandbox) -> None:
    project.write({"data/schema.toml": project.read("data/schema.toml") + '\nedge_cases = "none"\n'})
    says(project, CHECK, "data/schema.toml: edge_cases is not a list of tables")


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "data/schema.toml is missing")
