from __future__ import annotations

from typing import Any

import pytest

from mlscaffold.model import Status
from tests.checks.stories import passes, says
from tests.conftest import Sandbox
from tests.finished import EVALUATED, RETESTED, RUN, TUNED

CHECK = "project.time-contradicts"
TRAINING, EVALUATION = f"reports/training/{RUN}/provenance.json", f"reports/evaluation/{EVALUATED}/provenance.json"


def set_times(project: Sandbox, path: str, **times: str) -> None:
    def change(record: dict[str, Any]) -> None:
        record.update(times)

    project.edit_json(path, change)


def test_in_order(project: Sandbox, empty: Sandbox) -> None:
    passes(project, CHECK)
    passes(empty, CHECK)


def test_a_run_of_tomorrow(project: Sandbox) -> None:
    set_times(project, TRAINING, end="2999-01-01T00:00:00+00:00")
    assert project.check(CHECK)[0].message == f"end of run {RUN} is 2999-01-01, which is still to come"


def test_an_evaluation_before_its_model(project: Sandbox) -> None:
    set_times(project, EVALUATION, start="2026-01-01T00:00:00+00:00", end="2026-01-01T00:05:00+00:00")
    found = says(project, CHECK, f"evaluation {EVALUATED} was made before its model, run {RUN}, was trained")
    assert found.stage == "evaluation"


def test_an_hour_is_a_clock_and_minutes_are_nothing(project: Sandbox) -> None:
    set_times(project, EVALUATION, start="2026-11-01T06:00:00+00:00", end="2026-11-01T06:05:00+00:00")
    says(project, CHECK, "was made before its model", status=Status.WARN)
    set_times(project, EVALUATION, start="2026-11-01T09:58:00+00:00", end="2026-11-01T10:02:00+00:00")
    passes(project, CHECK)
    set_times(project, EVALUATION, start="2026-11-01T02:58:00-09:00", end="2026-11-01T03:02:00-09:00")  # the same day elsewhere
    passes(project, CHECK)


def test_a_run_that_ended_before_it_began(project: Sandbox) -> None:
    set_times(project, f"reports/evaluation/{RETESTED}/provenance.json", start="2026-11-20T00:00:00+00:00")
    says(project, CHECK, f"run {RETESTED} ended before it began")


@pytest.mark.parametrize("name", ["service", "monitoring"])
def test_what_was_tried_before_the_model_was_there(project: Sandbox, name: str) -> None:
    path = f"reports/deployment/{name}.json"
    set_times(project, path, when="2025-01-01T00:00:00+00:00")
    says(project, CHECK, f"{name}.json is older than the model that is served, run {TUNED}")
    set_times(project, path, when="2999-01-01T00:00:00+00:00")
    says(project, CHECK, f"`when` of {name}.json is 2999-01-01, which is still to come")


def test_times_that_cannot_be_read_are_told_elsewhere(project: Sandbox) -> None:
    set_times(project, TRAINING, start="yesterday", end="2999-01-01")
    passes(project, CHECK)
