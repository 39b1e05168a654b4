import io

import pytest
from PIL import Image

from mlscaffold.datasets.thumbnails import thumbnail


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
