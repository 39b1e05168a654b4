from pathlib import Path

import pytest

from mlscaffold.datasets.manifest import ManifestRow, manifest_digest, read_manifest, read_manifests, refresh_manifests
from mlscaffold.errors import ScaffoldError
from tests.datasets.pictures import put


def test_a_refresh_says_what_moved(tmp_path: Path) -> None:
    raw = tmp_path / "data/raw/shop"
    put(raw / "hat/a.png", 1)
    put(raw / "hat/b.png", 2)
    assert refresh_manifests(tmp_path) == []  # nothing speaks of this folder: left there by git, from another branch
    (raw / "hat/annotations.csv").write_text("path,label\n")
    assert refresh_manifests(tmp_path)[0].added == ("shop/hat/a.png", "shop/hat/b.png")
    put(raw / "hat/a.png", 3)
    (raw / "hat/b.png").rename(raw / "c.png")
    (change,) = refresh_manifests(tmp_path)
    assert (change.added, change.changed, change.removed) == (("shop/c.png",), ("shop/hat/a.png",), ("shop/hat/b.png",))
    assert read_manifests(tmp_path).keys() == {"shop/hat/a.png", "shop/c.png"}


def test_a_clone_without_pictures_keeps_its_manifest(tmp_path: Path) -> None:
    put(tmp_path / "data/raw/shop/a.png", 1)
    (tmp_path / "data/raw/shop/source.toml").write_text('name = "shop"\n')
    refresh_manifests(tmp_path)
    (tmp_path / "data/raw/shop/a.png").unlink()
    (change,) = refresh_manifests(tmp_path)
    assert change.absent
    assert len(read_manifests(tmp_path)) == 1


def test_a_number_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("path,bytes,digest\na.png,many,00\n")
    with pytest.raises(ScaffoldError, match=r"data/manifest/shop.csv:2 has no number of bytes"):
        read_manifest(path)


def test_the_digest_of_a_collection_is_of_its_sorted_files() -> None:
    from hashlib import sha256

    rows = [ManifestRow("b", 1, "22"), ManifestRow("a", 1, "11")]
    assert manifest_digest(rows) == manifest_digest(rows[::-1]) == sha256(b"11\n22\n").hexdigest()
