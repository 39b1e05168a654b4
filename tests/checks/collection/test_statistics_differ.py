from __future__ import annotations

from tests.checks.collection.test_annotations import without_pictures
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, FILE = "collection.statistics-differ", "reports/collection/statistics.json"


def test_numbers_of_the_data_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []
    without_pictures(project)
    assert project.check(CHECK) == []


def test_no_statistics_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_numbers_of_last_month(project: Sandbox) -> None:
    project.edit_json(FILE, lambda s: s.update(images=400))
    said(project.check(CHECK), "fail", "recorded images 400, counted 420", FILE)


def test_a_label_corrected_since(project: Sandbox) -> None:
    without_pictures(project)
    project.replace("data/raw/belt/rose/annotations.csv", "img0002.png,rose", "img0002.png,tulip")
    said(project.check(CHECK), "fail", "classes {", "tulip 141")


def test_sizes_of_other_pictures(project: Sandbox) -> None:
    project.edit_json(FILE, lambda s: s["widths"].update(max=640))
    said(project.check(CHECK), "fail", "widths", "max 640")


def test_order_and_layout_are_no_matter(project: Sandbox) -> None:
    project.edit_json(FILE, lambda s: s.update(classes=dict(reversed(list(s["classes"].items()))), note="ours"))
    assert project.check(CHECK) == []


def test_figures_that_are_gone(project: Sandbox) -> None:
    path = "reports/collection/statistics.json"
    project.edit_json(path, lambda p: p.update(figures=["classes.svg"]))
    project.write({"reports/collection/classes.svg": "<svg/>"})
    assert project.check("collection.statistics-differ") == []
    project.remove("reports/collection/classes.svg")
    (found,) = project.check("collection.statistics-differ")
    assert "1 of 1 figures of the statistics are not there: classes.svg" in found.message
