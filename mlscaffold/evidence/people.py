"""Who the team is: the names of `mlscaffold.toml`, and those that its people had before."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

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


def spelled(name: str, known: Iterable[str]) -> str:
    """A name as the team spells it, where only case, blanks or the form of accents differ; else as it stands, in single blanks."""
    same = {_folded(one): one for one in known}
    return same.get(_folded(name), " ".join(name.split()))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
