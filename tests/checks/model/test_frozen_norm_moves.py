from __future__ import annotations

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL

FILE = f"reports/model/{MODEL}/overfit.json"
CHECK = "model.frozen-norm-moves"


def norms(project: Sandbox, layers: int, frozen: int, moved: int) -> None:
    """Layers of batch norm in the watched step."""
    project.edit_json(FILE, lambda p: p["step"].update(batch_norm={"layers": layers, "frozen": frozen, "frozen_moved": moved}))


def test_nothing_frozen(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_twenty_layers_move(project: Sandbox) -> None:
    norms(project, 20, 20, 20)
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert "20 of 20 frozen layers of batch norm update their statistics in a step; 0 wanted" in found.message


def test_one_layer_moves(project: Sandbox) -> None:
    norms(project, 20, 8, 1)
    assert "1 of 8 frozen layers of batch norm updates its statistics" in project.check(CHECK)[0].message


def test_frozen_and_at_rest(project: Sandbox) -> None:
    norms(project, 20, 20, 0)
    assert project.check(CHECK) == []


def test_an_older_proof(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.pop("step"))
    assert project.check(CHECK) == []
