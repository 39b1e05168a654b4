from __future__ import annotations

import pytest

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import RUN

FOLDER = f"reports/training/{RUN}"
CURVES = f"{FOLDER}/metrics.csv"
CHECK = "training.stopped-early"


def losses(project: Sandbox, train: list[float], val: list[float], *, lr: list[float] | None = None) -> None:
    """Other curves, as long as these losses."""

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        known = [dict(rows[min(i, len(rows) - 1)], epoch=str(i)) for i in range(len(train))]
        for i, row in enumerate(known):
            row.update(train_loss=f"{train[i]:.6f}", val_loss=f"{val[i]:.6f}", lr=str(lr[i] if lr else 0.001))
        return known

    project.edit_csv(CURVES, change)


def falling(start: float, rate: float, epochs: int = 10) -> list[float]:
    return [start * (1 - rate) ** i for i in range(epochs)]


def test_a_run_that_has_ended(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


@pytest.mark.parametrize(("rate", "epochs"), [(0.03, 10), (0.05, 6), (0.02, 40), (0.2, 4)])
def test_both_losses_still_fall(project: Sandbox, rate: float, epochs: int) -> None:
    losses(project, falling(1.0, rate, epochs), falling(1.1, rate, epochs))
    (found,) = project.check(CHECK)
    assert found.status is Status.WARN
    assert f"val_loss still falls by {100 * rate:.0f} % an epoch" in found.message
    assert f"epoch {epochs - 1} ({epochs} epochs)" in found.message
    assert found.evidence[0].line == epochs + 1
    assert found.fix == f"python -m flower_sorter.train --trainer.max_epochs {2 * epochs}"


def test_only_the_training_loss_falls(project: Sandbox) -> None:
    losses(project, falling(1.0, 0.05), [0.7 - 0.001 * (i % 3) for i in range(10)])
    assert project.check(CHECK) == []


def test_hardly_falling_any_more(project: Sandbox) -> None:
    losses(project, falling(0.9, 0.004), falling(1.0, 0.004))
    assert project.check(CHECK) == []


def test_small_losses_whose_fall_chance_explains(project: Sandbox) -> None:
    losses(project, falling(0.08, 0.05), falling(0.09, 0.05))
    assert project.check(CHECK) == []


def test_the_last_epochs_of_a_schedule(project: Sandbox) -> None:
    rates = [0.001 * (1 - i / 10) ** 2 for i in range(10)]
    losses(project, falling(0.3, 0.05), falling(0.35, 0.05), lr=rates)
    loud = len(project.check(CHECK))
    losses(project, falling(0.12, 0.1), falling(0.14, 0.12), lr=rates)
    assert (loud, project.check(CHECK)) == (0, [])


def test_stopped_by_early_stopping(project: Sandbox) -> None:
    losses(project, falling(1.0, 0.03), falling(1.1, 0.03))
    project.edit_json(f"{FOLDER}/provenance.json", lambda p: p["limits"].update(stopped="early stopping"))
    assert project.check(CHECK) == []


def test_too_few_epochs_to_tell(project: Sandbox) -> None:
    losses(project, falling(1.0, 0.1, 3), falling(1.1, 0.1, 3))
    assert project.check(CHECK) == []
