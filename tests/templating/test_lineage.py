import subprocess
from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import documents
from mlscaffold.evidence.titles import ANCHORS
from mlscaffold.templating.answers import resolve
from mlscaffold.templating.lineage import Identity, commit_pristine, file_class, identity, section_digests
from mlscaffold.workflows.new import new

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
DOCUMENT = """# T

## One
<!-- section: one -->

> ✎ Guidance
>
> more of it

## Two
<!-- section: two -->

Text of a person.

> A quotation.
"""


def _git(root: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def test_guidance_comments_and_layout_do_not_count_as_text() -> None:
    digests = section_digests(DOCUMENT.encode(), "x.md")
    assert list(digests) == ["one", "two"]
    assert digests["one"] == EMPTY
    assert digests["two"] != EMPTY
    assert section_digests(DOCUMENT.replace("\n", "\r\n").replace("of a", "of   a").encode(), "x.md") == digests


def test_files_have_a_class() -> None:
    assert file_class(".github/workflows/ci.yml", "p") == "managed"
    assert file_class("p/train.py", "p") == file_class("docs/01-problem.md", "p") == "seed"
    assert file_class("pyproject.toml", "p") == "merge"


def test_the_first_commit_ignores_the_settings_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f"[core]\n hooksPath = {hooks}\n autocrlf = true\n excludesFile = {tmp_path}/all\n"
        "[commit]\n gpgSign = true\n[init]\n templateDir = /nowhere\n"
    )
    (tmp_path / "all").write_text("*\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    root = tmp_path / "p"
    (root / "data").mkdir(parents=True)
    (root / ".gitignore").write_text("data/\n")
    (root / "data/.gitkeep").write_text("")
    (root / "a.txt").write_bytes(b"one\r\ntwo\n")
    commit = commit_pristine(root, tool="9.9", who=Identity())
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    assert _git(root, "log", "-1", "--format=%H %an <%ae>") == f"{commit} mlscaffold <mlscaffold@localhost>"
    assert _git(root, "log", "-1", "--format=%(trailers:key=Template-Version,valueonly)") == "9.9"
    assert _git(root, "ls-files").split() == [".gitignore", "a.txt", "data/.gitkeep"]
    assert subprocess.run(["git", "show", "HEAD:a.txt"], cwd=root, capture_output=True, check=True).stdout == b"one\r\ntwo\n"


def test_without_git_there_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScaffoldError, match="git is not installed"):
        identity(tmp_path)


@pytest.mark.parametrize("name", ["01-problem", "02-research", "07-evaluation"])
def test_the_documents_of_a_new_project_have_every_section_with_guidance_and_no_text(name: str, tmp_path: Path) -> None:
    new(resolve({"name": "f", "problem": "It takes too long."}), tmp_path)
    document = documents.read((tmp_path / f"f/docs/{name}.md").read_bytes(), f"docs/{name}.md")
    found = {anchor: section for section in document.sections for anchor in section.anchors}
    assert set(found) >= set(ANCHORS[name])
    for section in found.values():
        assert section.text == ""
        assert section.guidance
