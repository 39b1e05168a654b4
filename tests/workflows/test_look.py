"""The pictures of a collection, with what is said of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mlscaffold.errors import ScaffoldError
from mlscaffold.workflows.look import look, thumbnails
from tests.conftest import Sandbox


def test_every_picture_with_label_split_and_source(project: Sandbox) -> None:
    gallery = look(project.open())

    assert gallery.left_out == 0
    assert gallery.classes == ("daisy", "rose", "tulip")
    assert {s.source for s in gallery.shots} == {"belt"}
    assert {s.split for s in gallery.shots} == {"train", "validation", "eyeball", "test"}
    assert all(s.thumbnail[:2] == b"\xff\xd8" for s in gallery.shots)


def test_only_one_split_or_label(project: Sandbox) -> None:
    gallery = look(project.open(), split="test", label="rose")

    assert {(s.split, s.label) for s in gallery.shots} == {("test", "rose")}
    with pytest.raises(ScaffoldError, match="no such picture"):
        look(project.open(), label="orchid")


def test_what_a_check_names_is_marked_and_never_left_out(project: Sandbox) -> None:
    project.write({"data/raw/belt/daisy/img0004.png": b"<html>"})
    gallery = look(project.open(), most=10)
    (spoiled,) = [s for s in gallery.shots if s.path == "belt/daisy/img0004.png"]

    assert len(gallery.shots) == 10
    assert gallery.left_out > 300
    assert "collection.unreadable-image" in spoiled.findings
    assert spoiled.thumbnail == b""


def test_any_executor_draws_thumbnails_in_order(project: Sandbox) -> None:
    paths = sorted((project.root / "data/raw/belt").rglob("*.png"))[:80]
    with ThreadPoolExecutor(2) as executor:
        assert thumbnails(paths, executor=executor) == thumbnails(paths[:40]) + thumbnails(paths[40:])


def test_where_files_may_hold_no_pictures_there_is_no_gallery(project: Sandbox) -> None:
    project.write(
        {"mlscaffold.toml": 'pictures = "none"\n' + project.read("mlscaffold.toml").replace('pictures = "embed"\n', "")}
    )
    with pytest.raises(ScaffoldError, match='pictures = "none"'):
        look(project.open())
