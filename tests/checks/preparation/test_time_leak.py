from __future__ import annotations

from collections.abc import Callable

from mlscaffold.model import Status
from tests.conftest import Sandbox

CHECK = "preparation.time-leak"


def date_rows(project: Sandbox, day: Callable[[str], str], *, column: str = "taken") -> None:
    """Give every picture a date by the split it is in, and declare the column."""
    project.write({"data/schema.toml": f'time = "{column}"\n' + project.read("data/schema.toml")})
    places = {r["path"]: r["split"] for r in rows(project)}
    for name in ("daisy", "rose", "tulip"):
        path = f"data/raw/belt/{name}/annotations.csv"
        project.edit_csv(path, lambda table, name=name: [{**r, column: day(places[f"belt/{name}/{r['path']}"])} for r in table])  # type: ignore[misc]


def rows(project: Sandbox) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    project.edit_csv("data/splits/belt.csv", lambda table: found.extend(table) or table)  # type: ignore[func-returns-value]
    return found


DAYS = {"train": "2026-01-03", "validation": "2026-02-01", "eyeball": "2026-02-02", "test": "2026-03-01"}


def test_no_declared_time(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_splits(empty: Sandbox) -> None:
    empty.write({"data/schema.toml": 'schema = 1\ntime = "taken"\nclasses = ["a"]\n'})
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_test_is_later_than_train(project: Sandbox) -> None:
    date_rows(project, DAYS.__getitem__)
    assert project.check(CHECK) == []


def test_the_future_trains_for_the_past(project: Sandbox) -> None:
    date_rows(project, lambda split: "2024-01-03" if split == "test" else "2024-12-30")
    (found,) = project.check(CHECK)

    assert found.status is Status.FAIL
    assert "test starts 2024-01-03" in found.message
    assert "train ends 2024-12-30" in found.message
    assert found.fix == "mlscaffold data split --again"


def test_numbers_and_times_of_day_count_too(project: Sandbox) -> None:
    date_rows(project, lambda split: "17" if split == "test" else "1700", column="frame")
    assert "by `frame`: test starts 17 " in project.check(CHECK)[0].message


def test_the_newest_of_a_group_decides(project: Sandbox) -> None:
    date_rows(project, DAYS.__getitem__)
    test = [r["path"] for r in rows(project) if r["split"] == "test"][:2]
    project.edit_csv(
        "data/splits/belt.csv", lambda t: [{**r, "group": "one visit" if r["path"] in test else r["group"]} for r in t]
    )
    name, file = test[0].split("/")[1:]
    project.edit_csv(
        f"data/raw/belt/{name}/annotations.csv",
        lambda t: [{**r, "taken": "2025-01-01" if r["path"] == file else r["taken"]} for r in t],
    )
    assert project.check(CHECK) == []


def test_a_time_that_nobody_can_read(project: Sandbox) -> None:
    date_rows(project, lambda split: "last week" if split == "validation" else DAYS[split])
    (found,) = project.check(CHECK)
    assert found.status is Status.UNKNOWN
    assert "have no `taken` that can be read" in found.message


def test_every_test_set_is_later_than_train(project: Sandbox) -> None:
    project.edit_csv(
        "data/splits/belt.csv",
        lambda table: [{**r, "split": "test-winter"} if i % 2 and r["split"] == "test" else r for i, r in enumerate(table)],
    )
    date_rows(project, {**DAYS, "test-winter": "2026-03-02"}.__getitem__)
    assert project.check(CHECK) == []
    schema = project.read("data/schema.toml").removeprefix('time = "taken"\n')
    project.write({"data/schema.toml": schema})
    date_rows(project, {**DAYS, "test-winter": "2025-12-24"}.__getitem__)
    (found,) = project.check(CHECK)
    assert (
        "75 of 75 test-winter pictures are older than the newest of train by `taken`: test-winter starts 2025-12-24"
        in found.message
    )


def test_an_extra_picture_needs_no_time_and_is_held_to_the_one_it_has(project: Sandbox) -> None:
    date_rows(project, DAYS.__getitem__)
    project.write(
        {"data/raw/web/source.toml": 'role = "extra"\n', "data/raw/web/annotations.csv": "path,label,taken\na.png,rose,\n"}
    )
    row = {"path": "web/a.png", "digest": "a" * 64, "label": "rose", "group": "", "split": "train"}
    project.edit_csv("data/splits/belt.csv", lambda table: [*table, row])
    assert project.check(CHECK) == []
    project.replace("data/raw/web/annotations.csv", "rose,", "rose,2026-12-24")
    assert "train ends 2026-12-24 (web/a.png)" in project.check(CHECK)[0].message
