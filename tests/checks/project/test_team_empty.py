from __future__ import annotations

import re

from tests.checks.stories import said
from tests.conftest import Sandbox

CHECK = "project.team-empty"


def set_team(project: Sandbox, team: str) -> None:
    text = re.sub(r"\[team\].*?(?=\n\[|\Z)", f"[team]\n{team}\n", project.read("mlscaffold.toml"), flags=re.S)
    project.write({"mlscaffold.toml": text})


def test_a_team_of_one_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nobody_is_a_warning_with_the_line_to_add(empty: Sandbox) -> None:
    set_team(empty, "")
    said(empty.check(CHECK), "warn", "names nobody", '"data scientist" = ["Ada Byron"]')


def test_a_stage_that_nobody_may_sign(project: Sandbox) -> None:
    set_team(project, '"data scientist" = ["Ada", "Bo"]')
    said(project.check(CHECK), "warn", "nobody in [team] may sign 1 problem", '"business analyst"')


def test_a_role_misspelt(project: Sandbox) -> None:
    project.replace("mlscaffold.toml", '"data scientist"', '"data scientits"')
    said(project.check(CHECK), "warn", 'is "data scientist" meant?')
