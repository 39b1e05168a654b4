"""project.release-edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlscaffold import git
from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import decisions, toml
from mlscaffold.evidence.fields import flat
from mlscaffold.model import Finding
from mlscaffold.project import Project

OF_PEOPLE = ("note", "schema")
"""What a person may put better later."""


@check(proves="", reads=(".mlscaffold/releases",), volatile=True)
def release_edited(project: Project) -> Iterator[Finding]:
    """The record of a release is what it was when it was committed.

    ## Why
    A release is what later models are compared with, and what an audit asks for. A number that is put right afterwards is another number.

    ## Evidence
    Each `.mlscaffold/releases/N.toml` against the same file in the commit that brought it; the note may change. Where that commit is
    not in this clone, nothing is said.

    ## Fix
    `git checkout` the record from that commit. What is wrong in it is mended by the next release, with a note.
    """
    for one in decisions.releases(project):
        commit = git.first_commit_of(one.path, project.root)
        then = git.show(f"{commit}:./{one.path}", project.root) if commit else None
        if then is None:
            continue
        recorded, today = _values(toml.read(then, one.path)), _values(project.read(toml.read, one.path))
        for key in sorted(recorded.keys() | today.keys()):
            if recorded.get(key) != today.get(key):
                yield fail(
                    f"release {one.number} says {key} = {_shown(today.get(key))}; {_shown(recorded.get(key))} was recorded in {commit[:7]}",
                    at(one.path),
                    fix=f"git checkout {commit[:7]} -- {one.path}",
                    stage="deployment",
                )
                break


def _values(table: Mapping[str, object]) -> dict[str, object]:
    """Every value by its full name, without what belongs to people."""
    return flat({key: value for key, value in table.items() if key not in OF_PEOPLE})


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)[:19]
