"""Who the team is: the names of `mlscaffold.toml`, and those that its people had before."""

from __future__ import annotations

from mlscaffold import git
from mlscaffold.project import Project


def names(project: Project) -> frozenset[str]:
    """Every name of the team in lower case, also the former ones that `.mailmap` knows."""
    people = {name.casefold() for name in project.settings.people}
    former = set()
    if people and project.exists(".mailmap"):
        known = git.former_names(project.content(".mailmap").decode("utf-8", "replace"))
        former = {old.casefold() for old, new in known.items() if new.casefold() in people}
    return frozenset(people | former)
