from __future__ import annotations

import io

from PIL import ImageOps

from mlscaffold.model import Status
from tests.checks.repainting import raw_pictures, repaint, scene, scenes, undealt
from tests.checks.stories import misses, passes, said, says
from tests.conftest import Sandbox
from tests.finished import rows_of

CHECK = "collection.duplicate-image"
DAISIES = "data/raw/belt/daisy/annotations.csv"


def bring(project: Sandbox, name: str, content: bytes, *, split: str = "", **cells: str) -> str:
    """A picture that came in again, as a daisy."""
    path = f"data/raw/belt/daisy/{name}"
    project.write({path: content})
    project.edit_csv(DAISIES, lambda rows: [*rows, {**rows[0], "path": name, **cells}])
    if split:
        project.edit_csv("data/splits/belt.csv", lambda rows: [*rows, {**rows[0], "path": f"belt/daisy/{name}", "split": split}])
    return path


def daisy(project: Sandbox, split: str) -> str:
    """The first daisy of a split."""
    return next(path for path in raw_pictures(project, split) if "/daisy/" in path)


def test_each_picture_once(project: Sandbox) -> None:
    passes(project, CHECK)
    scenes(project)
    passes(project, CHECK)


def test_the_same_file_under_another_name(project: Sandbox) -> None:
    first = daisy(project, "train")
    again = bring(project, "again.png", (project.root / first).read_bytes())
    found = says(
        project, CHECK, "1 of 421 pictures more than needed, in 1 group of the same file", "again.png", status=Status.WARN
    )
    assert {e.path for e in found.items} == {first, again}


def test_saved_again_smaller_and_mirrored(project: Sandbox) -> None:
    undealt(project)
    first, second = io.BytesIO(), io.BytesIO()
    for i, path in enumerate(raw_pictures_of_daisies(project)):
        repaint(project, path, lambda _, i=i: scene(i))  # type: ignore[misc]
    scene(0).resize((80, 60)).save(first, "JPEG", quality=70)
    ImageOps.mirror(scene(1)).save(second, "PNG")
    bring(project, "smaller.jpg", first.getvalue())
    bring(project, "mirrored.png", second.getvalue())
    said(
        project.check(CHECK),
        "warn",
        "2 of 422 pictures more than needed, in 2 groups saved again, scaled or mirrored, 1 of them mirrored",
    )


def raw_pictures_of_daisies(project: Sandbox) -> list[str]:
    return [f"data/raw/belt/daisy/{row['path']}" for row in rows_of((project.root / DAISIES).read_bytes())]


def test_copies_in_train_weigh_a_class_and_copies_in_test_count_twice(project: Sandbox) -> None:
    bring(project, "again.png", (project.root / daisy(project, "train")).read_bytes(), split="train")
    passes(project, CHECK)
    bring(project, "twice.png", (project.root / daisy(project, "test")).read_bytes(), split="test")
    says(project, CHECK, "in 1 group of the same file", "twice.png", status=Status.WARN)


def test_what_others_tell_is_not_told_here(project: Sandbox) -> None:
    content = (project.root / daisy(project, "test")).read_bytes()
    bring(project, "leak.png", content, split="train")
    bring(project, "rose.png", (project.root / daisy(project, "validation")).read_bytes(), label="rose")
    passes(project, CHECK)


def test_views_of_one_declared_thing(project: Sandbox) -> None:
    undealt(project)
    for i, path in enumerate(raw_pictures_of_daisies(project)):
        repaint(project, path, lambda _, i=i: scene(i))  # type: ignore[misc]
    project.edit_csv(DAISIES, lambda rows: [{**r, "group": f"bunch-{i}"} for i, r in enumerate(rows)])
    smaller = io.BytesIO()
    scene(0).resize((80, 60)).save(smaller, "JPEG", quality=70)
    bring(project, "smaller.jpg", smaller.getvalue(), group="bunch-0")
    passes(project, CHECK)


def test_the_same_file_twice_is_no_second_view(project: Sandbox) -> None:
    undealt(project)
    project.edit_csv(DAISIES, lambda rows: [{**r, "group": f"bunch-{i}"} for i, r in enumerate(rows)])
    bring(project, "again.png", (project.root / raw_pictures_of_daisies(project)[0]).read_bytes(), group="bunch-0")
    says(project, CHECK, "in 1 group of the same file", "again.png", status=Status.WARN)


def test_a_film_is_said_once(project: Sandbox) -> None:
    undealt(project)
    for label in ("daisy", "rose", "tulip"):
        for i, row in enumerate(rows_of((project.root / f"data/raw/belt/{label}/annotations.csv").read_bytes())):
            repaint(project, f"data/raw/belt/{label}/{row['path']}", lambda _, i=i, label=label: scene(i // 4 + len(label) * 1000).point(lambda v: min(255, v + i % 4)))  # type: ignore[misc]  # fmt: skip
    found = said(project.check(CHECK), "warn", "of 420 pictures look like another one", "column `group`")
    assert len(found.items) > 84


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "holds no pictures")


def test_without_pictures_the_manifests_tell(project: Sandbox) -> None:
    project.edit_csv("data/manifest/belt.csv", lambda rows: [*rows, {**rows[0], "path": "belt/daisy/again.png"}])
    project.edit_csv("data/splits/belt.csv", lambda rows: rows[1:])
    for path in (project.root / "data/raw").rglob("*.png"):
        path.unlink()
    assert [f.status for f in project.check(CHECK)] == [Status.WARN, Status.UNKNOWN]
