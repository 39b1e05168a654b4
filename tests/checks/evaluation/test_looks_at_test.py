from __future__ import annotations

import shutil

from mlscaffold.model import Status
from tests.checks.stories import FIRST, misses, passes, says
from tests.conftest import Sandbox
from tests.finished import EVALUATED

CHECK = "evaluation.looks-at-test"


def look_again(project: Sandbox, times: int) -> None:
    for i in range(times):
        folder = f"reports/evaluation/20261101T13000{i}Z-ada-loo"
        shutil.copytree(project.root / FIRST, project.root / folder)
        project.edit_json(f"{folder}/provenance.json", lambda p, i=i: p["checkpoint"].update(digest=str(i) * 64))  # type: ignore[misc]


def test_two_looks_are_expected(project: Sandbox) -> None:
    passes(project, CHECK)


def test_many_looks_cost(project: Sandbox) -> None:
    look_again(project, 8)
    found = says(project, CHECK, "10 checkpoints were evaluated on test", "count on 0.898, not 0.940", status=Status.WARN)
    assert found.effect and round(found.effect.corrected, 3) == 0.898


def test_looks_at_an_older_test_set_do_not_count(project: Sandbox) -> None:
    look_again(project, 8)
    for i in range(8):
        folder = f"reports/evaluation/20261101T13000{i}Z-ada-loo"
        project.edit_json(f"{folder}/provenance.json", lambda p: p["data"]["test"].update(digest="a" * 64))
    passes(project, CHECK)


def test_a_threshold_chosen_on_test(project: Sandbox) -> None:
    project.edit_json(
        f"reports/evaluation/{EVALUATED}/provenance.json",
        lambda p: p["decisions"].append({"what": "decision threshold 0.37", "by": "f1_macro", "split": "test"}),
    )
    says(project, CHECK, "decision threshold 0.37 was chosen on test by f1_macro")


def test_without_an_evaluation(project: Sandbox) -> None:
    project.remove(FIRST)
    misses(project, CHECK, "no evaluation")


def test_a_decision_on_a_named_test_set(project: Sandbox) -> None:
    choice = {"what": "threshold", "by": "f1", "split": "test-night"}
    project.edit_json(f"{FIRST}/provenance.json", lambda p: p.update(decisions=[choice]))
    says(project, CHECK, "threshold was chosen on test-night by f1; choose it on validation")
