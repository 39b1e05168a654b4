from __future__ import annotations

import io

import pytest

from tests.checks.collection.test_annotations import without_pictures
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK, ROSE = "collection.unreadable-image", "data/raw/belt/rose/img0002.png"


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (64, 64)) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(buffer, kind)
    return buffer.getvalue()


def test_whole_pictures_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_collected_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><title>403 Forbidden</title>", "1 file with a picture's name is no picture"),
        (b'{"error": "rate limit"}', "holds JSON"),
        (b"", "1 file is empty"),
        (picture("PNG")[:1500], "1 file is cut off"),
        (b"just some bytes", "no picture"),
    ],
)
def test_what_is_no_picture(project: Sandbox, content: bytes, words: str) -> None:
    project.write({ROSE: content})
    said(project.check(CHECK), "fail", words, ROSE)


def test_half_a_download_among_the_processed_ones(project: Sandbox) -> None:
    project.write({"data/processed/test/belt/half.jpg": picture("JPEG")[:-300]})
    said(project.check(CHECK), "fail", "data/processed/test/belt/half.jpg", "is cut off", "px promised")


def test_a_bomb_is_not_decoded(project: Sandbox) -> None:
    data = bytearray(picture("PNG"))
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    project.write({ROSE: bytes(data)})
    said(project.check(CHECK), "fail", "was not decoded", "10000 million pixels, 100 million at most", ROSE)


def test_an_ending_that_lies_is_a_warning(project: Sandbox) -> None:
    project.write({"data/raw/belt/rose/a.jpg": picture("PNG"), "data/raw/belt/rose/b.jpg": picture("JPEG", "CMYK")})
    said(project.check(CHECK), "warn", "2 pictures are not what their names say", "1 PNG", "1 CMYK JPEG")


def test_pointers_of_git_lfs_are_pictures_elsewhere(project: Sandbox) -> None:
    project.write({ROSE: b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 999\n"})
    said(project.check(CHECK), "unknown", "1 picture kept by Git LFS", "git lfs pull")


def test_a_clone_without_pictures_is_unknown(project: Sandbox) -> None:
    without_pictures(project)
    project.remove("docs/examples")
    said(project.check(CHECK), "unknown", "no picture is on this machine", "420 pictures")


def test_grey_pictures_in_a_coloured_set(project: Sandbox) -> None:
    project.write({ROSE: picture("PNG", "L")})
    assert project.check(CHECK) == []
