"""Gather what is known of the model, and say what holds the project back most."""

from __future__ import annotations

import math
from dataclasses import replace

from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import acceptance, causes, chain, curves, decisions, predictions, runs, studies
from mlscaffold.practice.causes import UNKNOWN
from mlscaffold.practice.diagnosis import ClassShare, Costliest, Diagnosis, Numbers, Share, diagnose
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.workflows.advance import Refused
from mlscaffold.workflows.check import check_project
from mlscaffold.workflows.release import freeze, production
from mlscaffold.workflows.report import gather

ABSENT = (Missing, Unknown, ScaffoldError)


def diagnose_project(project: Project) -> Diagnosis:
    """What holds the project back most now; the same files give the same answer."""
    found = diagnose(check_project(project), numbers_of(project))
    return _when_released(project, found) if found.kind == "nothing" else found


def _when_released(project: Project, found: Diagnosis) -> Diagnosis:
    """What comes after everything is signed: a release, and after that the next round."""
    try:
        freeze(project, who=_last_releaser(project))
    except Refused as refused:
        if refused.reference == "same-release":
            reason = f"{found.reason} {production(project).capitalize()} is what is signed: the next turn begins with what production tells."
            return replace(found, reason=reason, command="mlscaffold round start --because WHY")
        return replace(found, command="mlscaffold report --format html") if refused.reference == "not-signed" else found
    except ScaffoldError:  # nobody is named here: the command says so
        return found
    return found


def _last_releaser(project: Project) -> str:
    """Who released last: whoever asks for a diagnosis need not be known to git."""
    made = decisions.releases(project)
    return made[-1].who if made else ""


def numbers_of(project: Project) -> Numbers:
    """Accuracy on train, validation, test and in the field of the model that counts, and what was agreed, as far as they are there."""
    content = gather(project)
    try:
        agreed = project.read(acceptance.read, "acceptance.toml")
    except ABSENT:
        agreed = None
    goal = None
    if agreed:
        bounds = [t.min for t in agreed.thresholds if t.metric == "accuracy" and t.min is not None and not t.slice]
        goal = max(bounds, default=None)
    train, augmented, still_learning = _train(project)
    test, classes = _test(project)
    return Numbers(
        package=project.settings.package,
        goal=goal,
        human=agreed.human.value if agreed and agreed.human and agreed.human.metric == "accuracy" else None,
        train=train,
        augmented=augmented,
        validation=_validation(project),
        test=test,
        field=_field(project),
        tolerable=agreed.error if agreed else None,
        unmet=tuple(
            f"{row.text}, measured {row.measured:.3f}" for row in content.acceptance if row.met is False and row.measured
        ),
        classes=classes,
        still_learning=still_learning,
        cause=_cause(project),
    )


def _run(project: Project) -> chain.Chosen | None:
    """The choice whose run is the model's: a kept model is training's."""
    try:
        choice = chain.model(project)
        return chain.chosen(project, "training") if choice.keep else choice
    except ABSENT:
        return None


def _train(project: Project) -> tuple[Share | None, Share | None, bool]:
    """Accuracy on train and on `augmented` in the chosen epoch, and whether validation loss was still falling when the epochs ran out."""
    run = _run(project)
    try:
        if run is None:
            return None, None, False
        table = project.read(curves.read, f"{run.folder}/metrics.csv")
        origin = project.read(runs.read_provenance, f"{run.folder}/provenance.json")
        best = table.best("val_loss", "min")
    except ABSENT:
        return None, None, False
    chosen = run.table.get("epoch")
    epoch = next((e for e in table.epochs if e.epoch == chosen), best)
    if epoch is None or not math.isfinite(epoch.get("train_acc")):
        return None, None, False
    used, held_out = origin.data.get("train"), origin.data.get("augmented")
    measured = held_out and math.isfinite(epoch.get("aug_acc"))
    augmented = Share(epoch.get("aug_acc"), held_out.samples) if held_out and measured else None
    ran_out = origin.stopped == "max_epochs" and best is not None and best.epoch == table.epochs[-1].epoch
    return Share(epoch.get("train_acc"), used.samples if used else 0), augmented, ran_out


def _validation(project: Project) -> Share | None:
    run = _run(project)
    return _share(project, f"{run.folder}/validation.csv") if run else None


def _test(project: Project) -> tuple[Share | None, tuple[ClassShare, ...]]:
    for stage in ("tuning", "training"):
        try:
            path = f"{chain.evaluation_of(project, stage).folder}/predictions.csv"
            rows = project.read(predictions.read, path).rows
        except ABSENT:
            continue
        found = []
        for name in sorted({row.label for row in rows}):
            mine = [row.right for row in rows if row.label == name]
            found.append(ClassShare(name, sum(mine) / len(mine), len(mine)))
        return _share(project, path), tuple(found)
    return None, ()


def _cause(project: Project) -> Costliest | None:
    """The most frequent cause in the newest table that was counted from mistakes of the model that counts."""
    try:
        model = chain.model(project).checkpoint
        tables = [table for table in causes.read_all(project) if table.checkpoint == model]
    except ABSENT:
        return None
    told = [one for one in tables[-1].causes if one.name != UNKNOWN] if tables else []
    if not told:
        return None
    first = max(told, key=lambda one: one.count)
    return Costliest(first.name, first.count, tables[-1].looked, first.gain)


def _field(project: Project) -> Share | None:
    """The share of right verdicts that people gave to answers in the real world."""
    try:
        answers = project.read(studies.read_inference, f"{chain.chosen(project, 'tuning').folder}/inference.csv")
    except ABSENT:
        return None
    judged = [row.verdict for row in answers.rows if row.verdict]
    return Share(sum(v == "right" for v in judged) / len(judged), len(judged)) if judged else None


def _share(project: Project, path: str) -> Share | None:
    try:
        table = project.read(predictions.read, path)
    except ABSENT:
        return None
    return Share(table.accuracy, len(table.rows))
