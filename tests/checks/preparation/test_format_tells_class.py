from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

from mlscaffold.model import Status
from tests.conftest import Sandbox

CHECK = "preparation.format-tells-class"
TABLE = "data/splits/belt.csv"


def resave(project: Sandbox, how: Callable[[int, str], tuple[Image.Image, str, dict[str, int]] | None]) -> None:
    """Save pictures anew under their names: `how` gets the number of a row and its label."""
    lines = project.read(TABLE).splitlines()[1:]
    for n, line in enumerate(lines):
        path, _, label, *_ = line.split(",")
        done = how(n, label)
        if done:
            content = io.BytesIO()
            done[0].save(content, done[1], **done[2])
            project.write({f"data/raw/{path}": content.getvalue()})


def noise(n: int, *, mode: str = "RGB", size: int = 16) -> Image.Image:
    return Image.effect_noise((size, size), 40 + n % 7).convert(mode)


def test_all_saved_alike(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_no_pictures_here(project: Sandbox) -> None:
    project.remove("data/raw")
    assert [f.status for f in project.check(CHECK)] == [Status.UNKNOWN]


def test_one_class_is_jpeg(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n), "JPEG", {"quality": 90}) if label == "rose" else None)
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert found.message.startswith(
        'the file format tells the class: "rose" is 100 % JPEG, the others are 100 % PNG; by it alone 67 %'
    )
    assert found.evidence[0].path == TABLE


def test_most_of_a_class_is_jpeg(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n), "JPEG", {}) if (label == "rose") is bool(n % 10) else None)
    assert '"rose" is 90 % JPEG' in project.check(CHECK)[0].message


def test_the_quality_of_jpeg(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n), "JPEG", {"quality": 95 if label == "tulip" else 75}))
    (found,) = project.check(CHECK)
    assert 'the quality of JPEG tells the class: "tulip" is 100 % quality 95, the others are 100 % quality 75' in found.message


def test_transparency(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n, mode="RGBA"), "PNG", {}) if label == "daisy" else None)
    assert 'the mode tells the class: "daisy" is 100 % RGBA' in project.check(CHECK)[0].message


def test_two_cameras(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n, size=24), "PNG", {}) if label == "daisy" else None)
    assert 'the size in pixels tells the class: "daisy" is 100 % 24 × 24 px' in project.check(CHECK)[0].message


def test_formats_that_do_not_go_with_the_class(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n), "JPEG", {"quality": 60 + n % 30}) if n % 4 else None)
    assert project.check(CHECK) == []


def test_crops_of_any_size(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n, size=12 + n % 60 + (60 if label == "rose" else 0)), "PNG", {}))
    assert project.check(CHECK) == []


def test_a_few_odd_files(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n, mode="L"), "PNG", {}) if label == "rose" and n < 12 else None)
    assert project.check(CHECK) == []


def test_a_few_jpegs_that_are_all_of_one_class(project: Sandbox) -> None:
    resave(project, lambda n, label: (noise(n), "JPEG", {}) if label == "rose" and n < 60 else None)
    assert project.check(CHECK) == []
