"""What git is asked, in repositories as they are: in sub-folders, without commits, with names that are no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscaffold import git
from tests.conftest import Sandbox


def test_status_is_relative_to_the_folder_that_asks(tmp_path: Path) -> None:
    outer = Sandbox(tmp_path)
    outer.write({"a.txt": "a"})
    outer.commit()
    inner = tmp_path / "ml/flower"
    outer.write({"ml/flower/docs/a.md": "a"})
    assert git.status(inner) == {"": "??"}
    outer.write({"ml/flower/x.csv": "x"})
    outer.git("add", "ml/flower/x.csv")
    assert git.status(inner) == {"x.csv": "A ", "docs/": "??"}
    assert git.staged_paths(inner) == ["x.csv"]
    assert set(git.index_entries(inner)) == {"x.csv"}


def test_before_the_first_commit_everything_is_staged(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.git("init", "-q")
    sandbox.write({"ü b.txt": "x"})
    sandbox.git("add", "-A")
    assert git.staged_paths(tmp_path) == ["ü b.txt"]
    assert git.head(tmp_path) == ""


def test_a_revision_that_git_does_not_know_is_refused(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.write({"a": "1"})
    sandbox.commit()
    for revision in ("nowhere", "--output=x", "-p"):
        with pytest.raises(git.GitError, match="no revision"):
            git.changed_since(revision, tmp_path)
    assert git.changed_since("HEAD", tmp_path) == []
    assert list(tmp_path.glob("x")) == []


def test_mailmap_finds_a_person_by_either_name(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.write(
        {".mailmap": "# people\nGrace Hopper <grace@f.example> Amazing Grace <g@old.example>\nAda Byron <ada@f.example>\n"}
    )
    sandbox.commit()
    assert git.canonical_name("amazing grace", tmp_path) == "Grace Hopper"
    assert git.canonical_name("Tomas", tmp_path) == "Tomas"
    sandbox.git("config", "user.name", "ada")
    sandbox.git("config", "user.email", "ada@f.example")
    assert git.canonical_name("ada", tmp_path) == "Ada Byron"
    sandbox.git("config", "user.email", "grace@home.example")
    sandbox.git("config", "user.name", "Amazing Grace")  # by name, where the address in use is not the one of the line
    assert git.canonical_name("Amazing Grace", tmp_path) == "Grace Hopper"


def test_no_git_and_no_repository_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(git.GitError, match="in no git repository"):
        git.need_repository(tmp_path)
    with pytest.raises(git.GitError, match="no folder any more"):
        git.run_git(["status"], tmp_path / "gone")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(git.GitError, match="git is not installed"):
        git.head(tmp_path)


def test_a_blob_has_the_id_that_git_gives_it(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.write({"a": b"x\r\n"})
    sandbox.commit()
    blob = git.index_entries(tmp_path)["a"]
    assert git.blob_id(b"x\r\n") == blob
    assert git.blobs([blob, "0" * 40], tmp_path) == {blob: b"x\r\n"}
