"""No export loses more than is tolerable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlscaffold.checks import check, fail, unknown, warn
from mlscaffold.checks.conversion.target_missing import cards, command, folder_of
from mlscaffold.checks.evaluation.threshold_compared import no_such_set
from mlscaffold.evidence import acceptance, data, evaluations, judged, predictions, scored, sliced
from mlscaffold.evidence.acceptance import METRICS, Threshold
from mlscaffold.evidence.exports import Card
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.model import Effect, Finding
from mlscaffold.practice.thresholds import measure
from mlscaffold.project import Project
from mlscaffold.splitnames import TEST, is_test

DROP = 0.01
READS = (
    "exports",
    "reports/evaluation",
    "acceptance.toml",
    "reports/tuning/chosen.toml",
    "data/raw",
    "data/processed/*/annotations.csv",
)


@check(proves="same-answers", reads=READS)
def accuracy_drop(project: Project) -> Iterator[Finding]:
    """No export loses more than is tolerable.

    ## Why
    The full-integer model lost six points, and only the float one was evaluated.

    ## Evidence
    The metric of `acceptance.toml` (accuracy, without one), recomputed from the export's own predictions and from the source's
    on the same pictures; the drop against `tolerable.drop`. Thresholds on quality that name the target are held against the
    export too; on a test set with a name, by `exports/<target>/predictions-<set>.csv`, which must hold all of its pictures and lose no
    more against the source there than is tolerable.

    ## Fix
    Convert with another data type, or calibrate with more pictures of train. Ask the export about a test set with a name:
    `python -m <package>.convert <target> --predict data/processed/test-night/annotations.csv --output
    exports/<target>/predictions-test-night.csv`.
    """
    wanted = project.read(acceptance.read, "acceptance.toml") if project.exists("acceptance.toml") else None
    tolerable = wanted.drop if wanted else DROP
    chosen = wanted.optimise if wanted else ""
    metric = chosen if chosen and not METRICS[chosen].of_class and not METRICS[chosen].of_export else "accuracy"
    for card in cards(project):
        path = f"{folder_of(card)}/predictions.csv"
        if not card.verified_by and not project.exists(path):
            continue  # agreement-differs says that it is unknown
        table, source = judged.table(project, path), judged.table(project, judged.newest(project).predictions)
        common = list(scored.by_path(table).keys() & scored.by_path(source).keys())
        if not common:
            continue
        dropped = _dropped(project, metric, (table, source), common, tolerable=tolerable)
        if dropped:
            yield fail(
                f"{card.target}: {card.quantisation} {metric} {dropped.corrected:.3f}, source {dropped.reported:.3f} on {len(common)} pictures;"
                f" a drop of {tolerable:g} is tolerable",
                path, "acceptance.toml", fix=command(project, card), effect=dropped,
            )  # fmt: skip
        yield from _thresholds(project, card, table)
        yield from _named(project, card, metric=metric, tolerable=tolerable)


def _dropped(
    project: Project, metric: str, tables: tuple[Predictions, Predictions], common: Sequence[str], *, tolerable: float
) -> Effect | None:
    """The metric of the source and of the export on the pictures that both answered, where more is lost than is tolerable."""
    names = data.classes(project)
    mine, theirs = (measure(metric, scored.rows(each, only=common), names).value for each in tables)
    drop = mine - theirs if METRICS[metric].better == "lower" else theirs - mine
    return Effect(metric, theirs, mine) if drop > tolerable + 1e-9 else None


def _named(project: Project, card: Card, *, metric: str, tolerable: float) -> Iterator[Finding]:
    """Thresholds of the target on test sets with a name, each from the export's own answers for that set."""
    wanted = [t for t in _of_target(project, card.target) if t.split != TEST]
    for split in dict.fromkeys(threshold.split for threshold in wanted):
        mine = [threshold for threshold in wanted if threshold.split == split]
        if wrong := no_such_set(project, mine[0]):
            yield fail(wrong, "acceptance.toml", fix="edit acceptance.toml")
            continue
        path = evaluations.file_of(folder_of(card), "predictions", split)
        ask = f"{command(project, card)} --predict data/processed/{split}/annotations.csv --output {path}"
        if not project.exists(path):
            say = fail if card.verified_by else unknown
            yield say(f"{mine[0].text} is proved by nothing: {card.target} was not asked about {split}", path, fix=ask)
            continue
        answers = _whole(project.read(predictions.read, path), split)
        labels = {row.path: row.label for row in data.processed(project, split)}
        table = replace(answers, rows=tuple(replace(r, label=labels[r.path]) for r in answers.rows if r.path in labels))
        if missing := len(labels.keys() - {row.path for row in table.rows}):
            yield fail(
                f"{card.target} was asked about {len(labels) - missing} of {len(labels)} pictures of {split}", path, fix=ask
            )
            continue
        source = judged.table(project, replace(judged.newest(project), split=split).predictions)
        common = list(scored.by_path(table).keys() & scored.by_path(source).keys())
        dropped = _dropped(project, metric, (table, source), common, tolerable=tolerable)
        if dropped:
            yield fail(
                f"{card.target}: {metric} {dropped.corrected:.3f}, source {dropped.reported:.3f} on {len(common)} pictures of {split};"
                f" a drop of {tolerable:g} is tolerable",
                path, "acceptance.toml", fix=ask, effect=dropped,
            )  # fmt: skip
        yield from _thresholds(project, card, table, split=split)


def _whole(answers: Predictions, split: str) -> Predictions:
    """Answers by paths that begin with the split, also where the list that was asked about lies in its folder."""
    rows = (row if row.path.startswith(f"{split}/") else replace(row, path=f"{split}/{row.path}") for row in answers.rows)
    return replace(answers, rows=tuple(rows))


def _of_target(project: Project, target: str) -> list[Threshold]:
    """Thresholds on quality that name the target."""
    if not project.exists("acceptance.toml"):
        return []
    every = project.read(acceptance.read, "acceptance.toml").thresholds
    return [t for t in every if t.target == target and not METRICS[t.metric].of_export and is_test(t.split)]


def _thresholds(project: Project, card: Card, table: Predictions, split: str = TEST) -> Iterator[Finding]:
    for threshold in _of_target(project, card.target):
        if threshold.split != split:
            continue
        rows = sliced.select(project, threshold.slice, {row.path for row in table.rows})
        if not rows:
            continue  # stage 8 says that nothing is in the slice
        found = measure(threshold.metric, scored.rows(table, only=rows), data.classes(project), of_class=threshold.of_class)
        if not threshold.holds(found.value):
            yield fail(f"{threshold.text} is not met: {found.text}", table.path, "acceptance.toml")
        elif not (threshold.holds(found.low) and threshold.holds(found.high)):
            yield warn(f"{threshold.text} is met, but chance may explain it: {found.text}", table.path, "acceptance.toml")
