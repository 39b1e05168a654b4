from __future__ import annotations

import pytest

from mlscaffold.evidence.appearance import NAMES, appearance, plainly
from tests.checks.repainting import raw_pictures, repaint
from tests.conftest import Sandbox


def test_every_property_of_every_picture(project: Sandbox) -> None:
    paths = [path.removeprefix("data/raw/") for path in raw_pictures(project)]
    looks = appearance(project.open(), paths)
    assert set(looks) == set(paths)
    assert all(set(look) == set(NAMES) for look in looks.values())


def test_a_red_lamp_is_warm(project: Sandbox) -> None:
    path = raw_pictures(project)[0]
    for place in (path, path.replace("data/raw/", "data/processed/train/")):
        repaint(project, place, lambda image: image.point(list(range(256)) + [v // 2 for v in range(256)] * 2))
    look = appearance(project.open(), [path.removeprefix("data/raw/")])[path.removeprefix("data/raw/")]
    assert look["warmth"] > 0.2
    assert look["greenness"] < -0.05


def test_without_prepared_pictures_the_raw_ones_tell(project: Sandbox) -> None:
    project.remove("data/processed")
    path = raw_pictures(project)[0].removeprefix("data/raw/")
    assert "warmth" in appearance(project.open(), [path])[path]


def test_what_is_not_here_has_no_looks(project: Sandbox) -> None:
    assert appearance(project.open(), ["belt/nowhere.png"]) == {}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("size", 13.8155, "1000 px a side"),
        ("shape", 0.2877, "1.33 wide to high"),
        ("sharpness", 6.9088, "1000"),
        ("brightness", 104.6, "105"),
    ],
)
def test_in_the_unit_that_people_know(name: str, value: float, words: str) -> None:
    assert plainly(name, value) == words
