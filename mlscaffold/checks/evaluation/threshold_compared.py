"""The thresholds of stage 1 are compared with stage 7's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import Broken, acceptance, claims, data, documents, judged, scored, sliced, testsets
from mlscaffold.evidence.acceptance import METRICS, Acceptance, Threshold
from mlscaffold.model import Finding
from mlscaffold.practice.thresholds import Value, measure
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.splitnames import TEST, is_test

DOCUMENT = "docs/07-evaluation.*"
READS = (
    "reports/evaluation",
    "acceptance.toml",
    "reports/training/chosen.toml",
    "docs",
    "data/raw",
    "data/processed/*/annotations.csv",
    "data/splits",
)


@check(proves="recomputed-numbers", reads=READS)
def threshold_compared(project: Project) -> Iterator[Finding]:
    """The thresholds of stage 1 are compared with stage 7's numbers.

    ## Why
    Stage 7 tells how far it is; stage 8 has to get there. So a threshold that is missed is a warning here and a failure there.
    A document that says that all of them are met is wrong at once.

    ## Evidence
    Each threshold on `test` or on a named test set, on its slice if it names one, recomputed from the predictions, with its interval;
    one on a test set that does not exist is a failure. A sentence of
    `docs/07-evaluation` that claims that every criterion is met, while one is missed by the newest evaluation too.

    ## Fix
    `python -m <package>.tune`, or better data; say in the document which thresholds are missed.
    """
    one, wanted, names = judged.judged(project)[0], read(project), data.classes(project)
    claim = _claim(project)
    for threshold in wanted.thresholds:
        if METRICS[threshold.metric].of_export or threshold.target or not is_test(threshold.split):
            continue
        if wrong := no_such_set(project, threshold):
            yield fail(wrong, "acceptance.toml", fix="edit acceptance.toml")
            continue
        if threshold.of_class and threshold.of_class not in names:
            yield fail(f'the threshold "{threshold.text}" names a class that data/schema.toml does not have', "acceptance.toml")
            continue
        found = _measured(project, threshold, one, names)
        if found is None or threshold.holds(found.value):
            continue
        tune = f"python -m {project.settings.package}.tune"
        newest = _measured(project, threshold, judged.newest(project), names) if claim else None
        if claim and newest is not None and not threshold.holds(newest.value):
            path, sentence = claim
            yield fail(
                f'"{sentence}" is not so: {threshold.text} is not met: {found.text}',
                path, replace(one, split=threshold.split).predictions, "acceptance.toml", fix=f"edit {path}",
            )  # fmt: skip
        else:
            file = replace(one, split=threshold.split).predictions
            yield warn(f"{threshold.text} is not met yet: {found.text}", file, "acceptance.toml", fix=tune)


def read(project: Project) -> Acceptance:
    """`acceptance.toml` with its thresholds; raises `Missing` while there are none."""
    found = project.read(acceptance.read, "acceptance.toml")
    if not found.thresholds:
        raise Missing("acceptance.toml has no thresholds", path="acceptance.toml", fix="edit acceptance.toml")
    return found


def no_such_set(project: Project, threshold: Threshold) -> str:
    """What is wrong with a threshold on a test set that does not exist, in words; empty where it does."""
    names = testsets.known(project)
    if not is_test(threshold.split) or threshold.split in names:
        return ""
    return f'the threshold "{threshold.text}" is on a test set that does not exist (known are {", ".join(names)})'


def _measured(project: Project, threshold: Threshold, one: judged.Judged, names: list[str]) -> Value | None:
    """The value of a threshold in an evaluation; None where no picture of its slice is there, or its set was not evaluated."""
    path = replace(one, split=threshold.split).predictions
    if threshold.split != TEST and not project.exists(path):
        return None  # evaluation.data-stale says that the set was not seen
    table = judged.table(project, path)
    rows = sliced.select(project, threshold.slice, {row.path for row in table.rows})
    return measure(threshold.metric, scored.rows(table, only=rows), names, of_class=threshold.of_class) if rows else None


def _claim(project: Project) -> tuple[str, str] | None:
    """The document and its sentence that claims that all is met."""
    for path in project.glob(DOCUMENT):
        if not project.is_pristine(path):
            try:
                document = project.read(documents.read, path)
            except (Broken, Unknown):
                return None  # failure-cases-missing says that it cannot be read
            for sentence in claims.all_met("\n".join(section.text for section in document.sections)):
                return path, sentence if len(sentence) <= 90 else f"{sentence[:87]}…"
    return None
