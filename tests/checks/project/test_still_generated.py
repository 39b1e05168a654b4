from __future__ import annotations

from mlscaffold import git
from mlscaffold.model import Status
from mlscaffold.workflows.check import check_project
from mlscaffold.writing import write_toml
from tests.checks.stories import absent
from tests.conftest import Sandbox

CHECK = "project.still-generated"


def generated(project: Sandbox, *paths: str) -> None:
    """Record these files as they are now as generated."""
    files = {p: {"class": "seed", "blob": git.blob_id((project.root / p).read_bytes())} for p in paths}
    write_toml(project.root / ".mlscaffold/template.toml", {"schema": 1, "tool": "0.1.0", "files": files})


def test_what_people_wrote_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there_is_nothing_generated(empty: Sandbox) -> None:
    assert empty.check(CHECK) == []


def test_each_file_is_owed_by_its_stage(project: Sandbox) -> None:
    generated(project, "docs/01-problem.md", "acceptance.toml", "README.md")
    found = project.check(CHECK)
    assert absent(found)
    assert {f.stage: f.message for f in found} == {
        "problem": "docs/01-problem.md, acceptance.toml are still as generated",
        "deployment": "README.md is still as generated",
    }


def test_nothing_fails_until_the_stage_is_signed(project: Sandbox) -> None:
    generated(project, "README.md")
    mine = [f for f in check_project(project.open()).findings if f.check == CHECK]
    assert [f.status for f in mine] == [Status.TODO]
    project.sign()
    mine = [f for f in check_project(project.open()).findings if f.check == CHECK]
    assert [f.status for f in mine] == [Status.FAIL]


def test_a_word_document_beside_the_generated_one(project: Sandbox) -> None:
    generated(project, "docs/01-problem.md")
    project.write({"docs/01-problem.docx": b"written"})
    assert project.check(CHECK) == []


def test_a_schema_with_classes_says_something(project: Sandbox) -> None:
    generated(project, "data/schema.toml")
    assert project.check(CHECK) == []
