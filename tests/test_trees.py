"""Content comes from the disk or from the index; what lies behind a link or a shut door is neither lost nor absent."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from mlscaffold.project import open_project
from mlscaffold.trees import IndexTree, WorkTree
from tests.conftest import Sandbox


def test_a_walk_leaves_out_droppings_and_follows_a_link_once(tmp_path: Path) -> None:
    for name in ("a/x.txt", "a/.DS_Store", "a/._x.txt", "a/.git/config", "shared/y.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "a/link").symlink_to(tmp_path / "shared")
    (tmp_path / "a/again").symlink_to(tmp_path / "shared")
    tree = WorkTree(tmp_path)
    found = tree.listing("a", deep=True)
    assert "a/x.txt" in found
    assert len([p for p in found if p.endswith("y.txt")]) == 1
    assert len(found) == 2
    assert tree.listing("a", deep=False) == ["a/x.txt"]
    assert tree.listing("nowhere", deep=True) == []
    assert tree.content("a") is None
    assert tree.stamp("a") is None
    assert tree.stamp("a/x.txt") == dict(tree.walk("a", deep=False))["a/x.txt"]


def test_a_name_is_found_in_either_form_of_its_letters(project: Sandbox) -> None:
    before = project.check("preparation.processed-differs"), project.states()
    for path in sorted((project.root / "data").rglob("*0.png"))[:40]:
        path.rename(path.with_name(unicodedata.normalize("NFD", f"blüte-{path.name}")))
        for table in (project.root / "data").rglob("*.csv"):
            table.write_text(table.read_text(encoding="utf-8").replace(path.name, f"blüte-{path.name}"), encoding="utf-8")
    assert (project.check("preparation.processed-differs"), project.states()) == before
    tree, one = WorkTree(project.root), next((project.root / "data").rglob("*blu*te*"))
    assert tree.content(unicodedata.normalize("NFC", one.relative_to(project.root).as_posix())) == one.read_bytes()
    assert tree.content("data/raw/blüte.png") is None


def test_staged_content_comes_from_the_index(empty: Sandbox) -> None:
    empty.write({"docs/a.md": "staged", "docs/b.md": "untracked"})
    empty.git("add", "docs/a.md")
    empty.write({"docs/a.md": "on disk", "runs/x.csv": "ignored"})
    project = open_project(empty.root, staged=True, use_cache=False)
    assert project.content("docs/a.md") == b"staged"
    assert project.glob("docs/*") == ["docs/a.md"]
    assert project.content("runs/x.csv") == b"ignored"
    assert not project.exists("docs/b.md")


def test_the_index_fetches_many_contents_at_once(empty: Sandbox) -> None:
    empty.write({"docs/a.md": "one", "docs/b.md": "two"})
    empty.git("add", "docs")
    tree = IndexTree(empty.root)
    tree.load(["docs/a.md", "docs/b.md", "docs/c.md"])
    assert [tree.content(p) for p in ("docs/a.md", "docs/b.md", "docs/c.md")] == [b"one", b"two", None]
    assert tree.stamp("docs/a.md") is None
