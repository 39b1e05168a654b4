"""training.not-better-than-baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlscaffold.checks import at, check, fail, warn
from mlscaffold.evidence import acceptance, data, trained
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.evidence.wording import few
from mlscaffold.model import Finding
from mlscaffold.practice import comparison, metrics, pairing
from mlscaffold.practice.sizes import paired_size
from mlscaffold.project import Missing, Project

SHARES = ("", "accuracy", "f1_micro", "log_loss")
READS = ("reports/training", "acceptance.toml", "data/processed/train/annotations.csv")


@check(proves="beats-baseline", reads=READS)
def not_better_than_baseline(project: Project) -> Iterator[Finding]:
    """The model beats the baseline, and the most frequent class, on validation by more than chance.

    ## Why
    Whoever always answers the most frequent class is right as often as it occurs; a network has to know more.

    ## Evidence
    `validation.csv` and `baseline.csv` of the chosen run, picture by picture: the exact McNemar test, or for a macro metric the paired
    bootstrap of its difference. The most frequent class of train is recomputed and compared in the same way. Not better at all is a
    failure; better by what chance may explain is a warning, since validation is small and the test set decides in stage 7.

    ## Fix
    Look at the curves, the data and the labels; with too few pictures to tell, enlarge validation.
    """
    run = trained.trained(project)
    model, rule = trained.table(project, run, "validation.csv"), trained.table(project, run, "baseline.csv")
    said = {row.path: row.prediction for row in rule.rows}
    labels = {row.path: row.label for row in model.rows}
    fix = f"python -m {project.settings.package}.train"
    if said.keys() != labels.keys():
        odd = sorted(said.keys() ^ labels.keys())
        yield fail(
            f"validation.csv and baseline.csv are not of the same pictures: {len(odd)} differ, {few(odd)}",
            model.path,
            rule.path,
            fix=fix,
        )
        return
    wrong = [row.path for row in rule.rows if labels[row.path] != row.label]
    if wrong:
        yield fail(f"{len(wrong)} labels differ between validation.csv and baseline.csv: {few(wrong)}", rule.path, fix=fix)
        return
    unlikely = [row for row in rule.rows if row.probabilities[rule.classes.index(row.prediction)] < row.confidence - 1e-6]
    if unlikely:
        yield fail(
            f"{len(unlikely)} of {len(rule.rows)} answers of the baseline are not its likeliest class, first {unlikely[0].path}: edited?",
            at(rule.path, unlikely[0].line), fix=fix,
        )  # fmt: skip
    wanted = project.read(acceptance.read, "acceptance.toml") if project.exists("acceptance.toml") else None
    optimise, name = (wanted.optimise, wanted.rule) if wanted else ("", "")
    frequent = _frequent(project, list(labels.values()))
    constant = dict.fromkeys(labels, frequent)
    if name == "majority" and said != constant:
        yield fail(
            f'the baseline is "majority", but baseline.csv does not always say {frequent}, the most frequent class of train',
            rule.path,
            fix=fix,
        )
    for what, other in ((f"the baseline ({name or 'baseline.csv'})", said), (f'always answering "{frequent}"', constant)):
        chance, told = _compare(model, labels, other, what, optimise)
        if told:
            yield (warn if chance else fail)(told, model.path, rule.path, fix=fix)


def _compare(model: Predictions, labels: dict[str, str], other: dict[str, str], what: str, optimise: str) -> tuple[bool, str]:
    """Why the model is not better, in words (empty where it is), and whether it is better by what chance may explain."""
    mine = {row.path: row.prediction for row in model.rows}
    n = len(labels)
    if optimise not in SHARES and optimise in metrics.OF_MATRIX:
        names = sorted({*model.classes, *other.values()})
        gain, interval = pairing.difference([(labels[p], mine[p], other[p]) for p in labels], names, metrics.OF_MATRIX[optimise])
        if interval.low > 0:
            return False, ""
        values = [
            metrics.OF_MATRIX[optimise](metrics.confusion([(labels[p], say[p]) for p in labels], names)) for say in (mine, other)
        ]
        value, theirs = (v or 0.0 for v in values)
        told = f"difference {gain:+.3f} on {n} pictures, 95 % interval {interval.low:+.3f} to {interval.high:+.3f}"
        if gain > 0:
            return True, f"{optimise} {value:.3f} against {theirs:.3f} of {what} may be chance: {told}"
        return False, f"{optimise} {value:.3f} is {'below' if gain < 0 else 'no better than'} {what}, {theirs:.3f}: {told}"
    found = comparison.compare(labels, mine, other)
    if found.gain > 0 and found.significant:
        return False, ""
    theirs = sum(other[p] == label for p, label in labels.items()) / n
    counts = f"{found.only_first} pictures only the model has right, {found.only_second} only the other (p = {found.p:.2g})"
    if found.gain <= 0:
        return (
            False,
            f"val_acc {model.accuracy:.3f} is {'below' if found.gain < 0 else 'no better than'} {what}, {theirs:.3f}: {counts}",
        )
    differ = found.only_first + found.only_second
    need = paired_size(found.gain, differ / n, power=True)
    return (
        True,
        f"val_acc {model.accuracy:.3f} against {theirs:.3f} of {what} may be chance: {counts}; a gain of {found.gain:.3f} shows on about {need} pictures, {n} are there",
    )


def _frequent(project: Project, labels: list[str]) -> str:
    """The most frequent class of train, or of validation where train is not listed."""
    try:
        found = Counter(row.label for row in data.processed(project, "train"))
    except Missing:
        found = Counter(labels)
    return min(found, key=lambda name: (-found[name], name))
