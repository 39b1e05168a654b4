from pathlib import Path

import pytest

from mlscaffold.datasets.formats import yolo
from tests.datasets.formats.samples import text
from tests.datasets.pictures import put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(4):
        put(tmp_path / f"images/{i}.png", i)
        text(tmp_path / f"labels/{i}.txt", "0 0.5 0.5 0.2 0.2")
    text(tmp_path / "train.txt", "./images/0.png\n/data/of/somebody/images/1.png\n./images/2.png\n")
    text(tmp_path / "val.txt", "images/3.png\nimages/gone.png\nimages/2.png\n")
    return tmp_path


@pytest.mark.parametrize("told", ["train: train.txt\nval: val.txt\n", "train: ../sets/train.txt\nval: [val.txt]\n", ""])
def test_lists_say_the_splits(folder: Path, told: str) -> None:
    text(folder / "data.yaml", f"{told}names: [hat]\n")
    reading = yolo.read(folder)
    assert [r.split for r in reading.records] == ["train", "train", "", "validation"]
    assert "val.txt: 1 of 3 names are no pictures here, first images/gone.png" in reading.notes
    assert "1 pictures are in the lists of several splits; the lists give them none" in reading.notes


def test_a_list_outside_is_not_opened(folder: Path) -> None:
    outside = text(folder.parent / "outside.txt", "images/0.png")
    (folder / "train.txt").unlink()
    (folder / "train.txt").symlink_to(outside)
    text(folder / "data.yaml", "train: train.txt\nval: ../outside.txt\nnames: [hat]\n")
    assert {r.split for r in yolo.read(folder).records} == {""}
