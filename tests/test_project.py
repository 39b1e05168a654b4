"""The one door to evidence: what is read is noted, what cannot be read is not absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.settings import BrokenSettings
from tests.conftest import Sandbox


def test_patterns(empty: Sandbox) -> None:
    empty.write(
        {"data/a.csv": "", "data/b/c.csv": "", "data/b/.DS_Store": "", "data/b/._x.csv": "", "sub/.git": "gitdir: elsewhere"}
    )
    project = empty.open()
    assert project.glob("data/*.csv") == ["data/a.csv"]
    assert project.glob("data/**") == ["data/a.csv", "data/b/c.csv"]
    assert project.glob("data/**/c.csv") == ["data/b/c.csv"]
    assert project.glob("sub/**") == []
    assert project.glob("nowhere/**") == []
    assert project.glob("**") == sorted(p for p in project.glob("**"))
    assert project.glob("data/[ab].csv") == project.glob("data/[!c].c?v") == ["data/a.csv"]
    assert project.glob("data/[!a].csv") == project.glob("data?a.csv") == project.glob("data/[.csv") == []


def test_what_was_read_before_something_was_raised_is_noted(empty: Sandbox) -> None:
    def outer(project: Project) -> str:
        try:
            return str(project.memo("inner", lambda: project.content("a.csv").decode()))
        except Missing:
            return "none"

    first = empty.open(cached=True)
    assert first.memo("outer", lambda: outer(first)) == "none"
    first.save()
    empty.write({"a.csv": "some"})
    second = empty.open(cached=True)
    assert second.memo("outer", lambda: outer(second)) == "some"
    for project in (first, second):
        project.cache.connection.close()


class Shut:
    """A tree in which one file cannot be read, as for somebody without the permission."""

    def content(self, path: str) -> bytes | None:
        raise Unknown(f"{path} cannot be read: Permission denied", path=path)

    def stamp(self, path: str) -> None:
        return None

    def listing(self, folder: str, *, deep: bool) -> list[str]:
        return [f"{folder}/a.csv"]

    def folders(self, folder: str) -> list[str]:
        return []


def test_a_file_that_cannot_be_read_is_unknown_and_not_absent(tmp_path: Path) -> None:
    project = Project(tmp_path, tree=Shut())
    assert project.exists("data/a.csv")
    for ask in (lambda: project.content("data/a.csv"), lambda: project.digest("data/a.csv"), lambda: project.digests("data")):
        with pytest.raises(Unknown):
            ask()

    def judge() -> str:
        try:
            return str(project.digests("data"))
        except Unknown as reason:
            return reason.reason

    assert "cannot be read" in project.memo("judged", judge)


@pytest.mark.parametrize(
    ("written", "default", "got"), [("3", 1, 3), ("3", 1.0, 3.0), ("true", False, True), ('"x"', "", "x"), ('["a"]', (), ("a",))]
)
def test_a_setting_of_a_check(empty: Sandbox, written: str, default: object, got: object) -> None:
    empty.write({"mlscaffold.toml": empty.read("mlscaffold.toml") + f'\n[checks."a.b"]\nmost = {written}\n'})
    assert empty.open().option("a.b", "most", default) == got
    assert empty.open().option("a.c", "most", default) == default


@pytest.mark.parametrize(
    ("written", "default"), [('"many"', 1), ("1.5", 1), ("true", 1), ('"no"', False), ("3", "x"), ('"a"', [])]
)
def test_a_setting_of_the_wrong_kind_is_told(empty: Sandbox, written: str, default: object) -> None:
    empty.write({"mlscaffold.toml": empty.read("mlscaffold.toml") + f'\n[checks."a.b"]\nmost = {written}\n'})
    with pytest.raises(BrokenSettings, match="wanted"):
        empty.open().option("a.b", "most", default)
