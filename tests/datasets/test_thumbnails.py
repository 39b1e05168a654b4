import io
from pathlib import Path

import pytest
from PIL import Image

from mlscaffold.datasets.thumbnails import SIDE, of_file, thumbnail
from tests.datasets.pictures import scene


def _bytes(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def test_large_pictures_shrink_and_tiny_ones_grow_by_whole_pixels() -> None:
    with Image.open(io.BytesIO(thumbnail(_bytes(Image.new("L", (800, 400)))))) as large:
        assert large.size == (192, 96)
    with Image.open(io.BytesIO(thumbnail(_bytes(Image.new("RGB", (8, 8))), kind="JPEG"))) as tiny:
        assert (tiny.size, tiny.format) == ((96, 96), "JPEG")


def test_a_turned_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(thumbnail(_bytes(Image.new("RGB", (400, 200)), "JPEG", exif=exif)))) as upright:
        assert upright.size == (96, 192)


def test_what_is_no_picture_raises() -> None:
    with pytest.raises(OSError, match="cannot identify"):
        thumbnail(b"<html>")


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(ValueError, match="too many"):
        thumbnail(_bytes(Image.new("1", (11_000, 11_000))))


def test_of_a_file_it_is_small_upright_and_on_white(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    scene(1, (900, 300)).save(tmp_path / "turned.jpg", exif=turned)
    Image.new("RGBA", (150, 150), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("I;16", (150, 140), 300).save(tmp_path / "deep.png")
    scene(2).convert("CMYK").save(tmp_path / "print.jpg")
    shown = {path.stem: Image.open(io.BytesIO(of_file(path) or b"")) for path in tmp_path.iterdir()}
    assert shown["turned"].height == SIDE and shown["turned"].width < SIDE
    assert shown["clear"].getpixel((25, 25)) == (255, 255, 255)
    assert shown["deep"].size == (150, 140) and shown["print"].mode == "RGB"


def test_a_file_that_cannot_be_shown_has_none(tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_text("<html>")
    assert of_file(tmp_path / "page.jpg") is None
    assert of_file(tmp_path / "absent.jpg") is None
