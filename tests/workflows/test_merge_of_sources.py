"""Two branches bring different data, and git merges them: nobody resolves a table by hand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlscaffold.model import Status
from mlscaffold.workflows.check import check_project
from mlscaffold.workflows.data_stats import data_stats
from mlscaffold.workflows.data_version import data_version
from mlscaffold.workflows.forget_data import forget, plan
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.conftest import Sandbox
from tests.datasets.pictures import put

IGNORED = "data/raw/**\n!data/raw/**/\n!data/raw/**/annotations.csv\n!data/raw/**/source.toml\n.mlscaffold/cache.sqlite*\n"
FIELDS = {"origin": "the shop", "licence": "CC0-1.0", "collected": "2026-11", "collected_by": "Ada Byron", "method": "own"}


def _drawn(folder: Path, first: int) -> Path:
    for i in range(24):
        put(folder / f"{'hat' if i % 2 else 'shoe'}/{i:02}.png", first + i)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Sandbox:
    """A project with one source, dealt and committed."""
    made = Sandbox(tmp_path / "project")
    made.write(
        {"mlscaffold.toml": 'name = "shop"\npackage = "shop_sorter"\ntask = "image-classification"\n', ".gitignore": IGNORED}
    )
    import_data(made.root, _drawn(tmp_path / "first", 0), fields=FIELDS)
    split_data(made.root)
    made.commit("first source")
    return made


def _bring(project: Sandbox, name: str, first: int, *, branch: str) -> None:
    project.git("checkout", "-q", "-b", branch, "main")
    import_data(project.root, _drawn(project.root.parent / name, first), fields=FIELDS)
    split_data(project.root)
    data_version(project.open(), f"with-{name}", by="Ada Byron")
    project.commit(name)


def _failing(project: Sandbox) -> set[str]:
    report = check_project(project.open())
    return {
        f.check for f in report.findings if f.stage in ("collection", "preparation") and f.status in (Status.FAIL, Status.ERROR)
    }


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in one clone", "in two clones"])
def test_two_sources_merge_without_conflict(project: Sandbox, tmp_path: Path, elsewhere: bool) -> None:
    before = _failing(project)
    dealt = set(project.read("data/splits/first.csv").splitlines())
    _bring(project, "alpha", 100, branch="a")
    other = project
    if elsewhere:
        other = Sandbox(tmp_path / "clone")
        subprocess.run(["git", "clone", "-q", project.root, other.root], check=True)
    other.git("checkout", "-q", "main")
    _bring(other, "beta", 200, branch="b")
    if elsewhere:
        project.git("fetch", "-q", str(other.root), "b:b")
    project.git("checkout", "-q", "a")
    project.git("merge", "-q", "--no-edit", "b")
    tables = {path: project.read(path) for path in ("data/manifest/alpha.csv", "data/manifest/beta.csv", "data/splits/beta.csv")}
    assert all(text.count("\n") == 25 for text in tables.values())
    assert _failing(project) <= before
    split_data(project.root)
    assert dealt == set(project.read("data/splits/first.csv").splitlines())
    assert all(project.read(path) == text for path, text in tables.items())


def test_withdrawals_on_two_branches_merge(project: Sandbox) -> None:
    for branch, name in (("a", "hat/01.png"), ("b", "shoe/10.png")):
        project.git("checkout", "-q", "-b", branch, "main")
        opened = project.open()
        forget(opened, plan(opened, [str(project.root / "data/raw/first" / name)]), reason="consent withdrawn", by="Ada")
        project.commit(f"without {name}")
    project.git("merge", "-q", "--no-edit", "a")
    assert len(list((project.root / "data/withdrawn").iterdir())) == 2
    assert project.check("collection.withdrawn-present") == []


def test_classes_added_on_both_sides_meet_in_the_schema_alone(project: Sandbox) -> None:
    """The order of the classes is that of the model's outputs: two additions have to be put in order by somebody."""
    for branch, name, first in (("a", "scarf", 300), ("b", "glove", 400)):
        project.git("checkout", "-q", "-b", branch, "main")
        folder = project.root.parent / name
        for i in range(12):
            put(folder / f"{name}/{i:02}.png", first + i)
        assert import_data(project.root, folder, fields=FIELDS).undeclared == (name,)
        project.replace("data/schema.toml", '"shoe"]', f'"shoe", "{name}"]')
        split_data(project.root)
        project.commit(name)
    with pytest.raises(subprocess.CalledProcessError):
        project.git("merge", "-q", "--no-edit", "a")
    assert project.git("diff", "--name-only", "--diff-filter=U") == "data/schema.toml"
    project.write({"data/schema.toml": 'classes = ["hat", "shoe", "scarf", "glove"]\n'})
    project.commit("merged")
    assert project.check("collection.schema-violation") == []


def test_statistics_are_the_only_table_of_all_sources(project: Sandbox) -> None:
    data_stats(project.root)
    project.commit("statistics")
    _bring(project, "alpha", 100, branch="a")
    data_stats(project.root)
    project.commit("a")
    project.git("checkout", "-q", "main")
    for path in (project.root / "data/raw/alpha").rglob("*.png"):
        path.unlink()
    _bring(project, "beta", 200, branch="b")
    data_stats(project.root)
    project.commit("b")
    with pytest.raises(subprocess.CalledProcessError):
        project.git("merge", "-q", "--no-edit", "a")
    mine = project.git("diff", "--name-only", "--diff-filter=U").splitlines()
    assert {path.rsplit("/", 1)[0] for path in mine} == {"reports/collection"}
    import_data(project.root, project.root.parent / "alpha", fields=FIELDS)
    data_stats(project.root)  # written anew: whichever side was taken
    project.commit("merged")
    assert _failing(project) == set()
