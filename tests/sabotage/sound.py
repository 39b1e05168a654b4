"""The sound projects that the corpus is tried on; each is finished by the real scripts, once per run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.whole.recipes import CLOTHES

NO_CLOTHES = pytest.mark.skipif(not CLOTHES.is_dir(), reason="this clone has no ../shared/datasets/clothing-cls")


@dataclass(frozen=True)
class Project:
    """A sound project: the fixture that finishes it, and the group of tests that shares it."""

    name: str
    fixture: str
    group: str
    main: bool = False  # every row is tried on it; on the others, those that say `everywhere`
    marks: tuple[pytest.MarkDecorator, ...] = ()


PROJECTS = (
    Project("fasteners", "finished_fasteners", "fasteners", main=True),
    Project("digits", "finished_demo", "demo"),
    Project("clothing", "finished_clothing", "clothing", marks=(NO_CLOTHES,)),
)


def folder_of(made: object) -> Path:
    """The project's folder, from what its fixture returns."""
    if isinstance(made, tuple):
        made = made[0]
    assert isinstance(made, Path)
    return made
