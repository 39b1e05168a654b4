"""The model meets every threshold of `acceptance.toml`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.checks.evaluation.threshold_compared import no_such_set, read
from mlscaffold.evidence import chain, data, judged, scored, sliced
from mlscaffold.evidence.acceptance import METRICS, Threshold
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Finding
from mlscaffold.practice.thresholds import Value, measure
from mlscaffold.project import Project
from mlscaffold.splitnames import is_test

READS = ("acceptance.toml", "reports/tuning", "reports/evaluation", "data/processed/*/annotations.csv", "data/raw", "data/splits")


@check(proves="thresholds-met", reads=READS)
def threshold_unmet(project: Project) -> Iterator[Finding]:
    """The model meets every threshold of `acceptance.toml`.

    ## Why
    The thresholds are what the problem's owner agreed to before anybody saw a number.

    ## Evidence
    Each threshold on its split (a named test set too) and its slice (`source=…`, `group=…` or an attribute of the annotations), recomputed from the
    predictions of tuning's choice. A value beyond its bound is a failure; one within, whose 95 % interval reaches beyond, is a
    warning: so few pictures do not show it. Size and latency belong to stage 9.

    ## Fix
    Tune further, or agree on another threshold with the owner, in `acceptance.toml`.
    """
    chain.chosen(project, "tuning")  # without a choice: Missing
    one = judged.newest(project)
    for threshold in read(project).thresholds:
        if METRICS[threshold.metric].of_export or threshold.target:
            continue
        if wrong := no_such_set(project, threshold):
            yield fail(wrong, "acceptance.toml", fix="edit acceptance.toml")
            continue
        if wrong := sliced.problem(project, threshold.slice):
            yield fail(
                f'the threshold "{threshold.text}" is about no picture: {wrong}', "acceptance.toml", fix="edit acceptance.toml"
            )
            continue
        table, rows = _rows(project, one, threshold)
        if not rows:
            why = (
                "no picture of that slice has a prediction"
                if threshold.slice
                else f"{threshold.split} has no predictions of this model"
            )
            yield unknown(f"{threshold.text} cannot be measured: {why}", "acceptance.toml")
            continue
        names = data.classes(project)
        if threshold.of_class and threshold.of_class not in names:
            yield fail(f'the threshold "{threshold.text}" names a class that data/schema.toml does not have', "acceptance.toml")
            continue
        found = measure(threshold.metric, scored.rows(table, only=rows), names, of_class=threshold.of_class)
        yield from _judge(project, threshold, found, path=table.path)


def _judge(project: Project, threshold: Threshold, found: Value, *, path: str) -> Iterator[Finding]:
    fix = f"python -m {project.settings.package}.tune"
    if math.isnan(found.value):
        yield fail(
            f"{threshold.text} is undefined: the class is never predicted, or has no pictures", path, "acceptance.toml", fix=fix
        )
    elif not threshold.holds(found.value):
        yield fail(f"{threshold.text} is not met: {found.text}", path, "acceptance.toml", fix=fix)
    elif not (threshold.holds(found.low) and threshold.holds(found.high)):
        yield warn(
            f"{threshold.text} is met, but chance may explain it: {found.text}", path, "acceptance.toml", fix="more test pictures"
        )


def _rows(project: Project, one: judged.Judged, threshold: Threshold) -> tuple[Predictions, set[str]]:
    """The predictions that a threshold is about, and the paths of them that count."""
    if is_test(threshold.split):
        path = replace(one, split=threshold.split).predictions
    elif threshold.split == "eyeball":
        path = f"{one.folder}/eyeball.csv"
    else:
        path = f"{chain.model(project).folder}/{threshold.split}.csv"
    if not project.exists(path):
        return judged.table(project, one.predictions), set()
    table = judged.table(project, path)
    paths = {row.path for row in table.rows if row.path.startswith(f"{threshold.split}/")}
    return table, sliced.select(project, threshold.slice, paths)
