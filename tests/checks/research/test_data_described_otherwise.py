from __future__ import annotations

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE, STATISTICS = "research.data-described-otherwise", "docs/02-research.md", "reports/collection/statistics.json"


def describe(project: Sandbox, text: str) -> None:
    """Let the section on data say this and nothing else."""
    old = project.read(FILE).split("<!-- section: data-sources -->\n\n", 1)[1].split("\n\n## ", 1)[0]
    project.replace(FILE, old, text)


def test_the_described_data_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_document_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Photographs of 640x480 pixels in 12 classes.", ("12 classes there, 3 in the data", "640 x 480 pixels there, 16 x 16")),
        ("Wir haben 4.200 Bilder in zwölf Klassen.", ("12 classes there, 3", "4200 pictures there, 420 in the data")),
        ("数据分为五个类别，共1200张图片。", ("5 classes there, 3", "1200 pictures there, 420")),
        ("Each picture is sorted into two classes.", ("2 classes there, 3 in the data",)),
        ("It is a ten-class problem.", ("10 classes there",)),
        ("Bilder von zweiunddreißig mal zweiunddreißig Pixeln.", ("32 x 32 pixels there, 16 x 16 in the data",)),
    ],
)
def test_other_data(project: Sandbox, text: str, words: tuple[str, ...]) -> None:
    describe(project, text)
    said(project.check(CHECK), "warn", *words, FILE, STATISTICS)


@pytest.mark.parametrize(
    "text",
    [
        "420 pictures of sixteen by sixteen pixels in three classes.",
        "About 400 photographs in 3 classes, 140 pictures each; in two classes the light is poor.",
        "Drei Klassen: Gänseblümchen, Rose, Tulpe; etwa 450 Aufnahmen von 16 x 16 Pixeln.",
        "三个类别，共420张照片，16×16像素，每类140张。",
        "The two classes that look alike are roses and tulips.",
        "Our shop takes about 3 000 pictures a week. 300 Bilder pro Tag kommen dazu.",
        "Weights of ImageNet know 1000 classes. Oxford 102 Flowers has 8 189 pictures, for comparison.",
        "We expect 5 000 pictures in 20 classes next year. 明年预计有20个类别。",
        "The camera gives 1200 x 1600 pixels, cropped by the light barrier.",
        "Versions 2.5 to 3.0 of the camera, 12 lamps, 40 boxes.",
        "Die Bilder werden auf 224 x 224 Pixel verkleinert.",
    ],
)
def test_what_claims_nothing_else(project: Sandbox, text: str) -> None:
    describe(project, text)
    assert project.check(CHECK) == []


def test_pictures_of_many_sizes(project: Sandbox) -> None:
    project.edit_json(STATISTICS, lambda s: s.update(widths={"min": 320, "max": 4032}, heights={"min": 240, "max": 4032}))
    describe(project, "Photographs of 3024 x 4032 pixels from the phone.")
    assert project.check(CHECK) == []
    describe(project, "Photographs of 8000 x 6000 pixels from the phone.")
    said(project.check(CHECK), "warn", "8000 x 6000 pixels there, 320–4032 x 240–4032 in the data")


def test_before_the_collection_a_plan_is_a_plan(project: Sandbox) -> None:
    describe(project, "Photographs of 640x480 pixels in 12 classes.")
    project.remove(STATISTICS)
    assert project.check(CHECK) == []
