"""Trials are scored on validation, and nothing of the search was decided on test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.checks.training import test_touched
from mlscaffold.evidence import chain, judged, studies, trained
from mlscaffold.evidence.studies import Study
from mlscaffold.evidence.wording import few
from mlscaffold.model import Effect, Finding
from mlscaffold.practice.comparison import peeking
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import is_test

TEST, TRAIN = re.compile(r"(?:^|[_/])test(?:[_/]|$)", re.I), re.compile(r"(?:^|[_/])train(?:ing)?(?:[_/]|$)", re.I)


@check(proves="search", reads=("reports/tuning", "reports/evaluation", "data/processed/*/annotations.csv"))
def scored_on_test(project: Project) -> Iterator[Finding]:
    """Trials are scored on validation, and nothing of the search was decided on test.

    ## Why
    Twenty trials scored on test and the best one reported: three points too good at 500 pictures, and no test set left.

    ## Evidence
    The split of every trial in `study.csv`, and its columns that are named after test; the chosen run, judged as stage 6 judges its
    own: `chosen.toml`, the decisions and the data in `provenance.json`, what was monitored and logged. Where trials
    were scored by accuracy, what the best of so many looks exceeds the truth by is its effect on the number (an upper estimate).

    ## Fix
    Search again on validation. The test set has been used: say so, or collect a new one.
    """
    choice = chain.chosen(project, "tuning")
    fix = f"python -m {project.settings.package}.tune"
    study = read(project, choice)
    splits = {trial.number: trial.split.strip().casefold() for trial in study.trials}
    scored = [trial for trial in study.trials if is_test(splits[trial.number]) or TEST.search(trial.metric)]
    if scored:
        yield fail(f"{len(scored)} of {len(study.trials)} trials were scored on test; selection must use validation",
                   at(study.path, scored[0].line), fix=fix, effect=_effect(project, len(scored)))  # fmt: skip
    on_train = [trial for trial in study.trials if splits[trial.number].startswith("train") or TRAIN.search(trial.metric)]
    if on_train:
        yield warn(f"{len(on_train)} of {len(study.trials)} trials were scored on train: that rewards learning by heart",
                   at(study.path, on_train[0].line), fix=fix)  # fmt: skip
    seen = [name for name in study.table.header if test_touched.TEST.search(name)]
    if seen:
        yield fail(f"study.csv has {few(seen)}: test was measured in every trial", at(study.path, 1), fix=fix)
    if project.exists(f"{choice.folder}/provenance.json"):
        yield from test_touched.of_run(project, trained.of(project, "tuning"))


def _effect(project: Project, looks: int) -> Effect | None:
    """What the best of so many looks at test is worth: the newest evaluation, and that without the luck of the best."""
    try:
        table = judged.table(project, judged.newest(project).predictions)
    except Missing:
        return None
    return Effect("accuracy", table.accuracy, table.accuracy - peeking(table.accuracy, len(table.rows), looks))


def read(project: Project, choice: chain.Chosen) -> Study:
    """The study of the chosen run; raises `Missing` where there is none, or no trial in it."""
    path = f"{choice.folder}/study.csv"
    fix = f"python -m {project.settings.package}.tune"
    if not project.exists(path):
        raise Missing(f"{path} is missing: the search has no record", path=path, fix=fix)
    study = project.read(studies.read, path)
    if not study.trials:
        raise Missing(f"{path} has no trials", path=path, fix=fix)
    return study
