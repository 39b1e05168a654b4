from __future__ import annotations

from collections.abc import Callable

from mlscaffold.model import Status
from tests.checks.stories import misses, passes, said, says
from tests.conftest import Sandbox
from tests.finished import CLASSES

CHECK = "collection.attribute-uncovered"


def declare(project: Sandbox, line: str = 'light = ["day", "lamp"]') -> None:
    project.write({"data/schema.toml": f"{project.read('data/schema.toml')}\n[attributes]\n{line}\n"})


def note(project: Sandbox, value: Callable[[str, int], str], *, classes: list[str] = CLASSES, name: str = "light") -> None:
    for label in classes:
        file = f"data/raw/belt/{label}/annotations.csv"
        project.edit_csv(file, lambda rows: [{**r, name: value(r["label"], i)} for i, r in enumerate(rows)])


def test_nothing_declared_and_everything_covered(project: Sandbox) -> None:
    passes(project, CHECK)
    declare(project)
    note(project, lambda _, i: ["day", "lamp"][i % 2])
    passes(project, CHECK)


def test_a_column_that_is_not_there(project: Sandbox) -> None:
    declare(project)
    found = says(project, CHECK, "no annotation has a value of `light`, which data/schema.toml declares")
    assert found.evidence[0].path == "data/raw/belt/daisy/annotations.csv"


def test_some_files_without_the_column(project: Sandbox) -> None:
    declare(project)
    note(project, lambda _, i: ["day", "lamp"][i % 2], classes=["daisy", "rose"])
    found = says(project, CHECK, "140 of 420 pictures have no value of `light`; 1 annotation file without", status=Status.WARN)
    assert len(found.items) == 140


def test_a_value_without_a_picture(project: Sandbox) -> None:
    declare(project, 'light = ["day", "lamp", "flash"]')
    note(project, lambda _, i: ["day", "lamp"][i % 2])
    says(project, CHECK, "no picture of 1 value of `light`: flash; there are 210 day, 210 lamp", status=Status.WARN)


def test_one_value_nearly_everywhere(project: Sandbox) -> None:
    declare(project)
    note(project, lambda _, i: "lamp" if i % 20 == 0 else "day")
    says(project, CHECK, "`light` is day on 399 of 420 pictures (92% to 97%)", status=Status.WARN)
    project.write({"mlscaffold.toml": project.read("mlscaffold.toml") + f'\n[checks."{CHECK}"]\nmost = 0.99\n'})
    passes(project, CHECK)


def test_one_value_everywhere_is_said_once(project: Sandbox) -> None:
    declare(project)
    note(project, lambda *_: "day")
    said(project.check(CHECK), "warn", "no picture of 1 value of `light`: lamp")


def test_an_attribute_with_any_value(project: Sandbox) -> None:
    declare(project, "shop = []")
    note(project, lambda _, i: f"shop-{i % 5}", name="shop")
    passes(project, CHECK)
    note(project, lambda *_: "shop-1", name="shop")
    says(project, CHECK, "`shop` is shop-1 on 420 of 420 pictures", status=Status.WARN)


def test_a_broken_attribute(project: Sandbox) -> None:
    declare(project, 'light = "day"')
    says(project, CHECK, "data/schema.toml: attributes.light is not a list of names")


def test_nothing_there(empty: Sandbox) -> None:
    misses(empty, CHECK, "data/schema.toml is missing")
