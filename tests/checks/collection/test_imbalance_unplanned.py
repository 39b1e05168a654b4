from __future__ import annotations

import pytest

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "collection.imbalance-unplanned"
ROSES = "data/raw/belt/rose/annotations.csv"


def rare(project: Sandbox, *, n: int) -> None:
    """Only so many roses are left, and no threshold minds them."""
    project.edit_csv(ROSES, lambda rows: rows[:n])
    project.replace("acceptance.toml", 'class = "rose"', 'class = "daisy"')


def test_classes_of_one_size(project: Sandbox) -> None:
    passes(project, CHECK)


def test_a_rare_class_that_nobody_minds(project: Sandbox) -> None:
    rare(project, n=10)
    found = says(project, CHECK, '"daisy" has 140 pictures, "rose" 10: 14 times as many', "is right for 48%", status=Status.WARN)
    assert "class_weights: true" in found.fix


def test_a_class_that_is_drowned(project: Sandbox) -> None:
    rare(project, n=1)
    says(project, CHECK, '"rose" 1: 140 times as many')


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("acceptance.toml", 'optimise = "accuracy"', 'optimise = "f1_macro"'),
        ("acceptance.toml", 'optimise = "accuracy"', 'optimise = "kappa"'),
        ("acceptance.toml", 'class = "daisy"', 'class = "rose"'),
        ("mlscaffold.toml", "schema = 1", f'schema = 1\nchecks."{CHECK}".plan = "roses are rare on the belt too, and a mistake costs the same"'),
        ("mlscaffold.toml", "schema = 1", f'schema = 1\nchecks."{CHECK}".many = 20'),
    ],
)  # fmt: skip
def test_a_plan(project: Sandbox, file: str, old: str, new: str) -> None:
    rare(project, n=10)
    project.replace(file, old, new)
    passes(project, CHECK)


@pytest.mark.parametrize("line", ["model:\n  class_weights: true\n", "data:\n  balance: true\n", "data:\n  sampler: weighted\n"])
def test_a_training_that_weighs(project: Sandbox, line: str) -> None:
    rare(project, n=10)
    project.write({"configs/train.yaml": line.replace("true", "false").replace("weighted", "null")})
    says(project, CHECK, "neither the metric nor the training minds", status=Status.WARN)
    project.write({"configs/train.yaml": line})
    passes(project, CHECK)


def test_a_label_that_is_no_class_is_told_elsewhere(project: Sandbox) -> None:
    project.edit_csv(ROSES, lambda rows: [{**r, "label": "roze" if i == 0 else r["label"]} for i, r in enumerate(rows)])
    passes(project, CHECK)


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "no annotation file has a row")
