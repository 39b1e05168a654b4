"""Run lengths and brushes, and pycocotools as the second opinion on them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscaffold.datasets.brush import pack_brush, unpack_brush
from mlscaffold.datasets.masks import area, drawn, from_pixels, mask_box, mask_of, pack, pixels, unpack

BITS = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda size: st.lists(st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]).map(
        lambda bits: np.array(bits).reshape(size)
    )
)


@given(rows=BITS)
def test_a_mask_comes_back_from_every_way_to_write_it(rows: np.ndarray) -> None:
    mask = from_pixels(rows)
    assert (pixels(mask) == rows).all()
    assert mask_of(mask.width, mask.height, unpack(pack(mask.counts))) == mask
    assert unpack_brush(pack_brush(mask), mask.width, mask.height) == mask
    assert area(mask) == rows.sum()
    ys, xs = np.nonzero(rows)
    box = (float(xs.min()), float(ys.min()), float(np.ptp(xs) + 1), float(np.ptp(ys) + 1)) if xs.size else None
    assert mask_box(mask) == box


@given(rows=BITS)
def test_pycocotools_reads_and_writes_the_same(rows: np.ndarray) -> None:
    theirs = pytest.importorskip("pycocotools.mask", reason="pycocotools is not installed")
    encoded = theirs.encode(np.asfortranarray(rows.astype(np.uint8)))
    mask = from_pixels(rows)
    assert pack(mask.counts) == encoded["counts"].decode()
    assert mask_of(mask.width, mask.height, unpack(encoded["counts"].decode())) == mask
    assert area(mask) == theirs.area(encoded)
    if rows.any():
        assert list(mask_box(mask) or ()) == theirs.toBbox(encoded).tolist()


def test_outlines_are_drawn_by_the_centres_of_pixels() -> None:
    square = drawn([(2.0, 2.0, 5.0, 2.0, 5.0, 5.0, 2.0, 5.0)], (9, 7))
    assert mask_box(square) == (2.0, 2.0, 3.0, 3.0)
    assert area(square) == 9
    assert area(drawn([(2.0, 2.0, 5.0, 2.0, 5.0, 5.0, 2.0, 5.0), (3.0, 3.0, 9.0, 3.0, 9.0, 7.0, 3.0, 7.0)], (9, 7))) == 9 + 24 - 4
    assert area(drawn([(-9.0, -9.0, 99.0, -9.0, 99.0, 99.0, -9.0, 99.0)], (9, 7))) == 63


@pytest.mark.parametrize(
    ("width", "height", "counts", "words"),
    [
        (2, 2, [1, 2], "run lengths of 3 pixels"),
        (2, 2, [5, -1], "below zero"),
        (0, 2, [], "0 × 2"),
        (10**6, 10**6, [10**12], "pixels are wanted"),
    ],
)
def test_run_lengths_that_do_not_fill_the_picture_are_refused(width: int, height: int, counts: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        mask_of(width, height, counts)


@pytest.mark.parametrize("text", ["o", "\x7f", "0é", "ooooooooooooooooooooo0"])
def test_compressed_text_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="compressed run lengths"):
        unpack(text)


@pytest.mark.parametrize(
    ("data", "words"),
    [([1, 2], "middle"), ([0, 0, 0, 4, 0, 0, 0, 0], "holds 4 values"), ([300], "no bytes"), ([True], "no bytes")],
)
def test_brushes_that_are_none_are_refused(data: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        unpack_brush(data, 2, 2)
