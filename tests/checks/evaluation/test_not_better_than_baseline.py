from __future__ import annotations

from mlscaffold.model import Status
from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox

CHECK = "evaluation.not-better-than-baseline"


def copy_baseline(project: Sandbox, *, but: int) -> None:
    model = {r.split(",")[0]: r for r in project.read(f"{FIRST}/predictions.csv").splitlines()[1:]}
    lines = project.read(f"{FIRST}/baseline.csv").splitlines()
    better = [k for k, r in model.items() if r.split(",")[1] == r.split(",")[2]]
    wrong = [line.split(",")[0] for line in lines[1:] if line.split(",")[1] != line.split(",")[2]]
    taken = [path for path in better if path in wrong][:but]
    project.write(
        {
            f"{FIRST}/predictions.csv": "\n".join(
                [lines[0], *(model[x.split(",")[0]] if x.split(",")[0] in taken else x for x in lines[1:])]
            )
            + "\n"
        }
    )


def test_far_better(project: Sandbox) -> None:
    passes(project, CHECK)


def test_no_better(project: Sandbox) -> None:
    copy_baseline(project, but=0)
    says(project, CHECK, "accuracy 0.500 is not above the baseline's 0.500: 0 pictures only the model has right")


def test_better_by_what_chance_explains(project: Sandbox) -> None:
    copy_baseline(project, but=4)
    says(
        project,
        CHECK,
        "accuracy 0.527 against 0.500",
        "4 pictures only the model has right, 0 only the baseline",
        status=Status.WARN,
    )


def test_without_a_baseline(project: Sandbox) -> None:
    project.remove(f"{FIRST}/baseline.csv")
    misses(project, CHECK, "baseline.csv is missing")
