from __future__ import annotations

from PIL import Image

from mlscaffold.model import Status
from tests.checks.repainting import raw_pictures, repaint
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "collection.blank-image"


def test_pictures_that_show_something(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_lens_cap_and_a_white_page(project: Sandbox) -> None:
    paths = raw_pictures(project)[:5]
    for path in paths:
        repaint(project, path, lambda image: Image.new("RGB", image.size, (3, 3, 3)))
    found = says(project, CHECK, "5 of 420 pictures are blank", "(grey 3 ± 0.0)", "and 2 more")
    assert {e.path for e in found.items} == set(paths)
    assert "take them out" in found.fix


def test_a_limit_in_the_settings(project: Sandbox) -> None:
    repaint(project, raw_pictures(project)[0], lambda image: image.point(lambda v: 100 + v // 16))
    passes_at = project.read("mlscaffold.toml") + f'\n[checks."{CHECK}"]\ndeviation = 1.5\n'
    says(project, CHECK, "1 of 420 pictures is blank")
    project.write({"mlscaffold.toml": passes_at})
    passes(project, CHECK)


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "holds no pictures")


def test_a_clone_without_pictures(project: Sandbox) -> None:
    for path in (project.root / "data/raw").rglob("*.png"):
        path.unlink()
    says(project, CHECK, "not on this machine", status=Status.UNKNOWN)
