"""The sound projects that the corpus is tried on; each is finished by the real scripts, once per run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Project:
    """A sound project: the fixture that finishes it, and the group of tests that shares it."""

    name: str
    fixture: str
    group: str
    main: bool = False
    marks: tuple[pytest.MarkDecorator, ...] = field(default=())


PROJECTS = (Project("digits", "finished_demo", "demo", main=True),)


def folder_of(made: object) -> Path:
    """The project's folder, from what its fixture returns."""
    return made if isinstance(made, Path) else Path(made[0])  # type: ignore[index]


Maker = Callable[[str], object]
