"""problem.threshold-trivial."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import check, fail, warn
from mlscaffold.evidence import acceptance, data
from mlscaffold.model import Finding
from mlscaffold.project import Missing, Project

FILE = "acceptance.toml"


@check(proves="acceptance", reads=(FILE, "data/splits", "data/processed/test/annotations.csv"))
def threshold_trivial(project: Project) -> Iterator[Finding]:
    """No threshold is reached by a rule that always gives the same answer.

    ## Why
    A target below the share of the largest class is met by a model that has learned nothing.

    ## Evidence
    Labels of the test split (as soon as there is one): what "always the most frequent class" scores on each metric of
    `acceptance.toml`.

    ## Fix
    Raise the threshold, or choose a metric that counts every class alike: `recall_macro`, `f1_macro`, `kappa`.
    """
    if not project.exists(FILE):
        raise Missing(f"{FILE} is missing", path=FILE, fix=f"edit {FILE}")
    found = project.read(acceptance.read, FILE)
    counts = _test_labels(project)
    if not counts:
        return
    label, scores = constant_scores(counts)
    for threshold in found.thresholds:
        score = scores.get(threshold.metric)
        if score is None or threshold.of_class or threshold.slice or threshold.target or threshold.split != "test":
            continue
        if threshold.holds(score):
            # A side condition that is always met does no harm where the metric to optimise asks for more.
            judge_as = fail if threshold.metric == found.optimise else warn
            yield judge_as(
                f'{threshold.text} is reached by always answering "{label}": {score:.2f} on {sum(counts.values())} test pictures',
                FILE,
                fix=f"edit {FILE}: raise it, or choose a metric that counts every class alike",
            )


def constant_scores(counts: dict[str, int]) -> tuple[str, dict[str, float]]:
    """The most frequent label, and what always answering it scores on each metric."""
    n, k = sum(counts.values()), len(counts)
    label = max(counts, key=lambda name: counts[name])
    share = counts[label] / n
    f1 = 2 * share / (1 + share)
    return label, {
        "accuracy": share,
        "f1_micro": share,
        "recall_macro": 1 / k,
        "precision_macro": share / k,
        "f1_macro": f1 / k,
        "f1_weighted": share * f1,
        "kappa": 0.0,
        "log_loss": -sum(c / n * math.log(c / n) for c in counts.values()),
    }


def _test_labels(project: Project) -> Counter[str]:
    """Labels of the test split: from the split tables, else from the processed table."""
    try:
        return Counter(row.label for row in data.splits(project) if row.split == "test")
    except Missing:
        pass
    try:
        return Counter(row.label for row in data.processed(project, "test"))
    except Missing:
        return Counter()
