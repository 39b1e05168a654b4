from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL

FILE = f"reports/model/{MODEL}/overfit.json"

CHECK = "model.nothing-trainable"


def test_all_trainable(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_everything_frozen(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(trainable=0, parameters=11_200_000))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "0 of 11.2 M parameters are trainable" in found.message


def test_an_optimiser_that_knows_none_of_them(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(losses=[1.1] * 40))
    assert "the loss is 1.1 in all 40 steps" in project.check(CHECK)[0].message


def test_more_than_there_are(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(trainable=10**9))
    assert "which cannot be" in project.check(CHECK)[0].message


def test_a_frozen_backbone_is_fine(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(trainable=387))
    assert project.check(CHECK) == []


def test_an_optimiser_that_was_built_too_early(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["step"]["parameters"].update(optimised=0, moved=0))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "the optimiser knows 0 of 98531 trainable parameters" in found.message


def test_an_optimiser_that_knows_the_head_only(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["step"]["parameters"].update(optimised=243, moved=243))
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "knows 243 of 98531" in found.message


def test_a_step_that_moves_nothing(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["step"]["parameters"].update(moved=0))
    assert "a step moves 0 of 98531 parameters" in project.check(CHECK)[0].message
