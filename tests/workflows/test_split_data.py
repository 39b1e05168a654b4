import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.datasets.annotations import Annotation, read_annotations, write_annotations
from mlscaffold.datasets.splits import read_splits
from mlscaffold.errors import ScaffoldError
from mlscaffold.practice.sizes import test_size
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.datasets.pictures import put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for i in range(40):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    import_data(tmp_path / "project", tmp_path / "shop")
    return tmp_path / "project"


def test_splits_are_dealt_and_stay(root: Path) -> None:
    done = split_data(root)
    assert {name: count.total() for name, count in done.counts.items()} == {"train": 24, "validation": 6, "eyeball": 2, "test": 8}
    assert done.written == ("data/splits/shop.csv",)
    again = split_data(root)
    assert (again.written, again.dealt.assigned) == ((), 0)
    assert split_data(root, again=True).written == ()
    assert split_data(root, again=True, seed=5).written == ("data/splits/shop.csv",)


def test_a_picture_saved_again_goes_where_its_first_is(root: Path) -> None:
    split_data(root)
    places = {row.path: row.split for row in read_splits(root)}
    hat = root / "data/raw/shop/hat"
    test = next(path for path, name in places.items() if name == "test" and "/hat/" in path)
    with Image.open(root / "data/raw" / test) as image:
        image.save(hat / "copy.jpg", quality=60)
    rows = read_annotations(hat / "annotations.csv")
    write_annotations(hat / "annotations.csv", [*rows, Annotation("copy.jpg", "hat")])
    done = split_data(root)
    assert done.near_groups == 1
    assert done.manifests[0].added == ("shop/hat/copy.jpg",)
    assert {row.path: row.split for row in read_splits(root)} == {**places, "shop/hat/copy.jpg": "test"}


def test_what_is_unlabelled_broken_or_gone_is_left_out_by_name(root: Path) -> None:
    hat = root / "data/raw/shop/hat"
    put(hat / "extra.png", 99)
    (hat / "01.png").write_bytes(b"<html>")
    (hat / "03.png").unlink()
    text = (hat / "annotations.csv").read_text().replace("05.png,hat", "05.png,")
    (hat / "annotations.csv").write_text(text)
    done = split_data(root)
    assert done.left_out == {
        "without an annotation": ("shop/hat/extra.png",),
        "broken": ("shop/hat/01.png",),
        "annotated, but not there": ("shop/hat/03.png",),
        "without a label": ("shop/hat/05.png",),
    }
    assert len(done.dealt.rows) == 37


def test_a_clone_without_pictures_still_splits_by_its_manifest(root: Path) -> None:
    split_data(root)
    before = read_splits(root)
    for picture in (root / "data/raw").rglob("*.png"):
        picture.unlink()
    assert split_data(root).written == ()
    assert read_splits(root) == before


def test_the_splits_that_came_with_the_data_are_kept(tmp_path: Path) -> None:
    for i in range(40):
        put(tmp_path / f"set/{'test' if i < 10 else 'train'}/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    root = tmp_path / "project"
    import_data(root, tmp_path / "set")
    done = split_data(root, keep_original=True)
    assert {Path(row.path).stem for row in done.dealt.rows if row.split == "test"} == {f"{i:02}" for i in range(10)}
    assert done.counts["validation"].total() > 0


def test_a_test_set_that_is_too_small_is_said(root: Path) -> None:
    (root / "acceptance.toml").write_text(
        '[metric]\noptimise = "accuracy"\n[[thresholds]]\nmetric = "accuracy"\nmin = 0.8\n[tolerable]\nerror = 0.05\n'
    )
    done = split_data(root)
    assert done.warnings[0].startswith("test has 8 images: a share of 0.8 is known to ±0.2")
    assert "you tolerate 0.05 (2" in done.warnings[0]
    assert done.warnings[1] == "test has fewer than 5 images of 2 of 2 classes: hat (4), shoe (4)"


def test_nothing_to_split_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="no labelled medium") as caught:
        split_data(tmp_path)
    assert caught.value.hint == "Next: mlscaffold data import FOLDER"


def test_pictures_without_labels_are_no_splits(tmp_path: Path) -> None:
    put(tmp_path / "set/a.png", 1)
    import_data(tmp_path / "project", tmp_path / "set")
    with pytest.raises(ScaffoldError, match="no labelled medium") as caught:
        split_data(tmp_path / "project")
    assert (caught.value.context, caught.value.hint) == (
        "1 without a label",
        "Write labels into the annotations.csv files under data/raw.",
    )


def test_two_sources_have_two_tables(root: Path, tmp_path: Path) -> None:
    first = {row.path: row.split for row in split_data(root).dealt.rows}
    shutil.copytree(tmp_path / "shop", tmp_path / "twin")
    for i, path in enumerate(sorted((tmp_path / "twin").rglob("*.png"))):
        put(path, 1000 + i)
    import_data(root, tmp_path / "twin")
    done = split_data(root)
    assert done.written == ("data/splits/twin.csv",)
    assert {row.path: row.split for row in done.dealt.rows if row.path in first} == first


def _annotate(root: Path, **columns: Callable[[str], str]) -> None:
    """Add columns to the annotations, from the file's name."""
    for path in (root / "data/raw").rglob("annotations.csv"):
        rows = [replace(r, attributes={name: of(r.name) for name, of in columns.items()}) for r in read_annotations(path)]
        write_annotations(path, rows)


def test_a_declared_column_keeps_rows_together(root: Path) -> None:
    _annotate(root, patient=lambda name: f"p{int(name[:2]) // 4}")
    done = split_data(root, group="patient")
    places: dict[str, set[str]] = {}
    for row in read_splits(root):
        places.setdefault(row.group, set()).add(row.split)

    assert len(places) == 10
    assert all(len(found) == 1 for found in places.values())
    (root / "data/schema.toml").write_text('group = "patient"\n' + (root / "data/schema.toml").read_text())
    assert split_data(root).written == ()
    assert done.dealt.rows == tuple(read_splits(root))


def test_where_time_matters_the_newest_are_the_test_set(root: Path) -> None:
    _annotate(root, taken=lambda name: f"2026-03-01T10:{int(name[:2]):02}:00")
    (root / "data/schema.toml").write_text('time = "taken"\n' + (root / "data/schema.toml").read_text())
    split_data(root)
    order = [row.split for row in sorted(read_splits(root), key=lambda row: Path(row.path).name)]

    assert set(order[:24]) == {"train"}
    assert set(order[32:]) == {"test"}


def test_a_column_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(ScaffoldError, match='No annotation file has a column "patient"'):
        split_data(root, group="patient")


def test_shares_as_the_tolerable_error_asks(root: Path) -> None:
    (root / "acceptance.toml").write_text("[tolerable]\nerror = 0.3\n")
    done = split_data(root, as_needed=True)
    assert done.counts["test"].total() == test_size(0.3, 0.9)
    (root / "acceptance.toml").unlink()
    with pytest.raises(ScaffoldError, match="names none"):
        split_data(root, as_needed=True)


def test_an_extra_source_feeds_train_and_augmented(root: Path, tmp_path: Path) -> None:
    split_data(root)
    for i in range(20):
        put(tmp_path / f"web/{'hat' if i % 2 else 'shoe'}/{i:02}.png", 500 + i)
    done = import_data(root, tmp_path / "web", extra=True, weight=0.3)
    assert done.notes[-1].startswith("extra data help where the picture alone decides the answer")
    answer = split_data(root)
    assert answer.extra == {"web": 0.3}
    assert {row.split for row in answer.dealt.rows if row.path.startswith("web/")} == {"train", "augmented"}
    assert {name: count.total() for name, count in answer.counts.items()} == {
        "train": 22 + 18,
        "augmented": 2 + 2,
        "validation": 6,
        "eyeball": 2,
        "test": 8,
    }
    assert split_data(root).written == ()


def test_a_project_of_extra_sources_alone_cannot_be_measured(root: Path, tmp_path: Path) -> None:
    import_data(root, tmp_path / "shop", extra=True)
    with pytest.raises(ScaffoldError, match="Every source is extra") as caught:
        split_data(root)
    assert "data of your own" in caught.value.hint
    assert not (root / "data/splits").exists()


def test_folds_are_dealt_kept_and_taken_away(root: Path) -> None:
    done = split_data(root, folds=3)
    assert {row.fold for row in done.dealt.rows if row.split in ("train", "validation")} == {"1", "2", "3"}
    held = read_splits(root)
    assert split_data(root).written == ()
    put(root / "data/raw/shop/hat/new.png", 77)
    rows = read_annotations(root / "data/raw/shop/hat/annotations.csv")
    write_annotations(root / "data/raw/shop/hat/annotations.csv", [*rows, Annotation("new.png", "hat")])
    split_data(root)
    assert set(held) <= set(read_splits(root))
    split_data(root, folds=0)
    assert not [row for row in read_splits(root) if row.fold]


def test_the_group_may_be_called_as_the_list_called_it(tmp_path: Path) -> None:
    lines = ["path,label,patient"]
    for i in range(24):
        put(tmp_path / f"list/{i:02}.png", i)
        lines.append(f"{i:02}.png,{'hat' if i % 2 else 'shoe'},p{i // 4}")
    (tmp_path / "list/labels.csv").write_text("\n".join(lines) + "\n")
    root = tmp_path / "project"
    import_data(root, tmp_path / "list")
    split_data(root, group="patient")
    rows = read_splits(root)
    assert all(len({row.split for row in rows if row.group == f"p{n}"}) == 1 for n in range(6))
    with pytest.raises(ScaffoldError, match='No annotation file has a column "doctor"'):
        split_data(root, group="doctor")


def test_one_group_of_all_is_told(root: Path) -> None:
    for file in (root / "data/raw/shop").rglob("annotations.csv"):
        write_annotations(file, [replace(row, group="north") for row in read_annotations(file)])
    told = "all 40 rows are one part that belongs together (by group, or as equal or alike pictures): a part is never divided"
    assert told in split_data(root).warnings
