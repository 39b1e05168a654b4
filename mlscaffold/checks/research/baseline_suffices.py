"""research.baseline-suffices."""

from __future__ import annotations

from collections.abc import Iterator

from mlscaffold.checks import check, warn
from mlscaffold.evidence import acceptance, chain, predictions
from mlscaffold.evidence.acceptance import METRICS, Threshold
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Finding
from mlscaffold.practice import metrics
from mlscaffold.practice.intervals import wilson
from mlscaffold.project import Missing, Project

FILE = "acceptance.toml"
SHARES = ("accuracy", "f1_micro")


@check(proves="baseline-rule", reads=(FILE, "reports/evaluation", "reports/training"))
def baseline_suffices(project: Project) -> Iterator[Finding]:
    """The target asks for more than the baseline gives.

    ## Why
    Where a rule without a network already reaches what is wanted, the network adds cost and risk, or the target is too low.

    ## Evidence
    The newest `baseline.csv` of the test pictures (of validation, before there is an evaluation) against the thresholds on quality in
    `acceptance.toml`: overall and of single classes. All of them met is a warning.

    ## Fix
    Ship the baseline; or raise the target to what the problem's owner truly needs.
    """
    if not project.exists(FILE):
        raise Missing(f"{FILE} is missing", path=FILE, fix=f"edit {FILE}")
    wanted = [t for t in project.read(acceptance.read, FILE).thresholds if _of_quality(t)]
    found = _baseline(project)
    if found is None or not wanted:
        return
    table, split = found
    scores = [(t, _score(table, t)) for t in wanted]
    if all(score is not None and t.holds(score) for t, score in scores):
        told = "; ".join(f"{score:.3f}{_interval(table, t)} where {t.text} is wanted" for t, score in scores[:3])
        yield warn(
            f"the baseline already meets the target, on {len(table.rows)} pictures of {split}: {told}",
            FILE,
            table.path,
            fix=f"ship the baseline, or edit {FILE}: what the owner truly needs",
        )


def _of_quality(threshold: Threshold) -> bool:
    """Whether a rule can be judged by it: quality on the whole test set, of the model itself."""
    return not (METRICS[threshold.metric].of_export or threshold.slice or threshold.target) and threshold.split == "test"


def _baseline(project: Project) -> tuple[Predictions, str] | None:
    """The baseline's answers on test, else on validation; nothing where none were written, or they are of mixed pictures."""
    for stage in ("tuning", "training"):
        try:
            path = f"{chain.evaluation_of(project, stage).folder}/baseline.csv"
        except Missing:
            continue
        if project.exists(path):
            return _of(project.read(predictions.read, path), "test")
    try:
        path = f"{chain.chosen(project, 'training').folder}/baseline.csv"
    except Missing:
        return None
    return _of(project.read(predictions.read, path), "validation") if project.exists(path) else None


def _of(table: Predictions, split: str) -> tuple[Predictions, str] | None:
    return (table, split) if all(row.path.startswith(f"{split}/") for row in table.rows) else None


def _score(table: Predictions, threshold: Threshold) -> float | None:
    names = sorted({*table.classes, *(r.label for r in table.rows), *(r.prediction for r in table.rows)})
    if threshold.metric == "log_loss":
        return metrics.log_loss((r.label, dict(zip(table.classes, r.probabilities, strict=True))) for r in table.rows)
    matrix = metrics.confusion([(r.label, r.prediction) for r in table.rows], names)
    if METRICS[threshold.metric].of_class:
        if threshold.of_class not in names:
            return None
        value: float | None = getattr(metrics.class_scores(matrix)[names.index(threshold.of_class)], threshold.metric)
        return value
    return metrics.OF_MATRIX[threshold.metric](matrix)


def _interval(table: Predictions, threshold: Threshold) -> str:
    if threshold.metric not in SHARES:
        return ""
    found = wilson(sum(r.right for r in table.rows), len(table.rows))
    return f" ({found.low:.3f} to {found.high:.3f})"
