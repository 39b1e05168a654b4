"""Annotation files, their rows and their words: the checks that prove the annotations, each on the same small stories."""

from __future__ import annotations

import unicodedata

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

ALL = ["annotation-file-missing", "unlabelled-image", "orphan-annotation", "schema-violation", "contradictory-label"]
ROSES = "data/raw/belt/rose/annotations.csv"


def without_pictures(project: Sandbox) -> None:
    """A clone: the pictures are ignored by git, the tables are not."""
    for picture in (project.root / "data").rglob("*.png"):
        picture.unlink()


@pytest.mark.parametrize("check", ALL)
def test_sound_annotations_pass(project: Sandbox, check: str) -> None:
    assert project.check(f"collection.{check}") == []
    without_pictures(project)
    assert project.check(f"collection.{check}") == []


@pytest.mark.parametrize("check", ALL)
def test_nothing_collected_is_something_to_do(empty: Sandbox, check: str) -> None:
    assert absent(empty.check(f"collection.{check}"))


@pytest.mark.parametrize("check", ALL)
def test_what_a_spreadsheet_does_to_a_table_is_no_matter(project: Sandbox, check: str) -> None:
    text = project.read(ROSES).replace(",", ";").replace("\n", "\r\n").rstrip()
    project.write({ROSES: text.encode("utf-16"), "notebooks/.ipynb_checkpoints/a.png": b"x", "data/raw/belt/.DS_Store": b"x"})
    assert project.check(f"collection.{check}") == []


@pytest.mark.parametrize("check", ALL)
def test_names_with_marks_in_either_form(project: Sandbox, check: str) -> None:
    name = "Röschen (1) #50%.png"
    picture = (project.root / "data/raw/belt/rose/img0002.png").read_bytes()
    project.write({f"data/raw/belt/rose/{unicodedata.normalize('NFD', name)}": picture})
    project.write({ROSES: project.read(ROSES) + f"{unicodedata.normalize('NFC', name)},rose\n"})
    assert project.check(f"collection.{check}") == []


def test_a_batch_without_its_annotation_file(project: Sandbox) -> None:
    picture = (project.root / "data/raw/belt/rose/img0002.png").read_bytes()
    project.write({"data/raw/2026-03/a.png": picture + b"1", "data/raw/2026-03/b.png": picture + b"2"})
    said(
        project.check("collection.annotation-file-missing"), "fail", "1 of 4 folders", "2026-03 (2 pictures)", "data/raw/2026-03"
    )
    assert project.check("collection.unlabelled-image") == []


def test_an_annotation_file_taken_away_in_a_clone(project: Sandbox) -> None:
    without_pictures(project)
    project.remove(ROSES)
    said(project.check("collection.annotation-file-missing"), "fail", "1 of 3 folders", "belt/rose (140 pictures)")


def test_pictures_that_came_in_after_the_labelling(project: Sandbox) -> None:
    project.edit_csv(ROSES, lambda rows: rows[:-57])
    found = said(
        project.check("collection.unlabelled-image"), "fail", "57 of 420 pictures have no label", "57 in no annotation file"
    )
    assert found.evidence[0].path.startswith("data/raw/belt/rose/")


def test_an_empty_label(project: Sandbox) -> None:
    project.replace(ROSES, "img0002.png,rose", "img0002.png,")
    said(
        project.check("collection.unlabelled-image"),
        "fail",
        "1 of 420 pictures has no label",
        "1 with an empty label",
        f"{ROSES}:2",
    )


def test_rows_that_point_nowhere(project: Sandbox) -> None:
    for number in (2, 5, 8):
        project.remove(f"data/raw/belt/rose/img{number:04d}.png")
    said(
        project.check("collection.orphan-annotation"),
        "fail",
        "3 of 420 annotations name missing files: belt/rose/img0002.png",
        f"{ROSES}:2",
    )


def test_a_picture_annotated_twice(project: Sandbox) -> None:
    project.write({ROSES: project.read(ROSES) + "img0002.png,rose\n"})
    said(project.check("collection.orphan-annotation"), "warn", "1 picture annotated more than once")


@pytest.mark.parametrize("spelling", ["Rose", "ROSE", "r-ose", "ro se"])
def test_another_spelling(project: Sandbox, spelling: str) -> None:
    project.replace(ROSES, "img0002.png,rose", f"img0002.png,{spelling}")
    said(project.check("collection.schema-violation"), "fail", f'"{spelling}" for "rose" (1 row)', f"{ROSES}:2")


def test_an_unknown_label(project: Sandbox) -> None:
    project.replace(ROSES, "img0002.png,rose", "img0002.png,lily")
    said(project.check("collection.schema-violation"), "fail", "1 of 420 annotations", '"lily" (1 row)')


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ('[".ipynb_checkpoints", "daisy", "rose", "tulip"]', '".ipynb_checkpoints" at index 0; 4 classes found, 3 wanted'),
        ('["__MACOSX", "daisy", "rose", "tulip"]', '"__MACOSX" at index 0'),
        ('["daisy", "rose", "Rose ", "tulip"]', "2 classes of the schema are spellings of 1"),
    ],
)
def test_what_is_no_class(project: Sandbox, classes: str, words: str) -> None:
    project.write({"data/schema.toml": f"classes = {classes}\n"})
    said(project.check("collection.schema-violation"), "fail", words, "data/schema.toml")


def test_an_attribute_outside_the_schema(project: Sandbox) -> None:
    project.edit_csv(ROSES, lambda rows: [{**r, "light": "night" if i == 3 else "day"} for i, r in enumerate(rows)])
    project.write({"data/schema.toml": project.read("data/schema.toml") + '[attributes]\nlight = ["day", "lamp"]\n'})
    said(
        project.check("collection.schema-violation"),
        "fail",
        '1 annotation with light "night"; the schema allows day, lamp',
        f"{ROSES}:5",
    )


def test_a_class_renamed_everywhere(project: Sandbox) -> None:
    (project.root / "data/raw/belt/rose").rename(project.root / "data/raw/belt/rosa")
    project.edit_csv("data/raw/belt/rosa/annotations.csv", lambda rows: [{**r, "label": "rosa"} for r in rows])
    project.replace("data/schema.toml", "rose", "rosa")
    assert project.check("collection.schema-violation") == []


def test_the_same_bytes_with_two_labels(project: Sandbox) -> None:
    picture = (project.root / "data/raw/belt/rose/img0002.png").read_bytes()
    project.write({"data/raw/belt/tulip/img9999.png": picture})
    project.write(
        {"data/raw/belt/tulip/annotations.csv": project.read("data/raw/belt/tulip/annotations.csv") + "img9999.png,tulip\n"}
    )
    said(
        project.check("collection.contradictory-label"),
        "fail",
        "1 picture with more than one label",
        '"rose"',
        '"tulip"',
        "belt/tulip/img9999.png",
    )


def test_the_same_pixels_in_another_file(project: Sandbox) -> None:
    from PIL import Image

    target = project.root / "data/raw/belt/tulip/img9999.png"
    Image.open(project.root / "data/raw/belt/rose/img0002.png").save(target, compress_level=1, dpi=(72, 72))
    project.write(
        {"data/raw/belt/tulip/annotations.csv": project.read("data/raw/belt/tulip/annotations.csv") + "img9999.png,tulip\n"}
    )
    said(project.check("collection.contradictory-label"), "fail", "1 picture")


def test_one_file_named_twice_with_two_labels(project: Sandbox) -> None:
    without_pictures(project)
    project.write({ROSES: project.read(ROSES) + "img0002.png,tulip\n"})
    said(project.check("collection.contradictory-label"), "fail", f"{ROSES}:2", "img0002.png")


def saved_again(project: Sandbox, name: str, *, label: str) -> None:
    """A photograph among the roses, and the same one saved again, smaller, among others."""
    from io import BytesIO

    from PIL import Image, ImageFilter

    noise = Image.frombytes("RGB", (16, 16), (project.root / "data/raw/belt/rose/img0002.png").read_bytes()[-768:])
    photograph = noise.resize((160, 120)).filter(ImageFilter.GaussianBlur(3))
    for folder, file, picture in (("rose", "one.jpg", photograph), (label, name, photograph.resize((120, 90)))):
        content = BytesIO()
        picture.save(content, "JPEG", quality=92)
        table = f"data/raw/belt/{folder}/annotations.csv"
        project.write({f"data/raw/belt/{folder}/{file}": content.getvalue()})
        project.write({table: project.read(table) + f"{file},{folder}\n"})


def test_a_picture_saved_again_with_another_label_is_a_warning(project: Sandbox) -> None:
    saved_again(project, "again.jpg", label="tulip")
    words = ("1 pair of pictures that look the same", 'belt/rose/one.jpg "rose"', 'belt/tulip/again.jpg "tulip"')
    said(project.check("collection.contradictory-label"), "warn", *words)


def test_a_picture_saved_again_with_its_label_is_no_contradiction(project: Sandbox) -> None:
    saved_again(project, "again.jpg", label="rose")
    assert project.check("collection.contradictory-label") == []
