from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.checks.stories import absent, said
from tests.conftest import Sandbox
from tests.finished import CLASSES, csv_bytes

CHECK = "collection.label-follows-source"
Where = Callable[[str, int], str]


def spread(project: Sandbox, where: Where, *, n: int = 60) -> None:
    """Annotations of n pictures a class, each from the source that `where` names; the pictures themselves are not looked at."""
    project.remove("data/raw")
    tables: dict[str, list[dict[str, str]]] = {}
    for label in CLASSES:
        for number in range(n):
            tables.setdefault(where(label, number), []).append({"path": f"{label}-{number}.png", "label": label})
    project.write({f"data/raw/{source}/annotations.csv": csv_bytes(rows) for source, rows in tables.items()})


def noted(project: Sandbox, column: str, value: Where) -> None:
    """Give every annotation a column."""
    for label in CLASSES:
        file = f"data/raw/belt/{label}/annotations.csv"
        project.edit_csv(file, lambda rows: [r | {column: value(r["label"], n)} for n, r in enumerate(rows)])


def test_one_source_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_collected_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_each_source_has_one_class(project: Sandbox) -> None:
    spread(project, lambda label, _: f"set-of-{label}")
    said(
        project.check(CHECK),
        "warn",
        "each of 3 sources supplies exactly one class",
        'set-of-rose "rose"',
        "data/raw/set-of-daisy",
    )


def test_a_class_with_a_source_of_its_own(project: Sandbox) -> None:
    spread(project, lambda label, n: "line-a" if label == "rose" else f"line-{'bc'[n % 2]}")
    said(project.check(CHECK), "warn", 'class "rose": 60 of 60 pictures come from source line-a', "no other class does")


def test_a_class_with_two_sources_of_its_own(project: Sandbox) -> None:
    spread(project, lambda label, n: f"line-{'ab'[n % 2]}" if label == "rose" else "line-c")
    said(project.check(CHECK), "warn", 'class "rose": 60 of 60 pictures come from source line-a, line-b')


def test_sources_that_nearly_tell_the_label(project: Sandbox) -> None:
    spread(project, lambda label, n: f"shop-{label}" if n % 10 else f"shop-{CLASSES[n // 10 % 3]}")
    said(project.check(CHECK), "warn", "the source alone tells the label of 93% of 180 pictures", "tells 33%")


@pytest.mark.parametrize("column", ["camera", "site_id", "Kamera", "产线"])
def test_a_column_that_tells_the_label(project: Sandbox, column: str) -> None:
    noted(project, column, lambda label, _: f"device of {label}")
    said(project.check(CHECK), "warn", f"each of 3 values of `{column}` supplies exactly one class")


@pytest.mark.parametrize(
    "where",
    [
        lambda _, n: f"shop-{n % 3}",
        lambda label, n: "shop-a" if label == "rose" or n % 3 else "shop-b",
        lambda label, n: "shop-a" if n % 3 or label == "tulip" else f"shop-{label}",
        lambda label, n: f"person-{label}-{n // 2}",
        lambda label, n: "odd" if label == "rose" and n < 2 else "shop",
    ],
)
def test_sources_that_say_little(project: Sandbox, where: Where) -> None:
    spread(project, where)
    assert project.check(CHECK) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("colour", lambda label, _: label), ("camera", lambda _l, n: f"cam-{n % 4}"), ("camera", lambda *_: "cam")],
)
def test_columns_that_say_little_of_the_taking(project: Sandbox, column: str, value: Where) -> None:
    noted(project, column, value)
    assert project.check(CHECK) == []
