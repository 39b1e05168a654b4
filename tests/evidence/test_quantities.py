from __future__ import annotations

import pytest

from mlscaffold.evidence.quantities import read


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 797 grey pictures", (1797,)),
        ("1,200 images", (1200,)),
        ("1.200 Bilder", (1200,)),
        ("我们收集了1 200张照片", (1200,)),
        ("forty-two photographs", (42,)),
        ("300 pictures a week, 40 pictures each, 40 Bilder je Klasse, 每类200张图片", ()),
        ("7 pictures", ()),
    ],
)
def test_pictures(text: str, numbers: tuple[int, ...]) -> None:
    assert read(text).pictures == numbers


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("sorted into 12 different classes", ((12, True),)),
        ("zwölf Klassen: Rose", ((12, True),)),
        ("数据分为十二个类别", ((12, True),)),
        ("two classes look alike, 这两类很相似", ((2, False), (2, False))),
        ("a class of its own, version 2.5 classes", ()),
    ],
)
def test_classes(text: str, claims: tuple[tuple[int, bool], ...]) -> None:
    assert read(text).classes == claims


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("640x480 photos", ((640, 480),)),
        ("640 × 480 Pixel", ((640, 480),)),
        ("eight by eight pixels", ((8, 8),)),
        ("acht mal acht Pixel", ((8, 8),)),
        ("一百乘一百像素", ((100, 100),)),
        ("resized to 224 x 224 pixels", ()),
        ("2 x 3 cameras", ()),
    ],
)
def test_sizes(text: str, sizes: tuple[tuple[int, int], ...]) -> None:
    assert read(text).sizes == sizes
