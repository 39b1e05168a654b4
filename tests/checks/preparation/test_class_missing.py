from __future__ import annotations

from tests.conftest import Sandbox

CHECK, TABLE = "preparation.class-missing", "data/splits/belt.csv"


def test_every_class_everywhere(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_a_class_without_a_test_picture(project: Sandbox) -> None:
    project.edit_csv(TABLE, lambda rows: [r for r in rows if not (r["split"] == "test" and r["label"] == "rose")])
    (found,) = project.check(CHECK)
    assert '1 of 3 classes are not in every split; pictures in train / validation / test: "rose": 60 / 20 / 0' in found.message


def test_a_class_that_only_the_schema_knows(project: Sandbox) -> None:
    project.replace("data/schema.toml", '"tulip",', '"tulip",\n    "iris",')
    assert '"iris": 0 / 0 / 0' in project.check(CHECK)[0].message


def test_a_label_that_the_schema_does_not_know(project: Sandbox) -> None:
    project.edit_csv(TABLE, lambda rows: [{**r, "label": "Rose"} if i == 1 else r for i, r in enumerate(rows)])
    (found,) = project.check(CHECK)
    assert "does not name: Rose" in found.message
    assert found.evidence[0].line == 3


def test_no_test_split_and_a_misspelt_one(project: Sandbox) -> None:
    project.edit_csv(TABLE, lambda rows: [{**r, "split": "tset" if r["split"] == "test" else r["split"]} for r in rows])
    assert [f.message for f in project.check(CHECK)] == [
        "150 rows name a split that does not exist: 'tset'",
        "no picture is in test",
    ]


def test_an_eyeball_split_may_lack_a_rare_class(project: Sandbox) -> None:
    project.edit_csv(TABLE, lambda rows: [r for r in rows if not (r["split"] == "eyeball" and r["label"] == "rose")])
    assert project.check(CHECK) == []


def test_a_split_that_does_not_exist_and_one_that_may(project: Sandbox) -> None:
    project.edit_csv(
        TABLE,
        lambda rows: [{**r, "split": "test-night" if i else "test-Night"} if i in (0, 200) else r for i, r in enumerate(rows)],
    )
    (found,) = project.check(CHECK)
    assert "1 row names a split that does not exist: 'test-Night'" in found.message
    assert "test-night" in found.fix
