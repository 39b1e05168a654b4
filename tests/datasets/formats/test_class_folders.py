from pathlib import Path

from mlscaffold.datasets.formats import choose
from mlscaffold.datasets.formats.class_folders import read, sniff
from mlscaffold.datasets.record import Sniff
from tests.datasets.pictures import put


def test_each_folder_is_a_class(tmp_path: Path) -> None:
    for i, name in enumerate(["10/a.png", "2/a.png", "2/deep/b.JPG"]):
        put(tmp_path / name, i)
    reading = read(tmp_path)
    assert [(r.name, r.label) for r in reading.records] == [("10/a.png", "10"), ("2/a.png", "2"), ("2/deep/b.JPG", "2")]
    assert choose(tmp_path).name == "class-folders"


def test_folders_of_splits_become_an_attribute(tmp_path: Path) -> None:
    for i, name in enumerate(["train/hat/a.png", "train/shoe/b.png", "valid/hat/a.png", "test/x.png"]):
        put(tmp_path / name, i)
    reading = read(tmp_path)
    assert [(r.name, r.label, r.split) for r in reading.records] == [
        ("x.png", "", "test"),
        ("hat/a.png", "hat", "train"),
        ("shoe/b.png", "shoe", "train"),
        ("hat/a.png", "hat", "validation"),
    ]
    assert reading.notes == ("validation lacks 1 of 2 classes: shoe", "1 pictures have no label: nothing says what they show")


def test_leftovers_are_counted_not_read(tmp_path: Path) -> None:
    put(tmp_path / "hat/a.png", 1)
    put(tmp_path / "shoe/a.png", 2)
    put(tmp_path / "__MACOSX/hat/._a.png", 3)
    put(tmp_path / ".ipynb_checkpoints/b.png", 4)
    (tmp_path / "hat/Thumbs.db").write_bytes(b"x")
    (tmp_path / "README.txt").write_text("about")
    (tmp_path / "scarf").mkdir()
    reading = read(tmp_path)
    assert [r.label for r in reading.records] == ["hat", "shoe"]
    assert reading.ignored == {"hidden or system": 3, "not a picture": 1}
    assert reading.notes == ("1 folders hold no pictures: scarf",)


def test_every_picture_is_a_record_or_a_defect(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside.png", 0)
    inside = tmp_path / "set"
    put(inside / "hat/a.png", 1)
    put(inside / "stray.png", 2)
    (inside / "hat/link.png").symlink_to(outside)
    reading = read(inside)
    assert sorted((d.where, d.kind) for d in reading.defects) == [("hat/link.png", "leads-out"), ("stray.png", "no-class")]
    assert reading.total == 3


def test_a_ring_of_links_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "hat/a.png", 1)
    put(tmp_path / "shoe/a.png", 2)
    (tmp_path / "hat/ring.png").symlink_to("ring.png")
    reading = read(tmp_path)
    assert [(d.where, d.kind) for d in reading.defects] == [("hat/ring.png", "leads-out")]
    assert len(reading.records) == 2


def test_a_lone_images_folder_is_looked_into(tmp_path: Path) -> None:
    put(tmp_path / "images/hat/a.png", 1)
    put(tmp_path / "images/shoe/a.png", 2)
    (tmp_path / "LICENSE.txt").write_text("CC0")
    assert {r.label for r in read(tmp_path).records} == {"hat", "shoe"}


def test_pictures_beside_each_other_have_no_label(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 1)
    assert sniff(tmp_path).score == 0.2
    assert [r.label for r in read(tmp_path).records] == [""]


def test_what_is_no_folder_of_pictures_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    assert sniff(tmp_path).score == 0
    assert sniff(tmp_path / "absent").score == 0


def test_a_lone_folder_named_for_pictures_is_no_class(tmp_path: Path) -> None:
    put(tmp_path / "JPEGImages/a.JPG", 1)
    (tmp_path / "Annotations").mkdir()
    assert sniff(tmp_path) == Sniff(0.2, "pictures without class folders")
    assert [(r.name, r.label) for r in read(tmp_path).records] == [("a.JPG", "")]


def test_folders_of_splits_without_classes_have_no_labels(tmp_path: Path) -> None:
    put(tmp_path / "train/a.png", 1)
    put(tmp_path / "test/b.png", 2)
    assert sniff(tmp_path).score == 0.2
    assert {(r.label, r.split) for r in read(tmp_path).records} == {("", "train"), ("", "test")}


def test_what_cannot_be_read_is_told_by_its_kind(tmp_path: Path) -> None:
    put(tmp_path / "hat/a.png", 1)
    put(tmp_path / "shoe/a.jpe", 2).rename(tmp_path / "shoe/a.jfif")
    for name in ("hat/scan.dcm", "hat/raw.NEF", "hat/notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    reading = read(tmp_path)
    assert [r.name for r in reading.records] == ["hat/a.png", "shoe/a.jfif"]
    assert reading.ignored == {".dcm (convert them first)": 1, ".nef (convert them first)": 1, "not a picture": 1}


def test_doubts_about_folders_are_told(tmp_path: Path) -> None:
    for i, name in enumerate(["s1/hat", "s1/shoe", "s2/hat", "s2/shoe"]):
        put(tmp_path / "nested" / name / "a.png", i)
    (tmp_path / "nested/labels.csv").write_text("one,two\n1,2\n")
    assert read(tmp_path / "nested").notes == (
        f"s1, s2 each hold the same folders, hat, shoe: if those are the classes, bring in each one as a source of its own, beginning with {tmp_path / 'nested/s1'}",
        "not read, though labels may be in it: labels.csv",
    )
    for i in range(2):
        put(tmp_path / f"days/2026-11-0{i + 1}/a.png", i)
    assert "look like dates or batches (2026-11-01, 2026-11-02)" in read(tmp_path / "days").notes[0]
    assert choose(tmp_path / "nested").missed == {"csv-list": "labels.csv is a table with no column of paths among: one, two"}


def _made(folder: Path, *names: str) -> list[tuple[str, str]]:
    for i, name in enumerate(names):
        put(folder / name, i)
    return [(record.label, record.split) for record in read(folder).records]


def test_splits_may_lie_within_classes(tmp_path: Path) -> None:
    assert _made(tmp_path, "hat/train/a.png", "hat/test/a.png", "shoe/train/a.png") == [
        ("hat", "test"), ("hat", "train"), ("shoe", "train"),
    ]  # fmt: skip
    assert read(tmp_path).notes == ()


def test_a_folder_beside_the_splits_is_no_class(tmp_path: Path) -> None:
    names = ("train/hat/a.png", "train/shoe/a.png", "test/hat/a.png", "test/shoe/b.png", "unlabeled/c.png")
    assert {label for label, _ in _made(tmp_path, *names)} == {"hat", "shoe"}
    assert read(tmp_path).ignored == {"in unlabeled, which is no split": 1}


def test_train_and_test_may_be_classes_of_vehicles(tmp_path: Path) -> None:
    assert {label for label, _ in _made(tmp_path, "train/a.png", "plane/a.png", "car/a.png")} == {"train", "plane", "car"}


def test_lone_folders_are_looked_into(tmp_path: Path) -> None:
    assert {label for label, _ in _made(tmp_path, "Set v2/originals/hat/a.png", "Set v2/originals/shoe/a.png")} == {"hat", "shoe"}


def test_a_lone_split_is_one(tmp_path: Path) -> None:
    assert _made(tmp_path, "train/hat/a.png", "train/shoe/a.png") == [("hat", "train"), ("shoe", "train")]


def test_a_lone_class_with_days_in_it_stays_one(tmp_path: Path) -> None:
    assert {label for label, _ in _made(tmp_path, "hat/2026-01-01/a.png", "hat/2026-01-02/a.png")} == {"hat"}
