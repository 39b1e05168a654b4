"""Trials are scored on validation, and nothing of the search was decided on test."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import chain, data, runs, studies
from mlscaffold.evidence.studies import Study, Trial
from mlscaffold.model import Effect, Finding
from mlscaffold.practice.comparison import peeking
from mlscaffold.project import Missing, Project


@check(proves="search", reads=("reports/tuning", "data/splits"))
def scored_on_test(project: Project) -> Iterator[Finding]:
    """Trials are scored on validation, and nothing of the search was decided on test.

    ## Why
    Twenty trials scored on test and the best one reported: three points too good at 500 pictures, and no test set left.

    ## Evidence
    The split of every trial in `study.csv`, of `chosen.toml`, of the decisions and of the data in `provenance.json`. Where trials
    were scored by accuracy, what the best of so many looks exceeds the truth by is its effect on the number (an upper estimate).

    ## Fix
    Search again on validation. The test set has been used: say so, or collect a new one.
    """
    choice = chain.chosen(project, "tuning")
    fix = f"python -m {project.settings.package}.tune"
    study = read(project, choice)
    scored = [trial for trial in study.trials if trial.split == "test"]
    if scored:
        yield fail(f"{len(scored)} of {len(study.trials)} trials were scored on test; selection must use validation",
                   at(study.path, scored[0].line), fix=fix, effect=_luck(project, scored))  # fmt: skip
    on_train = [trial for trial in study.trials if trial.split == "train"]
    if on_train:
        yield warn(f"{len(on_train)} of {len(study.trials)} trials were scored on train: that rewards learning by heart",
                   at(study.path, on_train[0].line), fix=fix)  # fmt: skip
    if project.read(runs.read_chosen, choice.file).split == "test":
        yield fail("the run was chosen on test; choose it on validation", choice.file, fix=fix)
    file = f"{choice.folder}/provenance.json"
    if not project.exists(file):
        return
    record = project.read(runs.read_provenance, file)
    for decision in record.decisions:
        if decision.split == "test":
            yield fail(f"{decision.what} was decided on test; decide it on validation", file, fix=fix)
    if "test" in record.data:
        yield fail(f"the run used {record.data['test'].samples} test pictures; a search uses train and validation", file, fix=fix)


def _luck(project: Project, scored: list[Trial]) -> Effect | None:
    """The best share of right answers, and without what the best of so many looks exceeds the truth by."""
    values = [t.value for t in scored if t.value is not None and t.metric == "accuracy" and 0 <= t.value <= 1]
    try:
        n = sum(row.split == "test" for row in data.splits(project))
    except Missing:
        return None
    if len(values) < 2 or not n:
        return None
    return Effect("accuracy", max(values), max(values) - peeking(mean(values), n, len(values)))


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
