from __future__ import annotations

import subprocess
from pathlib import Path

from mlscaffold.workflows.acceptance import change
from mlscaffold.workflows.round import start_round
from tests.checks.stories import absent, said
from tests.conftest import Sandbox

CHECK = "problem.target-moved"


def test_targets_that_stayed_pass(project: Sandbox) -> None:
    assert project.check(CHECK) == []


def test_nothing_decided_is_something_to_do(empty: Sandbox) -> None:
    assert absent(empty.check(CHECK))


def test_a_lowered_threshold_after_the_result_is_found_also_when_committed(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.8")
    for _ in range(2):
        assert said(project.check(CHECK), "fail", "1 target made easier", "accuracy on test: at least 0.85, now at least 0.8")
        project.commit("fix typo")


def test_another_metric_and_a_threshold_that_went_away(project: Sandbox) -> None:
    project.replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = "f1_macro"')
    project.replace("acceptance.toml", 'metric = "recall"', 'metric = "precision"')
    assert said(project.check(CHECK), "fail", "2 targets", "metric to optimise: accuracy, now f1_macro", "recall of rose on test")


def test_a_stricter_target_and_a_reformatted_file_are_fine(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.9")
    assert project.check(CHECK) == []
    project.write({"acceptance.toml": "# agreed on 3 November\n" + project.read("acceptance.toml").replace("0.75", "0.750")})
    assert project.check(CHECK) == []


def test_a_change_before_there_was_a_result_is_fine(empty: Sandbox) -> None:
    text = 'schema = 1\n[metric]\noptimise = "accuracy"\n[[thresholds]]\nmetric = "accuracy"\nmin = 0.9\n'
    empty.write({"acceptance.toml": text})
    empty.commit("targets")
    empty.write({"acceptance.toml": text.replace("0.9", "0.8")})
    assert empty.check(CHECK) == []


def test_a_recorded_change_is_fine_and_the_next_one_is_not(project: Sandbox) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.8")
    change(project.open(), reason="Grace accepts four wrong bunches in a hundred more", who="Ada Byron")
    assert project.check(CHECK) == []
    project.replace("acceptance.toml", "min = 0.8 }", "min = 0.7 }")
    assert said(project.check(CHECK), "fail", "after the record .mlscaffold/acceptance/1.toml", "now at least 0.7")


def test_a_new_round_may_agree_anew(project: Sandbox) -> None:
    project.sign()
    project.commit("signed")
    start_round(project.open(), "the lamps over lane two were changed", who="Ada Byron")
    project.commit("round 2")
    project.replace("acceptance.toml", "min = 0.85", "min = 0.8")
    assert project.check(CHECK) == []


def test_a_shallow_clone_cannot_tell(project: Sandbox, tmp_path: Path) -> None:
    project.replace("acceptance.toml", "min = 0.85", "min = 0.8")
    project.commit("fix typo")
    clone = Sandbox(tmp_path / "clone")
    subprocess.run(["git", "clone", "-q", "--depth", "1", project.root.as_uri(), str(clone.root)], check=True)
    assert [f.status.value for f in clone.check(CHECK)] == ["unknown"]


def test_more_is_tolerated(project: Sandbox) -> None:
    project.replace("acceptance.toml", "drop = 0.01", "drop = 0.2")
    said(project.check(CHECK), "fail", "1 target made easier", "tolerable drop: 0.01, now 0.2")
    project.replace("acceptance.toml", "drop = 0.2", "drop = 0.005")
    assert project.check(CHECK) == []
