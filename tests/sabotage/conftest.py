"""The sound projects of this run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sabotage.judging import Sound, make_sound
from tests.sabotage.sound import PROJECTS, folder_of
from tests.whole.conftest import finished_clothing, finished_demo, finished_fasteners

__all__ = ["finished_clothing", "finished_demo", "finished_fasteners"]  # fixtures of this folder too


@pytest.fixture(scope="session")
def sound_projects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Sound]:
    """Name → the sound project, made and copied when it is first asked for."""
    made: dict[str, Sound] = {}

    def get(name: str) -> Sound:
        if name not in made:
            project = next(p for p in PROJECTS if p.name == name)
            folder = folder_of(request.getfixturevalue(project.fixture))
            made[name] = make_sound(name, folder, tmp_path_factory.mktemp(name))
        return made[name]

    return get
