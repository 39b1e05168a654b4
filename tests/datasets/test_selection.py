"""Selections by columns of the annotations, by source and by group."""

from __future__ import annotations

import pytest

from mlscaffold.datasets.annotations import Annotation, Collection, Medium
from mlscaffold.datasets.selection import selected
from mlscaffold.errors import UsageError


def medium(path: str, group: str = "", **attributes: str) -> Medium:
    return Medium(path, path.split("/", maxsplit=1)[0], Annotation(path, "x", group, attributes), "annotations.csv")


PICTURES = Collection(
    (
        medium("shop/a.png"),
        medium("shop/b.png", "p1"),
        medium("phone/c.png", "p1", light="night"),
        medium("phone/d.png", "p2", light="day"),
        medium("phone/e.png", light="night"),
    ),
    (),
    (),
)


@pytest.mark.parametrize(
    ("where", "paths"),
    [
        ("light=night", {"phone/c.png", "phone/e.png"}),
        ("source=shop", {"shop/a.png", "shop/b.png"}),
        ("group=p1", {"shop/b.png", "phone/c.png"}),
        (" source = phone ;light = day;", {"phone/d.png"}),
        ("source=shop; light=day", set()),
        ("patient=p1", {"shop/b.png", "phone/c.png"}),
    ],
)
def test_conditions_must_all_hold(where: str, paths: set[str]) -> None:
    assert selected(PICTURES, where) == paths


@pytest.mark.parametrize(
    ("where", "words", "hint"),
    [
        ("night", "selects nothing", "--where light=night"),
        ("light=", "selects nothing", "--where light=night"),
        (";", "selects nothing", "--where light=night"),
        ("lihgt=night", 'No annotation file has a column "lihgt"', "Is light meant?"),
        ("light=nigth", 'light is never "nigth"', 'Is "night" meant?'),
        ("source=shp", 'source is never "shp"', 'Is "shop" meant?'),
    ],
)
def test_a_selection_that_means_nothing_is_told_with_what_is_meant(where: str, words: str, hint: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        selected(PICTURES, where)
    assert hint in caught.value.hint
