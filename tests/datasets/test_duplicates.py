from collections.abc import Callable
from dataclasses import replace
from random import Random
from time import process_time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from mlscaffold.datasets.duplicates import exact_groups, join, near_groups, near_pairs, pixel_groups
from mlscaffold.datasets.images import Facts, facts_of
from tests.datasets.pictures import encoded, scene


def _facts(pictures: dict[str, Image.Image]) -> dict[str, Facts]:
    return {name: facts_of(encoded(image)) for name, image in pictures.items()}


@pytest.mark.parametrize(
    "copy",
    [
        lambda i: encoded(i, "JPEG", quality=50),
        lambda i: encoded(i, "WEBP"),
        lambda i: encoded(i.resize((120, 90))),
        lambda i: encoded(i.convert("L")),
        lambda i: encoded(ImageEnhance.Brightness(i).enhance(1.15)),
        lambda i: encoded(ImageEnhance.Contrast(i).enhance(0.6)),
        lambda i: encoded(ImageOps.mirror(i)),
    ],
)
def test_a_picture_saved_again_is_found_and_no_other(copy: Callable[[Image.Image], bytes]) -> None:
    facts: dict[str, Facts] = {}
    for seed in range(30):
        image = scene(seed, (240, 180))
        facts |= {f"{seed:02}": facts_of(encoded(image)), f"{seed:02}-copy": facts_of(copy(image))}
    assert near_groups(facts) == [(f"{seed:02}", f"{seed:02}-copy") for seed in range(30)]


def test_a_mirrored_pair_says_so() -> None:
    image = scene(1)
    pair = near_pairs(_facts({"a": image, "b": ImageOps.mirror(image)}))
    assert [(p.first, p.second, p.mirrored) for p in pair] == [("a", "b", True)]


def test_equal_bytes_and_equal_pixels() -> None:
    image = scene(1)
    facts = {"a": facts_of(encoded(image)), "b": facts_of(encoded(image)), "c": facts_of(encoded(image, "BMP"))}
    assert exact_groups(facts) == [("a", "b")]
    assert pixel_groups(facts) == near_groups(facts) == [("a", "b", "c")]


def test_different_digits_are_never_alike() -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    for side in (8, 28):
        pictures = {
            f"{label}-{i}": Image.fromarray((image * 15.9).astype(np.uint8)).resize((side, side))
            for i, (image, label) in enumerate(zip(digits.images, digits.target, strict=True))
        }
        assert [p for p in near_pairs(_facts(pictures)) if p.first[0] != p.second[0]] == []


def test_tiny_digits_saved_again_at_quality_80_are_found() -> None:
    from sklearn.datasets import load_digits

    known: dict[str, Facts] = {}
    for n, values in enumerate(load_digits().images[:100]):
        digit = Image.fromarray((values * 15.9).astype(np.uint8))
        known |= _facts({f"{n}": digit}) | {f"{n}-again": facts_of(encoded(digit, "JPEG", quality=80))}
    found = {(p.first, p.second) for p in near_pairs(known)}
    assert found <= {(f"{n}", f"{n}-again") for n in range(100)}
    assert len(found) >= 85  # eight by eight pixels: some are unlike themselves after that


def test_product_shots_on_white_are_told_apart() -> None:
    pictures = {}
    chance = Random(0)
    for i in range(40):
        image = Image.new("RGB", (200, 200), "white")
        x, y = chance.randrange(40, 90), chance.randrange(30, 90)
        box = (x, y, x + chance.randrange(40, 100), y + chance.randrange(40, 100))
        draw = ImageDraw.Draw(image)
        (draw.ellipse if i % 2 else draw.rectangle)(box, fill=tuple(chance.randrange(200) for _ in range(3)))
        pictures[f"{i:02}"] = image
    pairs = near_pairs(_facts(pictures))
    assert {(p.first, p.second) for p in pairs if p.rms > 12} == set()
    assert len(pairs) <= 2


def test_small_pictures_need_equal_pixels_or_nearly() -> None:
    chance = np.random.default_rng(0)
    image = chance.integers(40, 200, (20, 20), dtype=np.uint8)
    close, far = image.copy(), image.copy()
    close[3:5] += 4
    far[3:5] = 255
    pairs = near_pairs(_facts({name: Image.fromarray(a) for name, a in {"a": image, "close": close, "far": far}.items()}))
    assert [(p.first, p.second) for p in pairs] == [("a", "close")]


def test_blank_pictures_are_like_nothing() -> None:
    assert near_pairs(_facts({"a": Image.new("L", (80, 80), 250), "b": Image.new("L", (80, 80), 251)})) == []
    assert near_pairs({}) == []


def test_a_long_chain_is_cut_by_the_strict_rule() -> None:
    width, chain = 30, {}
    for i in range(width):
        bits = (1 << 2 * i) - 1  # each differs from the next in two bits, from the last in 58
        chain[f"{i:02}"] = replace(facts_of(encoded(scene(0))), pixels=str(i), phash=bits - (1 << 64) * (bits >> 63), mirrored=-1)
    pairs = near_pairs(chain)
    loose = [replace(pair, rms=9.0) for pair in pairs]
    assert [len(group) for group in near_groups(chain, loose)] == []
    assert [len(group) for group in near_groups(chain, loose, largest=30)] == [30]


def test_five_thousand_pictures_take_well_under_a_second() -> None:
    chance = Random(0)
    base = facts_of(encoded(scene(0)))
    facts = {
        str(i): replace(
            base,
            pixels=str(i),
            phash=chance.getrandbits(64) - (1 << 63),
            mirrored=chance.getrandbits(64) - (1 << 63),
            thumb=chance.randbytes(256),
        )
        for i in range(5000)
    }
    start = process_time()
    assert near_pairs(facts) == []
    assert process_time() - start < 1.0


def test_join_gives_connected_components() -> None:
    assert join([("b", "a"), ("c", "b"), ("x", "y"), ("z", "z")]) == [("a", "b", "c"), ("x", "y")]


def test_the_order_of_names_decides_nothing_of_mirrored_pairs() -> None:
    import numpy as np

    from mlscaffold.datasets.duplicates import candidates

    hashes, flipped = np.array([0, 255], dtype=np.int64), np.array([7, 1], dtype=np.int64)  # 1 bit one way, 5 the other
    for order in ([0, 1], [1, 0]):
        assert candidates(hashes[order], flipped[order], radius=4)[0].size == 0
        first, second, bits, mirrored = candidates(hashes[order], flipped[order], radius=5)
        assert (first.tolist(), second.tolist(), bits.tolist(), mirrored.tolist()) == ([0], [1], [5], [True])
