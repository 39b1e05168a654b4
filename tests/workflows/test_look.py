"""The pictures of a collection, with what is said of each."""

from __future__ import annotations

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.workflows.look import Wish, look, sample
from tests.conftest import Sandbox


def test_every_picture_with_label_split_and_source(project: Sandbox) -> None:
    gallery = look(project.open())

    assert gallery.left_out == 0
    assert gallery.classes == ("daisy", "rose", "tulip")
    assert {s.source for s in gallery.shots} == {"belt"}
    assert {s.split for s in gallery.shots} == {"train", "validation", "eyeball", "test"}
    assert all(s.thumbnail[:2] == b"\xff\xd8" for s in gallery.shots)


def test_only_one_split_or_label(project: Sandbox) -> None:
    gallery = look(project.open(), Wish(split="test", label="rose"))

    assert {(s.split, s.label) for s in gallery.shots} == {("test", "rose")}
    with pytest.raises(ScaffoldError, match="no such picture"):
        look(project.open(), Wish(label="orchid"))


def test_what_a_check_names_is_marked_with_its_words_and_never_left_out(project: Sandbox) -> None:
    project.write({"data/raw/belt/daisy/img0004.png": b"<html>"})
    gallery = look(project.open(), Wish(most=10))
    (spoiled,) = [s for s in gallery.shots if s.path == "belt/daisy/img0004.png"]

    assert len(gallery.shots) == 10
    assert gallery.left_out > 300
    assert "collection.unreadable-image" in spoiled.findings
    assert any(m.startswith("collection.unreadable-image: ") and "img0004.png" in m for m in spoiled.messages)
    assert spoiled.thumbnail == b""


def test_a_sample_keeps_what_must_be_seen_and_the_order() -> None:
    drawn = sample(range(100), {7, 93}, 5)

    assert len(drawn) == 5 and {7, 93} <= set(drawn) and drawn == sorted(drawn)
    assert sample(range(3), set(), 0) == [0, 1, 2]
    assert sample(range(100), set(range(50)), 3) == [0, 1, 2]


def test_where_files_may_hold_no_pictures_there_is_no_gallery(project: Sandbox) -> None:
    project.write(
        {"mlscaffold.toml": 'pictures = "none"\n' + project.read("mlscaffold.toml").replace('pictures = "embed"\n', "")}
    )
    with pytest.raises(ScaffoldError, match='pictures = "none"'):
        look(project.open())
