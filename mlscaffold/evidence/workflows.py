"""Files of continuous integration: of the project, and of the repository that holds it, where hosts look for them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from mlscaffold import git
from mlscaffold.project import Missing, Project


def find(project: Project, patterns: Iterable[str]) -> list[str]:
    """Files that match, of the project and then of the repository above it (`../../.github/workflows/ci.yml`)."""
    patterns = tuple(patterns)
    found = [path for pattern in patterns for path in project.glob(pattern)]
    top = _above(project)
    if top is not None:
        up = os.path.relpath(top, project.root).replace(os.sep, "/")
        for pattern in patterns:
            project.look_outside(top / pattern.rpartition("/")[0])
            found += [f"{up}/{path.relative_to(top).as_posix()}" for path in sorted(top.glob(pattern)) if path.is_file()]
    return found


def content(project: Project, path: str) -> bytes:
    """The bytes of a file that `find` named; raises `Missing`."""
    if not path.startswith("../"):
        return project.content(path)
    try:
        return project.look_outside(project.root / path).read_bytes()
    except OSError:
        raise Missing(f"{path} is missing", path=path) from None


def _above(project: Project) -> Path | None:
    """The top of the repository, where it is another folder than the project."""
    if (project.root / ".git").exists():
        return None
    top = git.top(project.root)
    return top if top is not None and top.resolve() != project.root.resolve() else None
