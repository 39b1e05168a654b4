from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "collection.empty-folder"


def test_folders_with_pictures(project: Sandbox) -> None:
    (project.root / "data/raw/.ipynb_checkpoints/x").mkdir(parents=True)
    passes(project, CHECK)


def test_a_copy_that_stopped(project: Sandbox) -> None:
    (project.root / "data/raw/belt/2026-03/night").mkdir(parents=True)
    (project.root / "data/raw/belt/orchid").mkdir()
    project.write({"data/raw/belt/orchid/notes.txt": "to come"})
    found = says(project, CHECK, "2 of 7 folders below data/raw hold no picture: data/raw/belt/2026-03, data/raw/belt/orchid", status=Status.WARN)  # fmt: skip
    assert found.fix.endswith("rmdir data/raw/belt/2026-03")


def test_a_clone_has_the_tables_only(project: Sandbox) -> None:
    for path in (project.root / "data/raw").rglob("*.png"):
        path.unlink()
    passes(project, CHECK)


def test_the_answer_that_was_kept_knows_of_a_new_folder(project: Sandbox) -> None:
    """An empty folder changes no file."""
    from mlscaffold.workflows.check import check_index, run_check

    def told() -> int:
        opened = project.open(cached=True)
        spec = next(s for s in check_index(opened) if s.id == CHECK)
        found = run_check(opened, spec)
        opened.save()
        return len(found)

    assert told() == 0
    (project.root / "data/raw/belt/late").mkdir()
    assert told() == 1


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "no pictures")
