"""Duplicates: a plan that changes nothing, and its application once a person has read it."""

from __future__ import annotations

import csv
import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest
from PIL import ImageOps

from mlscaffold.datasets.deduping import COLUMNS, DECIDE, DROP, KEEP, read_plan
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.workflows import dedupe_data as module
from mlscaffold.workflows.dedupe_data import apply_plan, plan, write
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.conftest import Sandbox
from tests.datasets.pictures import encoded, put, scene


@pytest.fixture
def project(tmp_path: Path) -> Sandbox:
    """A source with a copy, one saved again, one mirrored, one with another label; dealt into splits."""
    shop = tmp_path / "shop"
    for i in range(12):
        put(shop / f"{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    shutil.copy(shop / "hat/01.png", shop / "hat/copy.png")
    (shop / "hat/again.jpg").write_bytes(encoded(scene(3), "JPEG", quality=95))
    (shop / "hat/mirrored.png").write_bytes(encoded(ImageOps.mirror(scene(5))))
    shutil.copy(shop / "shoe/02.png", shop / "hat/contradicts.png")
    made = Sandbox(tmp_path / "project")
    made.write({"mlscaffold.toml": 'name = "shop"\npackage = "shop_sorter"\ntask = "image-classification"\n'})
    import_data(made.root, shop)
    split_data(made.root)
    return made


def _plan(project: Sandbox, changes: dict[str, str] | None = None) -> Path:
    """A plan as a person sends it back: some actions changed."""
    path = project.root / "plan.csv"
    opened = project.open()
    write(project.root, plan(opened), path)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**row, "action": (changes or {}).get(row["path"].removeprefix("shop/"), row["action"])} for row in rows)
    return path


def _tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != "plan.csv"}


def test_a_plan_says_who_stays_and_why_and_changes_nothing(project: Sandbox) -> None:
    before = _tree(project.root)
    members = {m.path.removeprefix("shop/"): m for m in plan(project.open()).members}
    assert _tree(project.root) == before
    assert {name: m.action for name, m in members.items()} == {
        "hat/01.png": KEEP, "hat/copy.png": DROP, "hat/03.png": KEEP, "hat/again.jpg": DROP, "hat/05.png": KEEP,
        "hat/mirrored.png": DECIDE, "hat/contradicts.png": DECIDE, "shoe/02.png": DECIDE,
    }  # fmt: skip
    assert members["hat/copy.png"].why == "the same file as shop/hat/01.png"
    assert members["hat/again.jpg"].why == "saved again: shop/hat/03.png"
    assert members["hat/mirrored.png"].why == "mirrored: shop/hat/05.png"
    assert members["shoe/02.png"].why == "labels differ: hat, shoe"
    assert members["hat/01.png"].split == members["hat/copy.png"].split != ""


def test_what_is_in_test_stays_and_train_loses(project: Sandbox) -> None:
    splits = {"shop/hat/01.png": "train", "shop/hat/copy.png": "test"}
    project.edit_csv(
        "data/splits/shop.csv", lambda rows: [{**row, "split": splits.get(row["path"], row["split"])} for row in rows]
    )
    members = {m.path: m for m in plan(project.open()).members}
    assert (members["shop/hat/copy.png"].action, members["shop/hat/01.png"].action) == (KEEP, DROP)
    assert members["shop/hat/copy.png"].why == "in the latest split"


def test_a_plan_that_was_edited_is_done_as_it_stands(project: Sandbox) -> None:
    path = _plan(
        project,
        {
            "hat/01.png": "Drop",
            "hat/copy.png": "keep",
            "hat/mirrored.png": "drop",
            "hat/contradicts.png": "drop",
            "shoe/02.png": "keep",
        },
    )
    done = apply_plan(project.open(), path)
    assert {m.path for m in done.dropped} == {
        "shop/hat/01.png",
        "shop/hat/again.jpg",
        "shop/hat/mirrored.png",
        "shop/hat/contradicts.png",
    }
    assert (done.undecided, done.before, sum(done.rows.values())) == (0, 0, 12)
    day = project.open().today.isoformat()
    assert (project.root / f"data/removed/{day}/shop/hat/01.png").is_file()
    assert project.read("data/removed/.gitignore") == "*\n"
    for table in ("data/raw/shop/hat/annotations.csv", "data/manifest/shop.csv", "data/splits/shop.csv"):
        assert "01.png" not in project.read(table)
        assert "copy.png" in project.read(table)
    for check in ("manifest-differs", "orphan-annotation", "contradictory-label"):
        assert project.check(f"collection.{check}") == [], check


def test_applied_again_it_has_nothing_to_do(project: Sandbox) -> None:
    path = _plan(project)
    assert len(apply_plan(project.open(), path).dropped) == 2
    before = _tree(project.root)
    done = apply_plan(project.open(), path)
    assert (done.dropped, done.before, done.undecided) == ((), 2, 2)
    assert _tree(project.root) == before


def test_a_kill_in_the_middle_is_gone_on_from(project: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _plan(project)

    def dies(*_: object, **__: object) -> dict[str, int]:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "take_out", dies)
    with pytest.raises(KeyboardInterrupt):
        apply_plan(project.open(), path)
    monkeypatch.undo()
    done = apply_plan(project.open(), path)
    assert (len(done.dropped), sum(done.rows.values())) == (2, 6)
    assert project.check("collection.manifest-differs") == []


def test_an_import_does_not_bring_them_back(project: Sandbox) -> None:
    apply_plan(project.open(), _plan(project))
    done = import_data(project.root, project.root.parent / "shop", today=date(2026, 12, 1))
    assert done.added == 0
    assert sorted((d.kind, d.where) for d in done.refused) == [("duplicate", "hat/again.jpg"), ("duplicate", "hat/copy.png")]
    assert "was taken out as a duplicate (data/dedupe/" in done.refused[0].message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hat/01.png": "drop"}, r"plan.csv:\d+: group \d would lose all its 2 pictures"),
        ({"hat/01.png": "maybe"}, r'plan.csv:\d+: "maybe" is no action'),
    ],
)
def test_what_cannot_be_meant_is_refused_whole(project: Sandbox, change: dict[str, str], words: str) -> None:
    path = _plan(project, change)
    before = _tree(project.root)
    with pytest.raises(ScaffoldError, match=words):
        apply_plan(project.open(), path)
    assert _tree(project.root) == before


@pytest.mark.parametrize(
    "line",
    [
        "1,drop,../../mlscaffold.toml,aa",
        "1,drop,/etc/passwd,aa",
        "x,drop,shop/hat/01.png,aa",
        "1,drop,shop/none.png,aa",
        "1,drop,,aa",
    ],
)
def test_rows_that_lead_out_or_nowhere_are_refused(project: Sandbox, line: str) -> None:
    project.write({"plan.csv": f"group,action,path,digest\n1,keep,shop/hat/05.png,aa\n{line}\n"})
    with pytest.raises(ScaffoldError, match=r"plan.csv:\d"):
        apply_plan(project.open(), project.root / "plan.csv")
    assert (project.root / "mlscaffold.toml").is_file()


def test_a_plan_that_is_out_of_date_is_refused_whole(project: Sandbox) -> None:
    path = _plan(project)
    put(project.root / "data/raw/shop/hat/copy.png", 90)
    before = _tree(project.root)
    with pytest.raises(ScaffoldError, match=r"plan.csv:\d: shop/hat/copy.png has other bytes now"):
        apply_plan(project.open(), path)
    assert _tree(project.root) == before
    text = path.read_text()
    path.write_text(text.replace("shop/hat/copy.png,", "shop/hat/gone.png,"))
    with pytest.raises(ScaffoldError, match=r"shop/hat/gone.png is not there any more"):
        apply_plan(project.open(), path)


def test_a_spreadsheet_may_have_saved_it(project: Sandbox) -> None:
    path = _plan(project)
    path.write_bytes(path.read_text().replace(",", ";").encode("utf-16"))
    assert [m.action for m in read_plan(path)].count(DROP) == 2
    assert len(apply_plan(project.open(), path).dropped) == 2


def test_the_same_path_on_two_lines_is_refused(project: Sandbox) -> None:
    path = _plan(project)
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    with pytest.raises(ScaffoldError, match="stands on line 2 already"):
        apply_plan(project.open(), path)


def test_a_plan_is_not_written_over_another(project: Sandbox) -> None:
    path = _plan(project)
    with pytest.raises(UsageError, match=r"plan.csv is there already"):
        write(project.root, plan(project.open()), path)
    with pytest.raises(UsageError, match="is no file"):
        apply_plan(project.open(), project.root / "none.csv")


def test_a_dry_run_moves_nothing(project: Sandbox) -> None:
    path = _plan(project)
    before = _tree(project.root)
    done = apply_plan(project.open(), path, dry_run=True)
    assert (len(done.dropped), done.record) == (2, "")
    assert _tree(project.root) == before


def test_pointers_and_absent_pictures_are_compared_by_digest(project: Sandbox) -> None:
    for path in (project.root / "data/raw").rglob("*.*g"):
        content = path.read_bytes()
        path.write_text(
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(content).hexdigest()}\nsize {len(content)}\n"
        )
    planned = plan(project.open())
    assert planned.absent == planned.compared == 16
    assert {m.path for m in planned.members if m.action == DROP} == {"shop/hat/copy.png"}
    path = _plan(project)
    assert len(apply_plan(project.open(), path).moved) == 1
    for picture in (project.root / "data/raw").rglob("*.*g"):
        picture.unlink()
    assert [m.action for m in plan(project.open()).members] == [DECIDE, DECIDE]  # the same file with two labels


def test_where_nothing_is_there_twice_the_plan_is_empty(tmp_path: Path) -> None:
    put(tmp_path / "shop/hat/a.png", 1)
    made = Sandbox(tmp_path / "project")
    made.write({"mlscaffold.toml": 'name = "shop"\npackage = "shop_sorter"\ntask = "image-classification"\n'})
    import_data(made.root, tmp_path / "shop")
    assert plan(made.open()).members == ()
