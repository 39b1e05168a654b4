from __future__ import annotations

import random

import pytest

from mlscaffold.model import Status
from tests.checks.collection.test_attribute_uncovered import declare, note
from tests.checks.stories import misses, passes, says
from tests.conftest import Sandbox

CHECK = "collection.label-follows-attribute"


def test_any_light_for_any_flower(project: Sandbox) -> None:
    passes(project, CHECK)
    declare(project)
    note(project, lambda _, i: ["day", "lamp"][i % 2])
    passes(project, CHECK)


def test_all_roses_by_lamp_light(project: Sandbox) -> None:
    declare(project)
    note(project, lambda label, i: "lamp" if label == "rose" else ["day", "lamp"][i % 2])
    found = says(
        project, CHECK, 'no picture of "rose" has `light` day', "140 of 420 pictures have and 140 are of", "about 47 are to be expected",
        "p < 0.001", status=Status.WARN,
    )  # fmt: skip
    assert 'natural = ["light"]' in found.fix
    assert project.check("collection.label-follows-source") == []
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + f'\n[checks."{CHECK}"]\nnatural = ["light"]\n'})
    passes(project, CHECK)


def test_most_roses_by_lamp_light(project: Sandbox) -> None:
    declare(project)
    note(project, lambda label, i: "lamp" if (label == "rose") is (i % 10 > 0) else "day")
    says(
        project,
        CHECK,
        '`light` tells the label: 90% of "rose" have lamp, 10% of the others',
        "(V 0.78 (",
        "p < 0.001",
        status=Status.WARN,
    )


@pytest.mark.parametrize("seed", range(5))
def test_chance_is_no_rule(project: Sandbox, seed: int) -> None:
    chance = random.Random(seed)
    declare(project, 'light = ["day", "lamp", "flash"]\nshop = []')
    note(project, lambda *_: chance.choice(["day", "day", "lamp", "flash"]))
    note(project, lambda *_: f"shop-{chance.randrange(40)}", name="shop")
    passes(project, CHECK)


def test_a_rare_light_may_lack_a_flower(project: Sandbox) -> None:
    declare(project)
    note(project, lambda label, i: "lamp" if label == "daisy" and i < 9 else "day")
    passes(project, CHECK)


def test_many_pictures_of_few_bunches_are_few(project: Sandbox) -> None:
    declare(project)
    note(project, lambda label, i: "lamp" if label == "rose" or i % 4 == 0 else "day")
    note(project, lambda label, i: f"{label}-{i % 3}", name="group")
    passes(project, CHECK)


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "no annotation file has a row")
