from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from mlscaffold.datasets.annotations import Annotation, Medium
from mlscaffold.datasets.images import facts_of
from mlscaffold.datasets.manifest import ManifestRow, manifest_digest
from mlscaffold.datasets.statistics import plot_classes, plot_sizes, statistics_of
from tests.datasets.pictures import encoded, scene


def test_numbers_are_those_of_the_contract() -> None:
    data = {
        "shop/a.png": encoded(scene(1)),
        "shop/b.png": encoded(scene(1)),
        "field/c.jpg": encoded(scene(1), "JPEG"),
        "field/d.png": encoded(scene(2, (200, 50)).convert("L")),
        "field/e.png": b"<html>",
    }
    facts = {path: facts_of(content) for path, content in data.items()}
    manifest = [ManifestRow(path, len(content), facts[path].digest) for path, content in data.items()]
    labels = {"shop/a.png": "hat", "shop/b.png": "shoe", "field/c.jpg": "hat", "field/d.png": "hat"}
    media = [Medium(path, path.split("/")[0], Annotation(path.split("/")[1], label), "") for path, label in labels.items()]
    found = statistics_of(manifest, media, facts, classes=["shoe", "hat"])
    assert found.values == {
        "schema": 1,
        "images": 5,
        "bytes": sum(map(len, data.values())),
        "classes": {"shoe": 1, "hat": 3},
        "sources": {"field": 3, "shop": 2},
        "widths": {"min": 120, "median": 120.0, "max": 200},
        "heights": {"min": 50, "median": 90.0, "max": 90},
        "modes": {"RGB": 3, "L": 1},
        "formats": {"PNG": 3, "JPEG": 1},
        "duplicates": {"exact_groups": 1, "near_groups": 1},
        "manifest": manifest_digest(manifest),
        "figures": [],
    }
    assert list(found.values["classes"]) == ["shoe", "hat"]
    assert found.contradictory == (("shop/a.png", "shop/b.png"),)
    assert found.problems["field/e.png"][0] == "not-an-image"


def test_nothing_has_no_numbers_and_no_error() -> None:
    found = statistics_of([], [], {})
    assert (found.values["images"], found.values["widths"], found.values["classes"]) == (0, {}, {})


def test_plots_are_svg_whose_bytes_repeat() -> None:
    sizes = [(400, 300), (400, 300), (80, 90)]
    counts = {f"a class with a rather long name, {i}": 100 - i for i in range(60)}
    plots: list[Callable[[], bytes]] = [lambda: plot_classes(counts), lambda: plot_sizes(sizes), lambda: plot_sizes([])]
    for plot in plots:
        svg = plot()
        assert svg == plot()
        assert ElementTree.fromstring(svg).tag.endswith("svg")
    text = plot_classes(counts).decode()
    assert "the 30 largest and the 10 smallest of 60" in text
    assert "100  (2%)" in text
    assert "2 sizes, most often 400 × 300 px (2 images)" in plot_sizes(sizes).decode()


def test_of_many_classes_the_smallest_are_shown_too() -> None:
    text = plot_classes({f"class {i}": 1000 - i for i in range(100)} | {"rare": 1}).decode()
    assert "the 30 largest and the 10 smallest of 101" in text and "… 61 more …" in text
    assert ">rare<" in text and ">class 29<" in text and ">class 30<" not in text
    assert "1  (&lt;0.1%)" in text and "1,000  (1%)" in text


def test_names_are_shown_as_they_are_written(recwarn: pytest.WarningsRecorder) -> None:
    text = plot_classes({"a $x$ and $y$": 2, "模糊的花": 3, "<b>&": 1, "x" * 60: 1}).decode()
    assert "a $x$ and $y$" in text and "&lt;b&gt;&amp;" in text and f"{'x' * 27}…" in text
    assert "\N{NO-BREAK SPACE}" * 5 + "模糊的花" in text
    assert not recwarn.list


def test_sizes_that_lie_far_apart_are_drawn_on_a_logarithmic_scale() -> None:
    text = plot_sizes([(20000, 300), (100, 100), (100, 100)]).decode()
    assert "10,000" in text and "2 sizes, most often 100 × 100 px (2 images)" in text
    assert "3 images, each of another size" in plot_sizes([(10, 20), (20, 30), (30, 40)]).decode()
    assert "Every image has 10 × 20 px (1 image)" in plot_sizes([(10, 20)]).decode()
