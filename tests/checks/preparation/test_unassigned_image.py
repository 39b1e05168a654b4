from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox

CHECK, TABLE = "preparation.unassigned-image", "data/splits/belt.csv"


def test_all_dealt(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_pictures_that_came_later(project: Sandbox) -> None:
    project.write({
        "data/manifest/shop.csv": "path,bytes,digest\n" + "".join(f"shop/{i}.png,10,{i:064x}\n" for i in range(214)),
        "data/raw/shop/annotations.csv": "path,label\n" + "".join(f"{i}.png,rose\n" for i in range(214)),
    })  # fmt: skip
    (found,) = project.check(CHECK)
    assert found.check == "missing"
    assert "214 labelled pictures of shop are in no split" in found.message
    assert found.evidence[0].path == "data/splits/shop.csv"
    project.sign("preparation")
    assert project.check(CHECK)[0].check == "missing"


def test_pictures_on_disk_that_no_manifest_knows(project: Sandbox) -> None:
    project.write({"data/raw/belt/daisy/new.png": (project.root / "docs/examples/bunch-1.png").read_bytes()})
    assert project.check(CHECK) == []  # without a label it belongs in no split
    project.write(
        {"data/raw/belt/daisy/annotations.csv": project.read("data/raw/belt/daisy/annotations.csv") + "new.png,daisy\n"}
    )
    assert "1 labelled picture of belt is in no split" in project.check(CHECK)[0].message


def test_a_broken_picture_is_left_out_rightly(project: Sandbox) -> None:
    project.write({
        "data/raw/belt/daisy/new.png": b"<html>",
        "data/raw/belt/daisy/annotations.csv": project.read("data/raw/belt/daisy/annotations.csv") + "new.png,daisy\n",
    })  # fmt: skip
    assert project.check(CHECK) == []


def test_rows_of_pictures_that_went(project: Sandbox) -> None:
    project.edit_csv("data/manifest/belt.csv", lambda rows: rows[5:])
    for n in range(1, 6):
        project.remove(f"data/raw/belt/{('tulip', 'daisy', 'rose')[n % 3]}/img{n:04d}.png")
    (found,) = project.check(CHECK)
    assert "5 of 420 rows of data/splits name pictures that data/manifest does not have" in found.message
    assert found.evidence[0].line == 2


def test_a_renamed_picture_is_the_same(project: Sandbox) -> None:
    for path in ("data/manifest/belt.csv", "data/raw/belt/daisy/annotations.csv"):
        project.replace(path, "img0271.png", "closed.png")
    assert project.check(CHECK) == []


def test_an_extra_picture_in_no_split_is_told_and_blocks_nothing(project: Sandbox) -> None:
    source = "data/raw/belt/source.toml"
    project.write({source: project.read(source) + '\nrole = "extra"\n'})
    project.edit_csv("data/splits/belt.csv", lambda rows: rows[2:])
    (found,) = project.check("preparation.unassigned-image")
    assert found.status is Status.WARN
    assert "2 pictures of extra sources are in no split: alike or newer than what is measured on" in found.message
