from __future__ import annotations

import pytest

from tests.checks.stories import FIRST, SECOND, absent, said
from tests.conftest import Sandbox
from tests.finished import RUN

CHECK, FILE = "research.baseline-suffices", "acceptance.toml"


def accept(project: Sandbox, thresholds: str, *, optimise: str = "accuracy") -> None:
    """Accept by these thresholds."""
    text = (
        f'schema = 1\n[metric]\noptimise = "{optimise}"\n{thresholds}\n[baseline]\nrule = "majority"\nwhy = "It costs nothing."\n'
    )
    project.write({FILE: text})


def good(rows: list[dict[str, str]], share: float) -> list[dict[str, str]]:
    """The same rows with this share of right answers, evenly spread."""
    classes = [key[2:] for key in rows[0] if key.startswith("p:")]
    for number, row in enumerate(rows):
        answer = row["label"] if number % 100 < share * 100 else classes[(classes.index(row["label"]) + 1) % 3]
        row.update({"prediction": answer} | {f"p:{c}": "1.0" if c == answer else "0.0" for c in classes})
    return rows


def test_a_baseline_below_the_target_passes(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_decided_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_a_baseline_that_meets_the_target(project: Sandbox) -> None:
    project.edit_csv(f"{SECOND}/baseline.csv", lambda rows: good(rows, 0.94))
    accept(project, '[[thresholds]]\nmetric = "accuracy"\nmin = 0.9')
    found = said(project.check(CHECK), "warn", "0.960 (0.915 to 0.982)", "accuracy ≥ 0.9 on test", "150 pictures of test", FILE)
    assert found.evidence[1].path == f"{SECOND}/baseline.csv"


@pytest.mark.parametrize(
    ("thresholds", "optimise"),
    [
        ('[[thresholds]]\nmetric = "f1_macro"\nmin = 0.5', "f1_macro"),
        ('[[thresholds]]\nmetric = "recall"\nclass = "rose"\nmin = 0.5', "accuracy"),
        ('[[thresholds]]\nmetric = "accuracy"\nmin = 0.5\n[[thresholds]]\nmetric = "size_bytes"\nmax = 10', "accuracy"),
    ],
)
def test_other_metrics_of_quality(project: Sandbox, thresholds: str, optimise: str) -> None:
    project.edit_csv(f"{SECOND}/baseline.csv", lambda rows: good(rows, 0.94))
    accept(project, thresholds, optimise=optimise)
    said(project.check(CHECK), "warn", "already meets the target")


def test_one_wish_that_it_does_not_meet_is_enough(project: Sandbox) -> None:
    project.edit_csv(f"{SECOND}/baseline.csv", lambda rows: good(rows, 0.94))
    accept(
        project, '[[thresholds]]\nmetric = "accuracy"\nmin = 0.9\n[[thresholds]]\nmetric = "recall"\nclass = "rose"\nmin = 0.99'
    )
    assert project.check(CHECK) == []


def test_wishes_about_the_export_alone_say_nothing(project: Sandbox) -> None:
    accept(project, '[[thresholds]]\nmetric = "size_bytes"\nmax = 10')
    assert project.check(CHECK) == []


def test_before_the_evaluation_validation_tells(project: Sandbox) -> None:
    project.remove("reports/evaluation")
    project.edit_csv(f"reports/training/{RUN}/baseline.csv", lambda rows: good(rows, 0.94))
    accept(project, '[[thresholds]]\nmetric = "accuracy"\nmin = 0.9')
    said(project.check(CHECK), "warn", "60 pictures of validation", "1.000 (0.940 to 1.000)")
    project.remove("reports")
    assert project.check(CHECK) == []


def test_a_baseline_of_training_pictures_is_not_taken_for_one(project: Sandbox) -> None:
    for folder in (FIRST, SECOND):
        project.edit_csv(
            f"{folder}/baseline.csv",
            lambda rows: [r | {"path": r["path"].replace("test/", "train/", 1)} for r in good(rows, 1.0)],
        )
    assert project.check(CHECK) == []
