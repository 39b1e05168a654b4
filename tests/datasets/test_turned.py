from __future__ import annotations

import io
import random
from itertools import combinations

import pytest
from PIL import Image, ImageFilter

from mlscaffold.datasets.images import Facts, facts_of
from mlscaffold.datasets.turned import turned_pairs

TURNS = {
    "left": Image.Transpose.ROTATE_90,
    "over": Image.Transpose.ROTATE_180,
    "right": Image.Transpose.ROTATE_270,
    "upside down": Image.Transpose.FLIP_TOP_BOTTOM,
    "transposed": Image.Transpose.TRANSPOSE,
    "transverse": Image.Transpose.TRANSVERSE,
}


def scene(seed: int, size: tuple[int, int] = (120, 90)) -> Image.Image:
    """A picture with shapes at random places."""
    chance = random.Random(seed)
    picture = Image.new("RGB", size, "white")
    for _ in range(9):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        picture.paste((chance.randrange(256), chance.randrange(256), 40), (x, y, x + size[0] // 3, y + size[1] // 4))
    return picture.filter(ImageFilter.GaussianBlur(1))


def facts(picture: Image.Image, **options: object) -> Facts:
    content = io.BytesIO()
    picture.save(content, "JPEG" if options else "PNG", **options)
    return facts_of(content.getvalue())


@pytest.mark.parametrize("name", TURNS)
@pytest.mark.parametrize("size", [(120, 90), (40, 28)])
def test_turned_copies_are_found(name: str, size: tuple[int, int]) -> None:
    known = {f"other-{n}": facts(scene(100 + n, size)) for n in range(20)}
    known |= {"one": facts(scene(1, size)), "copy": facts(scene(1, size).transpose(TURNS[name]))}
    assert [(p.first, p.second) for p in turned_pairs(known)] == [("copy", "one")]


def test_saved_at_quality_80() -> None:
    known = {"one": facts(scene(2)), "copy": facts(scene(2).transpose(Image.Transpose.ROTATE_90), quality=80)}
    assert len(turned_pairs(known)) == 1


def test_different_pictures_are_not_alike() -> None:
    assert turned_pairs({str(n): facts(scene(n)) for n in range(60)}) == []


def test_a_symmetric_picture_is_no_copy_of_itself() -> None:
    square = Image.new("L", (80, 80), 255)
    square.paste(0, (20, 20, 60, 60))
    assert turned_pairs({"a": facts(square), "b": facts(square)}) == []


def test_few_pictures() -> None:
    assert turned_pairs({}) == []
    assert turned_pairs({"one": facts(scene(1))}) == []


def test_every_pair_once() -> None:
    known = {"a": facts(scene(3)), "b": facts(scene(3).rotate(90, expand=True)), "c": facts(scene(3).rotate(180))}
    assert {(p.first, p.second) for p in turned_pairs(known)} == set(combinations("abc", 2))
