from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter

from mlscaffold.model import Status
from tests.checks.repainting import raw_pictures, repaint, scene, scenes
from tests.checks.stories import misses, passes, said, says
from tests.conftest import Sandbox

CHECK = "collection.dark-or-blurred"


def test_pictures_as_they_should_be(project: Sandbox) -> None:
    passes(project, CHECK)


@pytest.mark.parametrize(("level", "words"), [((4, 28), "nearly black"), ((228, 252), "nearly white")])
def test_exposed_wrongly(project: Sandbox, level: tuple[int, int], words: str) -> None:
    low, high = level
    for path in raw_pictures(project)[:4]:
        repaint(project, path, lambda image: image.convert("L").point(lambda v: low if v < 120 else high))
    found = says(project, CHECK, f"4 of 420 pictures are {words}", "99 of 100 pixels", status=Status.WARN)
    assert len(found.items) == 4


def test_blurred_beside_the_others(project: Sandbox) -> None:
    scenes(project)
    passes(project, CHECK)
    for i, path in enumerate(raw_pictures(project)[:20]):
        repaint(project, path, lambda _, i=i: scene(i).filter(ImageFilter.GaussianBlur(3)))  # type: ignore[misc]
    found = says(project, CHECK, "20 of 420 pictures are blurred beside the others", "usually", status=Status.WARN)
    assert len(found.items) == 20


def test_a_few_soft_ones_are_usual(project: Sandbox) -> None:
    scenes(project)
    for i, path in enumerate(raw_pictures(project)[:8]):
        repaint(project, path, lambda _, i=i: scene(i).filter(ImageFilter.GaussianBlur(3)))  # type: ignore[misc]
    passes(project, CHECK)
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + f'\n[checks."{CHECK}"]\nblurred = 0.0\n'})
    said(project.check(CHECK), "warn", "8 of 420 pictures are blurred")


def test_a_plane_in_the_sky_is_sharp(project: Sandbox) -> None:
    """Little contrast gives little sharpness, and is no blur."""
    scenes(project)

    def sky(_: Image.Image) -> Image.Image:
        image = Image.new("RGB", (160, 120), (150, 170, 190))
        ImageDraw.Draw(image).polygon([(70, 60), (90, 55), (92, 60), (90, 65)], fill=(90, 90, 100))
        return image

    for path in raw_pictures(project)[:20]:
        repaint(project, path, sky)
    assert not [f for f in project.check(CHECK) if "blurred" in f.message]


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "holds no pictures")
