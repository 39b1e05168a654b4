"""A gallery is written whole: a page, or a folder that takes its place at the end."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.reports.gallery import Gallery
from mlscaffold.workflows.gallery_files import write_gallery
from mlscaffold.workflows.look_at import look_at
from mlscaffold.workflows.taking import Way
from tests.workflows.test_look_at import coco


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small data set."""
    return coco(tmp_path / "set")


def gather(data: Path, way: Way) -> Gallery:
    return look_at(data, way=way)


def test_a_folder_with_sprites_and_larger_copies(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_gallery(out, partial(gather, data), linked=False)

    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert names == ["index.html", "pictures/000000.jpg", "pictures/000001.jpg", "sprites/0000.jpg"]
    page = (out / "index.html").read_text(encoding="utf-8")
    assert '"sprites/0000.jpg"' in page and '"g":"pictures/000001.jpg"' in page and "base64" not in page
    assert "img-src data: blob: 'self' file:;" in page


def test_an_older_gallery_is_replaced_and_nothing_else(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_gallery(out, partial(gather, data), linked=False)
    (out / "sprites" / "9999.jpg").write_bytes(b"old")
    write_gallery(out, partial(gather, data), linked=False)
    assert not (out / "sprites" / "9999.jpg").exists()

    (out / "mine.txt").write_text("mine", encoding="utf-8")
    for place in (out, data):
        with pytest.raises(ScaffoldError, match="is there, and is no gallery"):
            write_gallery(place, partial(gather, data), linked=False)
    assert (out / "mine.txt").is_file() and (data / "instances.json").is_file()


def test_nothing_is_left_of_a_gallery_that_failed(data: Path, tmp_path: Path) -> None:
    def broken(way: Way) -> Gallery:
        gather(data, way)
        raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        write_gallery(tmp_path / "out", broken, linked=False)
    assert sorted(tmp_path.iterdir()) == before


def test_where_pictures_are_linked_neither_page_nor_folder_holds_any(data: Path, tmp_path: Path) -> None:
    write_gallery(tmp_path / "pages" / "gallery.html", partial(gather, data), linked=True)
    write_gallery(tmp_path / "folder", partial(gather, data), linked=True)

    assert sorted(p.name for p in (tmp_path / "folder").iterdir()) == ["index.html"]
    for place in ("pages/gallery.html", "folder/index.html"):
        page = (tmp_path / place).read_text(encoding="utf-8")
        assert '"u":"../set/images/b.jpg"' in page and "/9j/" not in page
