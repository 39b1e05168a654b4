"""Every row of the corpus, on each sound project: what is spoiled is found and named, what is harmless raises nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sabotage.corpus import Defect, Harmless, load
from tests.sabotage.judging import Sound, judge, judge_harmless
from tests.sabotage.sound import PROJECTS

DEFECTS, HARMLESS, _ = load()


def _cases(kind: str) -> list[object]:
    """(project, row) pairs, grouped so that each project is made and spoiled by one worker."""
    found: list[object] = []
    for project in PROJECTS:
        group = [pytest.mark.slow, pytest.mark.xdist_group(project.group), *project.marks]
        rows = [r for r in DEFECTS if r.everywhere or project.main] if kind == "defects" else list(HARMLESS)
        found += [pytest.param(project.name, row, id=f"{project.name}-{row.id}", marks=group) for row in rows]
    return found


@pytest.fixture
def sound(request: pytest.FixtureRequest, sound_projects: Callable[[str], Sound]) -> Iterator[Sound]:
    """The sound project that a case names, brought back afterwards."""
    project = sound_projects(request.node.callspec.params["name"])
    yield project
    project.restore()


@pytest.mark.parametrize(("name", "row"), _cases("defects"))
def test_a_defect_is_found_and_named(
    name: str, row: Defect, sound: Sound, record_property: Callable[[str, object], None]
) -> None:
    verdict = judge(sound, row)
    record_property("sabotage", [name, row.id, verdict.outcome, verdict.told])

    assert verdict.outcome == "caught", f"{row.id} on {name}: {verdict.outcome}\n{verdict.told}"


@pytest.mark.parametrize(("name", "row"), _cases("harmless"))
def test_a_harmless_change_raises_nothing(
    name: str, row: Harmless, sound: Sound, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    verdict = judge_harmless(sound, row, scratch=lambda: tmp_path)
    record_property("sabotage", [name, row.id, verdict.outcome, verdict.told])

    assert verdict.outcome == "quiet", f"{row.id} on {name}:\n{verdict.told}"
