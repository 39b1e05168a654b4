from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.datasets.geometry import corners, number
from mlscaffold.datasets.pictures import header_of, leftovers, pictures_of, short, split_in
from tests.datasets.pictures import put, scene


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for place, name in enumerate(["set/images/day/a.png", "set/images/b.png", "set/night/B2.PNG", "set/x/c.png", "set/y/c.png"]):
        put(tmp_path / name, place)
    put(tmp_path / "secret.png", 9)
    (tmp_path / "set/link.png").symlink_to(tmp_path / "secret.png")
    put(tmp_path / "set/__MACOSX/a.png", 8)
    return tmp_path / "set"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("images/b.png", "images/b.png"),
        ("b.png", "images/b.png"),
        ("day\\a.png", "images/day/a.png"),
        ("old/place/a.png", "images/day/a.png"),
        ("b2.png", "night/B2.PNG"),
        ("x/c.png", "x/c.png"),
        ("x/../y/c.png", "y/c.png"),
    ],
)
def test_a_picture_is_found_by_the_name_that_it_is_given(root: Path, name: str, found: str) -> None:
    assert pictures_of(root).find(name) == root / found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "no-path"), (None, "no-path"), (7, "no-path"), ("..", "leads-out"), ("../secret.png", "leads-out"), ("images/../../secret.png", "leads-out"),
        ("/etc/passwd", "leads-out"), ("C:\\a.png", "leads-out"), ("\\\\server\\a.png", "leads-out"), ("a\0.png", "leads-out"),
        ("https://example.org/a.png", "address"), ("gone.png", "missing-file"), ("c.png", "ambiguous-file"), ("link.png", "leads-out"),
        ("x" * 5000, "missing-file"),
    ],
)  # fmt: skip
def test_a_name_that_gives_none_says_why(root: Path, name: object, kind: str) -> None:
    found = pictures_of(root).find(name)
    assert isinstance(found, tuple)
    assert found[0] == kind
    assert len(found[1]) < 250


def test_what_is_left_over_is_counted(root: Path) -> None:
    pictures = pictures_of(root)
    pictures.find("b.png")
    assert leftovers(pictures) == {"hidden or system": 1, "pictures that no annotation names": 4}


def test_headers_are_read_as_stored_and_as_seen(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    scene(1).save(tmp_path / "a.jpg", exif=exif)
    header = header_of(tmp_path / "a.jpg")
    assert header is not None
    assert (header.stored, header.upright) == ((120, 90), (90, 120))
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n no")
    assert header_of(tmp_path / "b.png") is None


def test_names_without_what_says_nothing() -> None:
    assert [short(name) for name in ("images/a.png", "train/images/a.png", "images/val/day/a.png", "hat/a.png")] == [
        "a.png",
        "a.png",
        "day/a.png",
        "hat/a.png",
    ]
    names = ("instances_train2017.json", "val/a.png", "x/y.png", "train/test.json", "latest.json")
    assert [split_in(name) for name in names] == ["train", "validation", "", "", ""]


def test_numbers_and_turned_boxes() -> None:
    given = ("1,5", " 2 ", "x", "nan", "inf", True, None, 10**400, 3)
    assert [number(value) for value in given] == [1.5, 2.0, None, None, None, None, None, None, 3.0]
    assert [round(value, 6) for value in corners((0, 0, 4, 2), 90)] == [3, -1, 3, 3, 1, 3, 1, -1]
