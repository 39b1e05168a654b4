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


def saved(project: Sandbox, label: str, *, kind: str, side: int) -> None:
    """Save all pictures of a class in another format and size, under their names' other ending."""
    from io import BytesIO

    from PIL import Image

    file = f"data/raw/belt/{label}/annotations.csv"
    for path in sorted((project.root / f"data/raw/belt/{label}").glob("*.png"))[:60]:
        content = BytesIO()
        Image.open(path).resize((side, side)).save(content, kind)
        path.unlink()
        project.write({f"data/raw/belt/{label}/{path.stem}.{kind.lower()}": content.getvalue()})
    project.edit_csv(file, lambda rows: [r | {"path": r["path"].replace(".png", f".{kind.lower()}")} for r in rows[:60]])


def test_a_format_that_tells_the_label(project: Sandbox) -> None:
    for name in CLASSES[1:]:
        for path in sorted((project.root / f"data/raw/belt/{name}").glob("*.png"))[60:]:
            path.unlink()
        project.edit_csv(f"data/raw/belt/{name}/annotations.csv", lambda rows: rows[:60])
    saved(project, CLASSES[0], kind="BMP", side=16)
    said(project.check(CHECK), "warn", 'class "daisy": 60 of 60 pictures come from file format BMP (RGB)', "no other class does")


def test_a_size_that_tells_the_label(project: Sandbox) -> None:
    for number, name in enumerate(CLASSES):
        saved(project, name, kind="BMP", side=20 + 4 * number)
    for path in sorted((project.root / "data/raw/belt").glob("*/*.png")):
        path.unlink()
    said(project.check(CHECK), "warn", "each of 3 picture sizes supplies exactly one class", '20 x 20 "daisy"')


def test_a_few_files_of_another_format_say_nothing(project: Sandbox) -> None:
    file = "data/raw/belt/rose/annotations.csv"
    project.write({"data/raw/belt/rose/late.bmp": b"BM", file: project.read(file) + "late.bmp,rose\n"})
    assert project.check(CHECK) == []


def test_a_column_named_source_is_a_source_too(project: Sandbox) -> None:
    noted(project, "source", lambda label, _: f"set of {label}")
    said(
        project.check(CHECK),
        "warn",
        "each of 3 values of `source` supplies exactly one class",
        "data/raw/belt/daisy/annotations.csv:2",
    )
