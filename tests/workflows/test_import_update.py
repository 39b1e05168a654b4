"""Importing a source that is known: new pictures get a folder of their own, labels a comparison, and nothing is overwritten."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from mlscaffold.cli.data_answers import import_text
from mlscaffold.datasets.annotations import Annotation, read_annotations, write_annotations
from mlscaffold.datasets.manifest import read_manifests, refresh_manifests
from mlscaffold.datasets.splits import read_splits
from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.workflows.import_data import Imported, import_data
from mlscaffold.workflows.split_data import split_data
from tests.datasets.pictures import put

DAY = date(2026, 11, 30)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for i in range(12):
        put(tmp_path / f"shop/{'hat' if i % 2 else 'shoe'}/{i:02}.png", i)
    return tmp_path / "shop"


@pytest.fixture
def root(tmp_path: Path, shop: Path) -> Path:
    import_data(tmp_path / "project", shop)
    return tmp_path / "project"


def _again(root: Path, shop: Path, **options: object) -> Imported:
    return import_data(root, shop, today=DAY, **options)  # type: ignore[arg-type]


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _label(root: Path, name: str, label: str) -> None:
    """What a person does by hand, or `apply` from a sheet."""
    file = (root / "data/raw/shop" / name).parent / "annotations.csv"
    rows = [
        Annotation(r.name, label if r.name == Path(name).name else r.label, r.group, r.attributes) for r in read_annotations(file)
    ]
    write_annotations(file, rows)


def test_new_pictures_get_a_dated_folder_with_its_annotation_file(root: Path, shop: Path) -> None:
    split_data(root)
    before, dealt = _tree(root), {row.path: row.split for row in read_splits(root)}
    put(shop / "hat/new.png", 50)
    done = _again(root, shop)
    assert (done.update, done.batch, done.added, done.present) == (True, "2026-11-30", 1, 12)
    came = set(_tree(root)) - set(before)
    assert came == {"data/raw/shop/2026-11-30/hat/new.png", "data/raw/shop/2026-11-30/hat/annotations.csv"}
    changed = {path for path, content in before.items() if _tree(root)[path] != content}
    assert changed == {"data/manifest/shop.csv"}
    split_data(root)
    after = {row.path: row.split for row in read_splits(root)}
    assert dealt.items() <= after.items()
    assert after.keys() - dealt.keys() == {"shop/2026-11-30/hat/new.png"}


def test_twice_a_day_is_one_batch_and_a_batch_may_have_a_name(root: Path, shop: Path) -> None:
    for n, name in enumerate(["hat/one.png", "hat/two.png"]):
        put(shop / name, 60 + n)
        _again(root, shop)
    rows = read_annotations(root / "data/raw/shop/2026-11-30/hat/annotations.csv")
    assert [(row.name, row.label) for row in rows] == [("one.png", "hat"), ("two.png", "hat")]
    put(shop / "hat/three.png", 70)
    assert _again(root, shop, batch="night-shift").batch == "night-shift"
    assert (root / "data/raw/shop/night-shift/hat/three.png").is_file()
    with pytest.raises(UsageError, match="cannot name a folder"):
        _again(root, shop, batch="../out")


def test_only_the_new_pictures_may_be_brought(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "more/hat/new.png", 50)
    done = _again(root, tmp_path / "more", source="shop")
    assert (done.added, done.present, len(read_manifests(root))) == (1, 0, 13)


def test_labels_that_the_data_set_changed_are_written_and_told_by_split(root: Path, shop: Path) -> None:
    split_data(root)
    test = next(row.path for row in read_splits(root) if row.split == "test" and row.label == "hat").removeprefix("shop/")
    (shop / test).rename(shop / "shoe" / Path(test).name)
    done = _again(root, shop)
    (turned,) = done.changed
    assert (turned.before, turned.after, turned.paths, turned.splits) == ("hat", "shoe", (test,), {"test": 1})
    assert done.relabelled == (test,)
    labels = {row.name: row.label for row in read_annotations(root / "data/raw/shop/hat/annotations.csv")}
    assert labels[Path(test).name] == "shoe"


def test_a_label_corrected_here_stays_until_told_otherwise(root: Path, shop: Path) -> None:
    _label(root, "hat/01.png", "shoe")
    refresh_manifests(root)
    file = root / "data/raw/shop/hat/annotations.csv"
    before = file.read_bytes()
    done = _again(root, shop)
    assert [(k.before, k.after, k.paths) for k in done.kept] == [("shoe", "hat", ("hat/01.png",))]
    assert done.changed == ()
    assert file.read_bytes() == before
    done = _again(root, shop, labels="take")
    assert [(c.before, c.after) for c in done.changed] == [("shoe", "hat")]
    with pytest.raises(UsageError, match='"mine" says nothing'):
        _again(root, shop, labels="mine")


def test_a_label_that_both_changed_stays_too(root: Path, tmp_path: Path) -> None:
    _label(root, "hat/01.png", "scarf")
    lines = [
        "file,class",
        *(
            f"{'hat' if i % 2 else 'shoe'}/{i:02}.png,{'shoe' if i in (0, 1, 3) else 'hat' if i % 2 else 'shoe'}"
            for i in range(12)
        ),
    ]
    (tmp_path / "shop/list.csv").write_text("\n".join(lines) + "\n")
    done = _again(root, tmp_path / "shop/list.csv", source="shop")
    assert [(c.before, c.after, c.paths) for c in done.changed] == [("hat", "shoe", ("hat/03.png",))]
    assert [(k.before, k.after, k.paths) for k in done.kept] == [("scarf", "shoe", ("hat/01.png",))]


def test_other_bytes_under_a_known_name_are_another_picture(root: Path, shop: Path) -> None:
    old = (root / "data/raw/shop/hat/01.png").read_bytes()
    put(shop / "hat/01.png", 99)
    done = _again(root, shop)
    assert done.replaced == (("hat/01.png", "2026-11-30/hat/01.png"),)
    assert (root / "data/raw/shop/hat/01.png").read_bytes() == old
    assert (root / "data/raw/shop/2026-11-30/hat/01.png").read_bytes() == (shop / "hat/01.png").read_bytes()
    assert _again(root, shop).replaced == ()


def test_what_a_whole_delivery_lacks_is_told_and_stays(root: Path, shop: Path, tmp_path: Path) -> None:
    (shop / "hat/01.png").unlink()
    done = _again(root, shop)
    assert (done.not_brought, done.present) == (("hat/01.png",), 11)
    assert any("1 picture known here did not come again, and stays: hat/01.png" in line for line in import_text(done))
    assert (root / "data/raw/shop/hat/01.png").is_file()
    put(tmp_path / "more/hat/new.png", 90)
    assert _again(root, tmp_path / "more", source="shop").not_brought == ()  # a delivery of new ones says nothing of the others


def test_a_renamed_class_and_a_new_one_are_told_apart(root: Path, shop: Path) -> None:
    (shop / "hat").rename(shop / "cap")
    put(shop / "scarf/a.png", 91)
    lines = list(import_text(_again(root, shop)))
    place = lines.index("  2 labels not in data/schema.toml: cap, scarf")
    assert lines[place + 1 : place + 3] == [
        "    no hat is left: if cap is its new name, write it in the place of hat",
        "    a new class is added at the end of `classes`: their order is that of the model's outputs",
    ]


def test_a_dry_run_says_all_and_writes_nothing(root: Path, shop: Path) -> None:
    put(shop / "hat/new.png", 50)
    put(shop / "scarf/new.png", 51)
    (shop / "hat/01.png").rename(shop / "shoe/01.png")
    before = _tree(root)
    told = _again(root, shop, dry_run=True)
    assert _tree(root) == before
    done = _again(root, shop)
    assert (
        (told.added, told.changed, told.undeclared)
        == (done.added, done.changed, done.undeclared)
        == (2, done.changed, ("scarf",))
    )
    assert told.dry_run
    fresh = root.parent / "fresh"
    assert import_data(fresh, shop, dry_run=True).added == 14
    assert not fresh.exists()


def test_a_clone_without_pictures_gets_them_back_and_keeps_the_manifest(root: Path, shop: Path) -> None:
    manifest = (root / "data/manifest/shop.csv").read_bytes()
    for path in (root / "data/raw").rglob("*.png"):
        path.unlink()
    shutil.rmtree(shop / "shoe")
    done = _again(root, shop)
    assert (done.added, done.present, done.restored) == (0, 6, 6)
    assert (root / "data/raw/shop/hat/01.png").is_file()
    assert (root / "data/manifest/shop.csv").read_bytes() == manifest


def test_bytes_that_were_changed_in_place_are_never_blessed(root: Path, shop: Path) -> None:
    manifest = (root / "data/manifest/shop.csv").read_bytes()
    put(root / "data/raw/shop/hat/01.png", 98)
    done = _again(root, shop)
    assert "1 pictures here have other bytes than the manifest says, first hat/01.png" in done.notes[0]
    assert (done.added, (root / "data/manifest/shop.csv").read_bytes()) == (0, manifest)


def test_a_manifest_that_is_broken_stops_the_import_before_anything(root: Path, shop: Path) -> None:
    (root / "data/manifest/shop.csv").write_text("path,bytes\nshop/a.png,1\n")
    put(shop / "hat/new.png", 50)
    before = _tree(root)
    with pytest.raises(ScaffoldError, match=r"data/manifest/shop.csv has no column digest"):
        _again(root, shop)
    assert _tree(root) == before
