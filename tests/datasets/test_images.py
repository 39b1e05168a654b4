import numpy as np
import pytest
from PIL import Image, ImageOps

from mlscaffold.datasets.images import COLUMNS, Facts, facts_of
from tests.datasets.pictures import encoded, scene


@pytest.mark.parametrize(("kind", "name"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("WEBP", "WEBP"), ("GIF", "GIF"), ("BMP", "BMP")])
def test_a_whole_picture_of_each_format(kind: str, name: str) -> None:
    facts = facts_of(encoded(scene(1), kind))
    assert (facts.problem, facts.format, facts.width, facts.height) == ("", name, 120, 90)
    assert facts.decode_ok
    assert facts.end_ok
    assert len(facts.thumb) == 256
    assert facts.grey == b""


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("kept", [0.4, 0.95])
def test_a_truncated_picture_is_found(kind: str, kept: float) -> None:
    data = encoded(scene(1, (300, 200)), kind)
    facts = facts_of(data[: int(len(data) * kept)])
    assert facts.problem in ("truncated", "not-an-image", "undecodable")
    assert not facts.decode_ok


def test_bytes_after_the_end_do_no_harm() -> None:
    facts = facts_of(encoded(scene(1), "JPEG") + b"camera notes" * 20)
    assert (facts.end_ok, facts.decode_ok, facts.problem) == (True, True, "")


@pytest.mark.parametrize(
    ("data", "problem", "word"),
    [
        (b"", "empty", "0 bytes"),
        (b"<!DOCTYPE html><html>404</html>", "not-an-image", "HTML"),
        (b'\n{"error": "not found"}', "not-an-image", "JSON"),
        (b"MZ" + bytes(100), "not-an-image", "no known picture format"),
    ],
)
def test_what_only_poses_as_a_picture(data: bytes, problem: str, word: str) -> None:
    facts = facts_of(data)
    assert facts.problem == problem
    assert word in facts.detail


def test_a_git_lfs_pointer_stands_for_its_picture() -> None:
    oid = "ab" * 32
    facts = facts_of(f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n".encode())
    assert (facts.digest, facts.size, facts.pointer) == (oid, 12345, True)


def test_an_image_bomb_is_not_decoded() -> None:
    data = encoded(Image.new("1", (12000, 9000)))
    facts = facts_of(data)
    assert (facts.problem, facts.detail) == ("too-large", "12000 × 9000 px, 100 million at most")
    assert len(data) < 20_000
    assert facts_of(encoded(Image.new("1", (20000, 10000)))).problem == "too-large"
    assert facts_of(encoded(Image.new("1", (9500, 9500)))).problem == ""  # above PIL's own warning, under our limit


def test_the_pixel_digest_is_of_the_contract() -> None:
    from hashlib import sha256

    image = scene(2)
    png, bmp = facts_of(encoded(image)), facts_of(encoded(image, "BMP"))
    assert png.pixels == bmp.pixels == sha256(b"RGB:120x90:" + image.tobytes()).hexdigest()
    assert png.digest != bmp.digest


def test_a_picture_stored_lying_looks_as_people_see_it() -> None:
    upright, exif = scene(3), Image.Exif()
    exif[0x0112] = 6
    lying = facts_of(encoded(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95))
    assert (lying.orientation, lying.width, lying.height) == (6, 90, 120)
    assert (lying.phash ^ facts_of(encoded(upright)).phash).bit_count() <= 4


def test_the_mirrored_hash_is_that_of_the_mirror_image() -> None:
    image = scene(4)
    facts, mirror = facts_of(encoded(image)), facts_of(encoded(ImageOps.mirror(image)))
    assert (facts.mirrored ^ mirror.phash).bit_count() <= 2
    assert (facts.phash ^ mirror.phash).bit_count() > 8


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_mode_is_looked_at(mode: str) -> None:
    grey = np.linspace(0, 255, 80 * 80).reshape(80, 80)
    if mode == "I;16":
        image = Image.fromarray((grey * 257).astype(np.uint16))
    elif mode == "F":
        image = Image.fromarray(grey.astype(np.float32))
    else:
        image = Image.fromarray(grey.astype(np.uint8)).convert("RGB").convert(mode)
    facts = facts_of(encoded(image, "TIFF"))
    assert (facts.problem, facts.mode) == ("", mode)
    assert facts.mean == pytest.approx(127, abs=3)


def test_transparent_is_white_and_white_is_blank() -> None:
    facts = facts_of(encoded(Image.new("RGBA", (80, 80), (0, 0, 0, 0))))
    assert (facts.mean, facts.blank) == (255.0, True)


def test_brightness_is_that_of_the_histogram() -> None:
    image = Image.fromarray(np.repeat(np.arange(100, dtype=np.uint8), 100).reshape(100, 100))
    facts = facts_of(encoded(image))
    assert (facts.mean, facts.p1, facts.p99) == (49.5, 0, 98)
    assert facts.deviation == pytest.approx(28.866, abs=1e-3)


def test_facts_survive_a_table() -> None:
    import sqlite3

    facts = facts_of(encoded(scene(5, (20, 20))))
    base = sqlite3.connect(":memory:")
    try:
        base.execute(f"create table image ({', '.join(COLUMNS)})")
        base.execute(f"insert into image values ({', '.join('?' * len(COLUMNS))})", facts.to_row())
        assert Facts.from_row(base.execute("select * from image").fetchone()) == facts
    finally:
        base.close()
