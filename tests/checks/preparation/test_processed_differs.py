from __future__ import annotations

from PIL import Image

from mlscaffold.model import Status
from tests.conftest import Sandbox

CHECK, TEST = "preparation.processed-differs", "data/processed/test/annotations.csv"
FOLDER = "data/processed/test/belt/daisy"


def test_as_the_tables_say(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_splits_made_anew_and_not_prepared(project: Sandbox) -> None:
    project.edit_csv(TEST, lambda rows: rows[12:])
    for i in range(12):
        project.remove(f"data/processed/test/belt/{('daisy', 'rose', 'tulip')[i % 3]}/img{271 + i:04d}.png")
    (found,) = project.check(CHECK)
    assert found.check == "missing"
    assert "12 of 420 pictures of the splits are not prepared" in found.message
    assert found.fix == "python -m flower_sorter.prepare"


def test_a_picture_in_the_wrong_split(project: Sandbox) -> None:
    project.replace("data/splits/belt.csv", "img0001.png", "img9999.png")
    wrong, missing = project.check(CHECK)
    assert "1 processed picture has an origin that no split names: train/belt/daisy/img0001.png" in wrong.message
    assert missing.check == "missing"
    project.replace("data/splits/belt.csv", "img9999.png", "img0001.png")
    project.edit_csv("data/splits/belt.csv", lambda rows: [{**r, "split": "test"} if i == 0 else r for i, r in enumerate(rows)])
    assert (
        "1 processed picture in the wrong split: train/belt/daisy/img0001.png belongs to test" in project.check(CHECK)[0].message
    )


def test_other_pixels(project: Sandbox) -> None:
    project.copy(f"{FOLDER}/img0271.png", f"{FOLDER}/img0274.png")
    (found,) = project.check(CHECK)
    assert "1 of 150 pictures of test have other pixels than annotations.csv says: test/belt/daisy/img0274.png" in found.message


def test_another_size(project: Sandbox) -> None:
    project.edit_json("pipeline.json", lambda p: p.update(size=[32, 32]))
    found = project.check(CHECK)
    assert len(found) == 4
    assert "180 of 180 pictures of train are not 32 × 32 RGB as pipeline.json says" in found[0].message


def test_left_behind(project: Sandbox) -> None:
    Image.new("RGB", (16, 16), "red").save(project.root / FOLDER / "old.png")
    assert "1 picture in data/processed/test that annotations.csv does not name" in project.check(CHECK)[0].message


def test_some_files_are_gone(project: Sandbox) -> None:
    project.remove(f"{FOLDER}/img0271.png")
    assert "1 of 150 pictures of test are not in data/processed/test" in project.check(CHECK)[0].message


def test_a_clone_without_pictures(project: Sandbox) -> None:
    for split in ("train", "validation", "eyeball", "test"):
        project.remove(f"data/processed/{split}/belt")
    assert {f.status for f in project.check(CHECK)} == {Status.UNKNOWN}


def test_copies_of_one_origin_in_train(project: Sandbox) -> None:
    path = "data/processed/train"
    project.copy(f"{path}/belt/daisy/img0001.png", f"{path}/belt/daisy/img0001-2.png")
    project.edit_csv(f"{path}/annotations.csv", lambda rows: [*rows, {**rows[0], "path": "belt/daisy/img0001-2.png"}])
    assert project.check(CHECK) == []
