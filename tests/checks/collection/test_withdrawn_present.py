from __future__ import annotations

from mlscaffold.evidence.withdrawals import COLUMNS
from tests.checks.collection.test_annotations import without_pictures
from tests.checks.stories import said
from tests.conftest import Sandbox
from tests.finished import rows_of

CHECK, PICTURE, STONES = "collection.withdrawn-present", "belt/rose/img0002.png", "data/withdrawn/2026-11-30-0a0a0a0a.csv"


def _buried(project: Sandbox, digest: str = "") -> None:
    rows = rows_of((project.root / "data/manifest/belt.csv").read_bytes())
    digest = digest or next(row["digest"] for row in rows if row["path"] == PICTURE)
    values = dict.fromkeys(COLUMNS, "") | {"digest": digest, "date": "2026-11-30", "reason": "consent withdrawn", "by": "Ada"}
    project.write({STONES: f"{','.join(COLUMNS)}\n{','.join(values[name] for name in COLUMNS)}\n"})


def test_where_nothing_was_withdrawn_all_is_well(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_pictures_that_are_gone_pass(project: Sandbox) -> None:
    _buried(project, "a" * 64)
    assert project.check(CHECK) == []


def test_a_withdrawn_picture_that_is_here_fails(project: Sandbox) -> None:
    _buried(project)
    found = said(
        project.check(CHECK), "fail", "1 of 1 withdrawn picture is here (1 file, 2 rows)", PICTURE, "data forget --again"
    )
    assert found.evidence[0].path == f"data/raw/{PICTURE}"


def test_without_pictures_the_tables_are_judged(project: Sandbox) -> None:
    _buried(project)
    without_pictures(project)
    said(
        project.check(CHECK),
        "fail",
        "1 of 1 withdrawn picture is here (2 rows)",
        "data/manifest/belt.csv",
        "data/splits/belt.csv",
    )


def test_a_copy_beside_the_raw_data_counts_too(project: Sandbox) -> None:
    content = (project.root / "data/raw" / PICTURE).read_bytes()
    _buried(project)
    without_pictures(project)
    for table in ("data/manifest/belt.csv", "data/splits/belt.csv"):
        project.edit_csv(table, lambda rows: [row for row in rows if row["path"] != PICTURE])
    assert project.check(CHECK) == []
    project.write({"data/removed/2026-11-30/belt/x.png": content})
    said(project.check(CHECK), "fail", "(1 file): data/removed/2026-11-30/belt/x.png")


def test_broken_tombstones_are_told_and_nothing_is_guessed(project: Sandbox) -> None:
    project.write({STONES: "digest,name\nx,y\n"})
    said(project.check(CHECK), "fail", "data/withdrawn/2026-11-30-0a0a0a0a.csv")
