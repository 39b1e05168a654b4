from __future__ import annotations

import io

import pytest
from PIL import Image, ImageOps

from mlscaffold.model import Status
from tests.checks.repainting import raw_pictures, scene
from tests.checks.stories import passes, said, says
from tests.conftest import Sandbox

CHECK = "preparation.orientation-ignored"


def turn(project: Sandbox, n: int, orientation: int, *, obey: bool, fit: str = "resize") -> list[str]:
    """Photographs that are stored lying, and their prepared copies, made by a loader that obeys EXIF or one that does not."""
    paths = raw_pictures(project)[:n]
    for i, path in enumerate(paths):
        exif = Image.Exif()
        exif[0x0112] = orientation
        raw, copy = io.BytesIO(), io.BytesIO()
        stored = scene(i, size=(160, 90))
        stored.save(raw, "PNG", exif=exif)
        seen = ImageOps.exif_transpose(Image.open(raw)) if obey else stored
        made = {"resize": seen.resize((16, 16)), "fit": ImageOps.fit(seen, (16, 16)), "pad": ImageOps.pad(seen, (16, 16))}[fit]
        made.save(copy, "PNG")
        project.write({path: raw.getvalue(), path.replace("data/raw/", "data/processed/train/"): copy.getvalue()})
    return paths


def test_pictures_that_stand(project: Sandbox) -> None:
    passes(project, CHECK)


@pytest.mark.parametrize("fit", ["resize", "fit", "pad"])
@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_a_loader_that_obeys_and_one_that_does_not(project: Sandbox, orientation: int, fit: str) -> None:
    turn(project, 6, orientation, obey=True, fit=fit)
    passes(project, CHECK)
    paths = turn(project, 6, orientation, obey=False, fit=fit)
    found = says(project, CHECK, "6 pictures are stored turned (EXIF orientation), and 6 were prepared as stored")
    assert {e.path for e in found.items} == set(paths)
    assert "exif_transpose" in found.fix


def test_of_many_some_are_looked_at(project: Sandbox) -> None:
    turn(project, 40, 6, obey=False)
    said(project.check(CHECK), "fail", "40 pictures are stored turned", "30, of 30 looked at")


def test_without_raw_pictures_and_without_prepared_ones(project: Sandbox) -> None:
    for path in (project.root / "data/raw").rglob("*.png"):
        path.unlink()
    says(project, CHECK, "not on this machine", status=Status.UNKNOWN)
    project.remove("data/processed")
    assert [f.check for f in project.check(CHECK)] == ["missing"]
