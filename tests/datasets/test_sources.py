from pathlib import Path

import pytest

from mlscaffold.datasets.sources import check_source_name, media_of, read_source, source_name, sources, write_source
from mlscaffold.errors import ScaffoldError, UsageError
from tests.datasets.pictures import put


def test_names_come_from_what_says_something(tmp_path: Path) -> None:
    table = tmp_path / "Shop Ünion" / "labels.csv"
    table.parent.mkdir()
    table.touch()
    assert source_name(table) == source_name(table.parent) == "shop-union"
    assert source_name(table.parent / "images") == "shop-union"


@pytest.mark.parametrize("name", ["", "../x", "A", ".hidden", "a/b"])
def test_a_name_must_be_a_folder_everywhere(name: str) -> None:
    with pytest.raises(UsageError):
        check_source_name(name)


def test_source_toml_is_filled_but_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "data/raw/shop"
    assert write_source(folder, {"name": "shop", "licence": 'CC0 "zero"'}) == ["origin", "collected", "collected_by", "method"]
    path = folder / "source.toml"
    path.write_text(path.read_text().replace('origin = ""', 'origin = "a person"  # told by phone'))
    given = {"origin": "other", "licence": "MIT", "collected": "2026-11-03", "method": "scraped", "collected_by": "Ada \\ Byron"}
    assert write_source(folder, given) == ["policy"]
    values = read_source(path)
    assert (values["origin"], values["licence"], values["collected_by"]) == ("a person", 'CC0 "zero"', "Ada \\ Byron")
    assert "# told by phone" in path.read_text()


def test_a_broken_source_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shop" / "source.toml"
    path.parent.mkdir()
    path.write_text("name = ")
    with pytest.raises(ScaffoldError, match=r"data/raw/shop/source.toml cannot be read"):
        read_source(path)


def test_media_are_pictures_that_lie_here(tmp_path: Path) -> None:
    shop = tmp_path / "data/raw/shop"
    put(shop / "b/2.png", 1)
    put(shop / "a/1.JPG", 2)
    put(shop / ".cache/3.png", 3)
    (shop / "a/notes.txt").write_text("x")
    (shop / "a/out.png").symlink_to(put(tmp_path / "elsewhere.png", 4))
    assert [path.relative_to(shop).as_posix() for path in media_of(shop)] == ["a/1.JPG", "b/2.png"]
    assert sources(tmp_path) == ["shop"]
    assert sources(tmp_path / "nowhere") == []
