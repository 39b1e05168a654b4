"""Every number of the evaluation follows from its predictions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import data, evaluations, judged, runs, scored
from mlscaffold.evidence.evaluations import Evaluation, Measure
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Effect, Finding
from mlscaffold.practice import intervals, metrics
from mlscaffold.project import Project
from mlscaffold.splitnames import TEST

NARROW = 0.4


@check(
    proves="recomputed-numbers",
    reads=("reports/evaluation", "reports/training/chosen.toml", "reports/tuning/chosen.toml"),
    tells=("reports/evaluation/*",),
)
def number_not_reproducible(project: Project) -> Iterator[Finding]:
    """Every number of the evaluation follows from its predictions.

    ## Why
    A number that was typed, or belongs to another run, is no result. Decisions hang on it.

    ## Evidence
    `metrics.json` (and what `report.md` repeats of it) against `predictions.csv` of the same folder, and each named test set against its
    own: each metric, each class, the count, and each interval.
    Half a unit of the last printed digit is forgiven (0.005 at most: people round to two digits); an interval counts as wrong
    when it leaves out its own value, or is narrower than 0.4 of what so few samples allow (bootstraps differ, groups only widen).

    ## Fix
    Evaluate again; never edit `metrics.json`.
    """
    names = data.classes(project)
    for one in judged.tested(project):
        table, recorded = judged.table(project, one.predictions), judged.numbers(project, one)
        fix = judged.command(project, one.metrics)
        matrix = metrics.confusion([(r.label, r.prediction) for r in table.rows], names)
        wrong = [*_metrics(recorded, table, matrix), *_classes(recorded, matrix, names)]
        if recorded.n != len(table.rows):
            wrong.insert(0, f"n is {recorded.n} recorded, {len(table.rows)} rows are in {PurePosixPath(one.predictions).name}")
        if wrong:
            yield fail(
                f"{scored.some(wrong)}; recomputed from {len(table.rows)} rows",
                one.metrics, one.predictions, fix=fix, effect=_effect(recorded, matrix), stage=one.stage,
            )  # fmt: skip
        if other := _report(project, one):
            yield fail(f"report.md says {scored.some(other)}", f"{one.folder}/report.md", one.metrics, fix=fix, stage=one.stage)
        if bare := _intervals(recorded, len(table.rows)):
            yield fail(f"{scored.some(bare)}", one.metrics, fix=fix, stage=one.stage)
        yield from _answers(project, one, table)


def _report(project: Project, one: judged.Judged) -> list[str]:
    """Metrics whose number in the machine's own report is that of no test set in `metrics.json`; told once, with the test set."""
    path = f"{one.folder}/report.md"
    if one.split != TEST or not project.exists(path):
        return []
    whole = project.read(evaluations.read, one.metrics)
    text, wrong = project.content(path).decode("utf-8-sig", "replace"), []
    for name, measure in whole.metrics.items():
        held = [measure.value, *(other.metrics[name].value for other in whole.sets.values() if name in other.metrics)]
        for said in re.findall(rf"(?m)^(?:\|\s*{name}\b[^|\n]*\||-\s*{name}:)\s*(-?\d+(?:[.,]\d+)?)(?![\d%])", text):
            if not any(_close(float(said.replace(",", ".")), value) for value in held):
                wrong.append(f"{name} {said}, metrics.json {measure.value:.4g}")
    return wrong


def _metrics(recorded: Evaluation, table: Predictions, matrix: list[list[int]]) -> list[str]:
    wrong = []
    for name, measure in recorded.metrics.items():
        known = _recomputed(name, table, matrix)
        if known and not any(_close(measure.value, value) for value in known):
            also = _another_name(measure.value, name, matrix)
            wrong.append(f"{name} is {measure.value:.4g} recorded, {known[0]:.4g} recomputed{also}")
    return wrong


def _recomputed(name: str, table: Predictions, matrix: list[list[int]]) -> list[float]:
    """The values that a metric may have: conventions differ on classes without samples, and on the log of 0."""
    if name == "log_loss":
        values = [metrics.log_loss([(label, shares)]) or 0.0 for label, _, shares in scored.rows(table)]
        floor = -math.log(1e-15)
        return [math.fsum(values) / len(values), math.fsum(min(v, floor) for v in values) / len(values)]
    if name not in metrics.OF_MATRIX:
        return []
    value = metrics.OF_MATRIX[name](matrix)
    values = [value] if value is not None else []
    if name.endswith("_macro"):
        kind = name.removesuffix("_macro")
        each = [getattr(s, kind) for s in metrics.class_scores(matrix) if s.support or s.predicted]
        defined = [v for v in each if v is not None]
        values += [math.fsum(defined) / len(each)] if each else []
        values += [math.fsum(defined) / len(defined)] if defined else []
        values.append(math.fsum(defined) / len(matrix))
    return values


def _another_name(value: float, name: str, matrix: list[list[int]]) -> str:
    for other in ("f1_micro", *metrics.OF_MATRIX):
        found = metrics.OF_MATRIX[other](matrix)
        if other not in (name, "accuracy") and found is not None and _close(value, found):
            return f" ({value:.4g} is {other})"
    return ""


def _classes(recorded: Evaluation, matrix: list[list[int]], names: list[str]) -> list[str]:
    wrong = []
    for name, truth in zip(names, metrics.class_scores(matrix), strict=True):
        told = recorded.classes.get(name)
        if told is None:
            wrong.append(f"class {name} is missing")
            continue
        if told.support != truth.support:
            wrong.append(f"support of {name} is {told.support} recorded, {truth.support} recomputed")
        for kind in ("precision", "recall", "f1"):
            measure, value = getattr(told, kind), getattr(truth, kind)
            if measure is not None and not _close(measure.value, value or 0.0):
                wrong.append(f"{kind} of {name} is {measure.value:.4g} recorded, {value or 0.0:.4g} recomputed")
            if measure is None and value is not None:
                wrong.append(f"{kind} of {name} is not recorded, {value:.4g} recomputed")
    strange = [name for name in recorded.classes if name not in names]
    return wrong + ([f"{scored.some(strange)} is no class of data/schema.toml"] if strange else [])


def _intervals(recorded: Evaluation, n: int) -> list[str]:
    measures: list[tuple[str, Measure, int]] = [(k, m, n) for k, m in recorded.metrics.items() if k not in ("log_loss", "kappa")]
    for name, told in recorded.classes.items():
        measures += [(f"{kind} of {name}", m, told.support) for kind in ("precision", "recall") if (m := getattr(told, kind))]
    bare = []
    for name, measure, count in measures:
        if not measure.low - 1e-9 <= measure.value <= measure.high + 1e-9:
            bare.append(
                f"the interval of {name}, {measure.low:.3f} to {measure.high:.3f}, leaves out its value {measure.value:.3f}"
            )
            continue
        certain = min(measure.value, 1 - measure.value) * count < 4  # a bootstrap of almost no mistakes is narrow by right
        wanted = intervals.wilson(measure.value * count, count).half
        if not certain and (measure.high - measure.low) / 2 < NARROW * wanted:
            half = (measure.high - measure.low) / 2
            bare.append(f"the interval of {name} is ± {half:.3f}; {count} samples allow ± {wanted:.3f}")
    return bare


def _answers(project: Project, one: judged.Judged, table: Predictions) -> Iterator[Finding]:
    odd = [r for r in table.rows if r.probabilities[table.classes.index(r.prediction)] < r.confidence - 1e-6]
    if not odd:
        return
    file = f"{one.folder}/provenance.json"
    decided = [d.what for d in project.read(runs.read_provenance, file).decisions] if project.exists(file) else []
    told = any("threshold" in what for what in decided)
    message = f"{len(odd)} of {len(table.rows)} predictions are not the class of the highest probability"
    places = [at(one.predictions, row.line) for row in odd[:3]]
    if told:
        yield warn(f"{message}: a decision threshold is at work", *places, stage=one.stage)
    else:
        yield fail(f"{message}, first {odd[0].path}", *places, fix=judged.command(project, one.metrics), stage=one.stage)


def _effect(recorded: Evaluation, matrix: list[list[int]]) -> Effect | None:
    for name in ("accuracy", *recorded.metrics):
        function, told = metrics.OF_MATRIX.get(name), recorded.metrics.get(name)
        value = function(matrix) if function else None
        if told and value is not None and not _close(told.value, value):
            return Effect(name, told.value, value)
    return None


def _close(recorded: float, value: float) -> bool:
    exponent = Decimal(repr(recorded)).as_tuple().exponent
    digits = max(2, -exponent if isinstance(exponent, int) else 2)
    return abs(recorded - value) <= max(0.5 * 10.0**-digits, 1e-6 * max(1.0, abs(value))) * (1 + 1e-9)
