from __future__ import annotations

from collections.abc import Callable

import pytest

from mlscaffold.checks.preparation.group_leak import bases
from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import csv_bytes, rows_of

CHECK, TABLE = "preparation.group-leak", "data/splits/belt.csv"
Row = dict[str, str]


def regroup(project: Sandbox, group: Callable[[int], str]) -> None:
    project.edit_csv(TABLE, lambda rows: [{**r, "group": group(i)} for i, r in enumerate(rows)])


def rename(project: Sandbox, names: dict[str, str]) -> None:
    project.edit_csv(TABLE, lambda rows: [{**r, "path": names.get(r["path"], r["path"])} for r in rows])


def test_without_groups(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_no_splits(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_a_declared_group_in_two_splits(project: Sandbox) -> None:
    regroup(project, lambda i: f"bunch-{i // 50}")
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "3 of 9 `group` values are in two splits: bunch-3 has 30 in train, 20 in validation" in found.message
    assert found.effect is not None


def test_groups_that_hold_together(project: Sandbox) -> None:
    regroup(project, lambda i: f"bunch-{i // 10}")
    assert project.check(CHECK) == []


def test_a_patient_column_that_nobody_called_group(project: Sandbox) -> None:
    for name in ("daisy", "rose", "tulip"):
        project.edit_csv(
            f"data/raw/belt/{name}/annotations.csv", lambda rows: [{**r, "lesion_id": f"L{i % 35}"} for i, r in enumerate(rows)]
        )
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "35 of 35 `lesion_id` values are in two splits" in found.message


def test_a_video_column_is_a_guess(project: Sandbox) -> None:
    for name in ("daisy", "rose", "tulip"):
        project.edit_csv(
            f"data/raw/belt/{name}/annotations.csv", lambda rows: [{**r, "video": f"v{i % 9}"} for i, r in enumerate(rows)]
        )
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "9 of 9 groups by video" in found.message


def test_an_augmented_copy_of_a_test_picture_in_train(project: Sandbox) -> None:
    rename(
        project,
        {"belt/daisy/img0004.png": "belt/daisy/aug_img0271_rot15.png", "belt/rose/img0002.png": "belt/rose/img0272-flip.png"},
    )
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "2 augmented copies" in found.message
    assert "img0272-flip.png (train) and belt/rose/img0272.png (test)" in found.message


def test_roboflow_siblings(project: Sandbox) -> None:
    rename(
        project,
        {"belt/daisy/img0001.png": "belt/daisy/a_jpg.rf.0c1d.png", "belt/daisy/img0271.png": "belt/daisy/a_jpg.rf.9f2e.png"},
    )
    assert "2 augmented copies" in project.check(CHECK)[0].message


def test_augmented_copies_of_train_in_train(project: Sandbox) -> None:
    rename(project, {"belt/daisy/img0004.png": "belt/daisy/img0001_rot15.png"})
    assert project.check(CHECK) == []


def test_frames_of_one_video(project: Sandbox) -> None:
    project.edit_csv(TABLE, lambda rows: [{**r, "path": f"belt/walk{i % 6}_frame_{i:04d}.png"} for i, r in enumerate(rows)])
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "6 of 6 groups by frames of one video" in found.message


def test_names_of_originals() -> None:
    assert "0007" in bases("x/aug_0007_rot15.jpg")
    assert "img_12" in bases("x/IMG_12_flip_3.jpg")
    assert bases("x/IMG_2386.jpg") == bases("x/rotunda_12.jpg") == set()


def made_from(project: Sandbox, column: str, origin: Callable[[int], str]) -> None:
    """Name, for the roses of validation (the 61st to the 80th), the picture that each was made from."""
    project.edit_csv(
        "data/raw/belt/rose/annotations.csv",
        lambda rows: [{**r, column: origin(i - 60) if 60 <= i < 80 else ""} for i, r in enumerate(rows)],
    )


def test_a_recorded_origin_in_another_split(project: Sandbox) -> None:
    made_from(project, "augmented_from", lambda i: f"img{3 * i + 2:04d}.png")
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "20 augmented copies and the original" in found.message
    assert "belt/rose/img0182.png (validation) and belt/rose/img0002.png (train)" in found.message


def test_a_recorded_origin_as_a_bare_name_or_a_whole_path(project: Sandbox) -> None:
    made_from(project, "original", lambda i: "img0002" if i else "belt/rose/img0005.png")
    assert "20 augmented copies" in project.check(CHECK)[0].message


def test_an_origin_in_the_same_split_or_none_that_is_known(project: Sandbox) -> None:
    made_from(project, "original", lambda i: "img0182.png" if i else "")
    assert project.check(CHECK) == []
    made_from(project, "source", lambda i: "camera over lane two")
    assert project.check(CHECK) == []


def test_a_number_of_a_product_is_a_group(project: Sandbox) -> None:
    for name in ("daisy", "rose", "tulip"):
        numbers = [f"{name}-{i // 7}" for i in range(140)]
        project.edit_csv(
            f"data/raw/belt/{name}/annotations.csv",
            lambda rows: [{**r, "product_id": number} for r, number in zip(rows, numbers, strict=True)],  # noqa: B023 - called at once
        )
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "9 of 60 `product_id` values are in two splits" in found.message


def test_a_site_holds_many_pictures_and_is_no_group_of_that_kind(project: Sandbox) -> None:
    for name in ("daisy", "rose", "tulip"):
        project.edit_csv(
            f"data/raw/belt/{name}/annotations.csv", lambda rows: [{**r, "site_id": f"{i % 3}"} for i, r in enumerate(rows)]
        )
    assert [f.status for f in project.check(CHECK)] == [Status.WARN]


def test_a_namesake_in_another_folder_is_no_original(project: Sandbox) -> None:
    names = {"train": "belt/a/p001.png", "validation": "belt/a/aug_p001_rot7.png", "test": "belt/b/p001.png"}

    def named(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        first = {s: next(i for i, r in enumerate(rows) if r["split"] == s) for s in names}
        told = [{**r, "label": "rose"} if i in first.values() else r for i, r in enumerate(rows)]
        for split, i in first.items():
            told[i]["path"] = names[split]
        told[first["validation"]]["split"] = "train"
        return told

    project.edit_csv(TABLE, named)
    assert project.check(CHECK) == []
    project.edit_csv(TABLE, lambda rows: [r for r in rows if r["path"] != "belt/a/p001.png"])
    assert "belt/b/p001.png (test)" in project.check(CHECK)[0].message


def test_test_sets_may_share_a_group_and_train_may_not(project: Sandbox) -> None:
    def deal(rows: list[Row]) -> list[Row]:
        held = [{**r, "split": "test-night"} if i in (300, 301) else r for i, r in enumerate(rows)]
        return [{**r, "group": "meadow" if i in (299, 300, 301) else ""} for i, r in enumerate(held)]

    project.edit_csv(TABLE, deal)
    assert {r.split(",")[-1] for r in project.read(TABLE).splitlines() if "meadow" in r} == {"test", "test-night"}
    assert project.check(CHECK) == []
    project.edit_csv(TABLE, lambda rows: [{**r, "group": "meadow"} if i == 0 else r for i, r in enumerate(rows)])
    (found,) = project.check(CHECK)
    assert "meadow has 1 in train, 1 in test, 2 in test-night" in found.message


CROPS = {"photo": lambda i: f"IMG_{2000 + i // 4} card {i % 4 + 1}", "scan": lambda i: f"scan{i // 4:03d}_{i % 4}"}


@pytest.mark.parametrize("named", CROPS)
def test_pictures_cut_from_one_photo_told_by_their_names(project: Sandbox, named: str) -> None:
    project.edit_csv(
        TABLE, lambda rows: [{**r, "path": f"belt/cut/{CROPS[named](i * 11 % len(rows))}.jpg"} for i, r in enumerate(rows)]
    )
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "groups by what their names share are in two splits" in found.message


@pytest.mark.parametrize(
    "name",
    [
        lambda i, r: f"{r['label']}1_{i:03d}",  # a series in each class
        lambda i, r: f"n0144{ord(r['label'][0])}_{i % 30}",  # a number of the class
        lambda i, r: f"2024-05-01_{i:04d}",
        lambda i, r: f"IMG_{2000 + i}",
        lambda i, r: f"photo {i}",
        lambda i, r: f"{i * 7919 % 99991}_{i * 104729 % 997}",  # numbers that count nothing
    ],
)
def test_names_that_only_number_their_pictures(project: Sandbox, name: Callable[[int, Row], str]) -> None:
    project.edit_csv(TABLE, lambda rows: [{**r, "path": f"belt/{r['label']}/{name(i, r)}.jpg"} for i, r in enumerate(rows)])
    assert project.check(CHECK) == []


def with_column(project: Sandbox, value: Callable[[int], str]) -> None:
    """Files named for the photo they were cut from, and a column `Foto` beside the label."""
    for name in ("daisy", "rose", "tulip"):
        table = f"data/raw/belt/{name}/annotations.csv"
        rows = rows_of((project.root / table).read_bytes())
        names = {r["path"]: f"DSC{i % 50:04d} Ausschnitt {chr(97 + i // 50)}.png" for i, r in enumerate(rows)}
        project.write({table: csv_bytes([{**r, "path": names[r["path"]], "Foto": value(i)} for i, r in enumerate(rows)])})
        rename(project, {f"belt/{name}/{old}": f"belt/{name}/{new}" for old, new in names.items()})


def test_a_column_whose_values_stand_in_the_names(project: Sandbox) -> None:
    with_column(project, lambda i: f"DSC{i % 50:04d}")
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "groups by Foto" in found.message
    assert 'group = "Foto" in data/schema.toml' in found.fix


def test_a_column_of_other_things_is_no_group(project: Sandbox) -> None:
    with_column(project, lambda i: f"person-{i % 50}")
    assert project.check(CHECK) == []
