from __future__ import annotations

import math

from mlscaffold.model import Status
from tests.conftest import Sandbox
from tests.finished import MODEL, RUN

FILE, TABLE = f"reports/model/{MODEL}/overfit.json", f"reports/training/{RUN}/validation.csv"
CHECK = "model.softmax-twice"


def test_logits(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_there(empty: Sandbox) -> None:
    assert [f.check for f in empty.check(CHECK)] == ["missing"]


def test_the_loss_was_given_probabilities(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["step"].update(loss={"outputs": 3, "least": 0.21, "sums": [0.99999, 1.00001]}))
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "outputs already sum to 1" in found.message
    assert found.fix.startswith("take the softmax out of the model")


def test_logits_that_sum_to_one_by_chance(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p["step"].update(loss={"outputs": 3, "least": -0.4, "sums": [1.0, 1.0]}))
    assert project.check(CHECK) == []


def test_a_curve_that_stays_at_its_floor(project: Sandbox) -> None:
    floor = math.log(1 + 2 / math.e)
    project.edit_json(
        FILE, lambda p: p.update(losses=[1.09] + [floor + 0.3 * 0.9**i for i in range(60)], accuracies=[0.3] + [1.0] * 60)
    )
    assert f"stays at 0.552: {floor:.3f} is the least that softmax of a softmax over 3 classes" in project.check(CHECK)[0].message
    project.edit_json(FILE, lambda p: p.update(accuracies=[0.5] * 61))
    assert project.check(CHECK) == []


def squash(project: Sandbox, power: float) -> None:
    """Give every row softmax of its probabilities (times `power`) in place of them."""

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for row in rows:
            names = [c for c in row if c.startswith("p:")]
            values = [math.exp(power * float(row[c])) for c in names]
            row.update({c: f"{v / sum(values):.7f}" for c, v in zip(names, values, strict=True)})
        return rows

    project.edit_csv(TABLE, change)


def test_probabilities_that_never_pass_their_bound(project: Sandbox) -> None:
    squash(project, 1)
    (found,) = project.check(CHECK)
    assert found.status is Status.FAIL
    assert "no probability of 60 pictures is above 0.5" in found.message
    assert f"{math.e / (math.e + 2):.3f} is the most" in found.message
    assert found.evidence[0].path == TABLE


def test_a_model_that_is_merely_unsure(project: Sandbox) -> None:
    squash(project, 3)  # sharper than the bound
    assert project.check(CHECK) == []
    squash(project, 0.2)  # far below it
    assert project.check(CHECK) == []


def test_an_older_proof_without_a_step(project: Sandbox) -> None:
    project.edit_json(FILE, lambda p: p.pop("step"))
    project.remove("reports/training")
    assert project.check(CHECK) == []
