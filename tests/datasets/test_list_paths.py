from pathlib import Path

import pytest

from mlscaffold.datasets.list_paths import Finder
from tests.datasets.pictures import put


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    for i, name in enumerate(
        ["train/0.png", "test/0.png", "train_images/ab12.jpg", "photos/deep/c.png", "d/x.png", "e/x.png", "top.png"]
    ):
        put(tmp_path / name, i)
    return Finder(tmp_path)


@pytest.mark.parametrize(
    ("name", "split", "found"),
    [
        ("0.png", "train", "train/0.png"),
        ("0.png", "test", "test/0.png"),
        ("0.png", "", "ambiguous-file"),
        ("ab12", "", "train_images/ab12.jpg"),
        ("ab12.jpg", "", "train_images/ab12.jpg"),
        ("deep/c.png", "", "photos/deep/c.png"),
        ("deep/c", "", "photos/deep/c.png"),
        ("other/c.png", "", "missing-file"),
        ("x.png", "", "ambiguous-file"),
        ("/data/of/somebody/photos/deep/c.png", "", "photos/deep/c.png"),
        ("C:\\photos\\deep\\c.png", "", "photos/deep/c.png"),
        ("/elsewhere/c.png", "", "leads-out"),
        ("/elsewhere/top.png", "", "top.png"),
        ("/elsewhere/../top.png", "", "leads-out"),
        ("/data/upload/3/0a1b2c3d-top.png", "", "top.png"),
        ("/data/local-files/?d=photos/deep%2Fc.png", "", "photos/deep/c.png"),
        ("gone.png", "", "missing-file"),
        ("../top.png", "", "leads-out"),
    ],
)  # fmt: skip
def test_where_a_name_leads(finder: Finder, name: str, split: str, found: str) -> None:
    place = finder.find(name, split)
    assert (place.relative_to(finder.base).as_posix() if isinstance(place, Path) else place) == found


def test_what_no_row_names_is_counted(finder: Finder) -> None:
    finder.find("top.png")
    assert finder.left() == 6
