"""Pictures are drawn for a person to judge, and what was asked is written down."""

from __future__ import annotations

import json

import pytest

from mlscaffold.errors import ScaffoldError, UsageError
from mlscaffold.workflows.judging import FOLDER, form_of, make_form, missing_pictures, picture_bytes
from tests.conftest import Sandbox
from tests.finished import rows_of


def test_a_random_sample_the_same_each_time(project: Sandbox) -> None:
    first = make_form(project.open(), "spot-check", count=20)
    again = make_form(project.open(), "spot-check", count=20)
    other = make_form(project.open(), "spot-check", count=20, seed=1)

    assert [i.path for i in first.asked.items] == [i.path for i in again.asked.items]
    assert {i.path for i in first.asked.items} != {i.path for i in other.asked.items}
    assert first.asked.population > 300
    kept = json.loads(project.read(first.asked.path))
    assert kept["sheet"] == first.asked.digest
    assert first.asked.path.startswith(FOLDER)
    assert first.shown


def test_a_persons_level_is_measured_blind_and_never_on_test(project: Sandbox) -> None:
    form = make_form(project.open(), "human-level", count=30)
    places = {f"data/raw/{r['path']}": r["split"] for r in rows_of((project.root / "data/splits/belt.csv").read_bytes())}

    assert not form.shown
    assert {places[i.path] for i in form.asked.items} <= {"validation", "eyeball"}
    assert "right" not in form.asked.options


def test_the_mistakes_of_the_model_are_no_test_pictures(project: Sandbox) -> None:
    form = make_form(project.open(), "spot-check", of="mistakes")
    places = {f"data/raw/{r['path']}": r["split"] for r in rows_of((project.root / "data/splits/belt.csv").read_bytes())}

    assert form.asked.of == "mistakes"
    assert {places[i.path] for i in form.asked.items} <= {"validation", "eyeball"}
    assert 0 < form.asked.population < 100


def test_named_pictures_are_asked_in_order(project: Sandbox) -> None:
    form = make_form(project.open(), "relabel", paths=["belt/daisy/img0004.png", "data/raw/belt/daisy/img0001.png"])

    assert [i.path for i in form.asked.items] == ["data/raw/belt/daisy/img0001.png", "data/raw/belt/daisy/img0004.png"]
    with pytest.raises(UsageError, match=r"1 of 1 pictures have no annotation, first belt/none\.png"):
        make_form(project.open(), "relabel", paths=["belt/none.png"])


def test_nothing_to_judge_too_much_to_judge_and_pictures_that_may_not_leave(project: Sandbox) -> None:
    with pytest.raises(ScaffoldError, match="no picture to judge"):
        make_form(project.open(), "review")
    with pytest.raises(UsageError, match="1 to 1000"):
        make_form(project.open(), "spot-check", count=5000)
    project.write(
        {"mlscaffold.toml": 'pictures = "none"\n' + project.read("mlscaffold.toml").replace('pictures = "embed"\n', "")}
    )
    with pytest.raises(ScaffoldError, match='pictures = "none"'):
        make_form(project.open(), "spot-check")


def test_pictures_on_the_form_are_small_and_absent_ones_are_counted(project: Sandbox) -> None:
    form = make_form(project.open(), "spot-check", count=3)
    assert picture_bytes(project.open(), form.asked.items[0].path)[:2] == b"\xff\xd8"
    project.remove(form.asked.items[0].path)
    assert missing_pictures(project.open(), form.asked) == 1
    assert picture_bytes(project.open(), form.asked.items[0].path) == b""
    assert form_of(form.asked).choices == form.choices
