from __future__ import annotations

import pytest

from mlscaffold.evidence.spelled import with_digits


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ninety-four percent are right", "94 % are right"),
        ("Ninety four point two per cent", "94.2 %"),
        ("vierundneunzig Prozent", "94 %"),
        ("sechzehn Komma fünf Prozent", "16.5 %"),
        ("one hundred percent", "100 %"),
        ("百分之九十四点二的图片", "94.2%的图片"),
        ("百分之十五、百分之八、百分之百", "15%、8%、100%"),
        ("准确率为９４．２％", "准确率为94.2%"),
        ("ninety-four of the forms were blank", "ninety-four of the forms were blank"),
        ("someone percent", "someone percent"),
    ],
)
def test_percentages_in_words(text: str, wanted: str) -> None:
    assert with_digits(text) == wanted
