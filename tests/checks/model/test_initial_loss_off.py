from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL

FILE = f"reports/model/{MODEL}/overfit.json"

CHECK = "model.initial-loss-off"


def test_it_begins_with_guessing(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_inputs_that_are_not_normalised(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(initial_loss=14.2, losses=[14.2, *p["losses"]]))
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "the loss begins at 14.2; guessing among 3 classes gives 1.1" in found.message


def test_it_knew_the_answers(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(initial_loss=0.01, losses=[0.01, *p["losses"][-3:]]))
    assert "begins at 0.01" in project.check(CHECK)[0].message


def test_a_number_that_the_curve_does_not_show(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.update(initial_loss=2.2))
    assert "initial_loss is 2.2, the curve begins at 1.09" in project.check(CHECK)[0].message
