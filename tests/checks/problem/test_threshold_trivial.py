from __future__ import annotations

from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK = "problem.threshold-trivial"


def imbalanced(project: Sandbox) -> None:
    """Test labels of which 70 % are roses."""
    rows = iter(range(150))
    project.edit_csv(
        "data/splits/belt.csv",
        lambda table: [
            {**r, "label": "rose" if next(rows) % 10 < 7 else r["label"]} if r["split"] == "test" else r for r in table
        ],
    )


def test_a_threshold_above_the_majority_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_decided_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_a_threshold_that_one_answer_reaches(project: Sandbox) -> None:
    imbalanced(project)
    project.replace("acceptance.toml", "min = 0.85", "min = 0.62")
    said(project.check(CHECK), "fail", 'always answering "rose"', "on 150 test pictures", "acceptance.toml")


def test_chance_level_of_a_macro_metric(project: Sandbox) -> None:
    project.write(
        {"acceptance.toml": '[metric]\noptimise = "recall_macro"\n[[thresholds]]\nmetric = "recall_macro"\nmin = 0.3\n'}
    )
    said(project.check(CHECK), "fail", "0.33 on 150")


def test_a_side_condition_is_a_warning(project: Sandbox) -> None:
    imbalanced(project)
    project.write({"acceptance.toml": '[metric]\noptimise = "f1_macro"\n[[thresholds]]\nmetric = "accuracy"\nmin = 0.5\n'})
    said(project.check(CHECK), "warn", "accuracy ≥ 0.5")


def test_without_splits_nothing_can_be_said_yet(project: Sandbox) -> None:
    project.remove("data/splits")
    project.remove("data/processed")
    project.replace("acceptance.toml", "min = 0.85", "min = 0.01")
    assert project.check(CHECK) == []
