from __future__ import annotations

import io

import pytest
from PIL import Image

from mlscaffold.model import Status
from tests.checks.repainting import raw_pictures, repaint
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "collection.mixed-modes"


def test_one_mode(project: Sandbox) -> None:
    passes(project, CHECK)


@pytest.mark.parametrize(("mode", "words"), [("RGBA", "partly transparent"), ("I;16", "of 16 bits")])
def test_what_every_conversion_loses(project: Sandbox, mode: str, words: str) -> None:
    for path in raw_pictures(project)[:4]:
        repaint(project, path, lambda image: image.convert("L").convert(mode) if mode == "I;16" else image.convert(mode))
    found = says(project, CHECK, f"4 of 420 pictures are {words}", "unlike the others", status=Status.WARN)
    assert len(found.items) == 4


def test_an_animation(project: Sandbox) -> None:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (16, 16), (10 * i, 99, 200)) for i in range(4)]
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    project.write({raw_pictures(project)[3]: buffer.getvalue()})
    says(project, CHECK, "1 of 420 pictures is of several frames", status=Status.WARN)


def test_grey_ones_are_told_until_a_recipe_says_what_becomes_of_them(project: Sandbox) -> None:
    for path in raw_pictures(project)[:6]:
        repaint(project, path, lambda image: image.convert("L"))
    passes(project, CHECK)
    project.remove("pipeline.json")
    says(project, CHECK, "6 of 420 pictures are grey, unlike the others", status=Status.WARN)


def test_the_mode_of_the_set_is_no_fault(project: Sandbox) -> None:
    for split in ("train", "test"):
        for path in raw_pictures(project, split):
            repaint(project, path, lambda image: image.convert("RGBA"))
    passes(project, CHECK)


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "holds no pictures")
