"""Each prediction stands beside the true label of its picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail
from mlscaffold.evidence import chain, data, judged, predictions
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Effect, Finding
from mlscaffold.practice import intervals
from mlscaffold.project import Project
from mlscaffold.splitnames import TEST

READS = ("reports/evaluation", "data/processed/*/annotations.csv", "reports/training", "reports/tuning")


@check(proves="test-predictions", reads=READS)
def label_differs(project: Project) -> Iterator[Finding]:
    """Each prediction stands beside the true label of its picture.

    ## Why
    Labels read in another order than pictures give an accuracy at chance; class folders sorted as text give one that is wrong
    in part.

    ## Evidence
    The label column of `predictions.csv` against the annotations of its test set. And an accuracy at the level of chance although the
    same
    checkpoint did far better on validation: then the rows were shuffled against each other.

    ## Fix
    Evaluate again, with a loader that does not shuffle.
    """
    for one in judged.tested(project):
        truth = {row.path: row.label for row in data.processed(project, one.split)}
        table, fix = judged.table(project, one.predictions), judged.command(project, one.metrics)
        wrong = [row for row in table.rows if truth.get(row.path, row.label) != row.label]
        if wrong:
            first = wrong[0]
            known = [r for r in table.rows if r.path in truth]
            corrected = sum(truth[r.path] == r.prediction for r in known) / len(known)
            yield fail(
                f"{len(wrong)} of {len(table.rows)} rows carry another label than the annotation:"
                f" {first.path} is {truth[first.path]},"
                f" not {first.label}",
                at(one.predictions, first.line), fix=fix, effect=Effect("accuracy", table.accuracy, corrected), stage=one.stage,
            )  # fmt: skip
        elif one.split == TEST and (good := _was_good(project, one)):
            n, chance = len(table.rows), _chance(table)
            high = intervals.wilson(table.accuracy * n, n).high
            low = intervals.wilson(good.accuracy * len(good.rows), len(good.rows)).low
            at_chance = table.accuracy < chance + 2 * intervals.wilson(chance * n, n).half
            if at_chance and high < low and good.accuracy > chance:
                yield fail(
                    f"accuracy on {one.split} is {table.accuracy:.2f}, chance is {chance:.2f},"
                    f" but it was {good.accuracy:.2f} on validation:"
                    " are labels and pictures in the same order?",
                    one.predictions, fix=fix, stage=one.stage,
                )  # fmt: skip


def _was_good(project: Project, one: judged.Judged) -> Predictions | None:
    stage = "training" if one.stage == "evaluation" else "tuning"
    file = f"{chain.chosen(project, stage).folder}/validation.csv"
    return project.read(predictions.read, file) if project.exists(file) else None


def _chance(table: Predictions) -> float:
    """The accuracy of the same answers dealt out at random."""
    labels, said = Counter(r.label for r in table.rows), Counter(r.prediction for r in table.rows)
    return sum(n * said[name] for name, n in labels.items()) / len(table.rows) ** 2
