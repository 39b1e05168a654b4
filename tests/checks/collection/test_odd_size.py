from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.repainting import raw_pictures, repaint
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "collection.odd-size"


def test_one_size(project: Sandbox) -> None:
    passes(project, CHECK)


def test_thumbnails_among_photographs(project: Sandbox) -> None:
    for path in raw_pictures(project)[:7]:
        repaint(project, path, lambda image: image.resize((3, 3)))
    found = says(project, CHECK, "7 of 420 pictures are of a size unlike", "3 × 3 px, usually 16 × 16", status=Status.WARN)
    assert len(found.items) == 7


def test_a_panorama(project: Sandbox) -> None:
    repaint(project, raw_pictures(project)[0], lambda image: image.resize((60, 16)))
    says(project, CHECK, "1 of 420 pictures is of a shape unlike the others'", "60 × 16 px", status=Status.WARN)
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + f'\n[checks."{CHECK}"]\nshape = 5\n'})
    passes(project, CHECK)


def test_half_of_one_size_and_half_of_many(project: Sandbox) -> None:
    """Quartiles would call every other picture odd."""
    for i, path in enumerate(raw_pictures(project)):
        side = 16 + i % 20
        repaint(project, path, lambda image, side=side: image.resize((side, side + 3)))  # type: ignore[misc]
    passes(project, CHECK)


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "holds no pictures")
