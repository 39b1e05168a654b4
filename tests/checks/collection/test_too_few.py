from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.repainting import undealt
from tests.checks.stories import misses, passes, said, says
from tests.conftest import Sandbox

CHECK = "collection.too-few"
ROSES = "data/raw/belt/rose/annotations.csv"


def test_enough_for_the_claim(project: Sandbox) -> None:
    undealt(project)
    project.replace("acceptance.toml", "error = 0.06", "error = 0.07")
    passes(project, CHECK)


def test_too_few_for_what_is_tolerated(project: Sandbox) -> None:
    undealt(project)
    project.replace("acceptance.toml", "error = 0.06", "error = 0.02")
    found = says(
        project, CHECK, "420 labelled pictures can spare 126 for test", "0.85 is then known to ±0.062", "you tolerate 0.02",
        "which needs 1225, of 4083 in all", status=Status.WARN,
    )  # fmt: skip
    assert "mlscaffold data sizes" in found.fix


def test_small_classes(project: Sandbox) -> None:
    undealt(project)
    project.replace("acceptance.toml", "error = 0.06", "error = 0.1")
    project.edit_csv(ROSES, lambda rows: rows[:12])
    said(project.check(CHECK), "warn", '1 of 3 classes has fewer than 30 pictures in all: "rose" (12)')
    project.edit_csv(ROSES, lambda rows: rows[:4])
    said(project.check(CHECK), "fail", '1 of 3 classes has fewer than 5 pictures in all: "rose" (4)')


def test_once_dealt_the_splits_are_judged(project: Sandbox) -> None:
    project.replace("acceptance.toml", "error = 0.06", "error = 0.001")
    passes(project, CHECK)


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "no annotation file has a row")
