"""The evaluations that count, with their tables: of training's chosen checkpoint, and of tuning's where that is another one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlscaffold.evidence import chain, data, evaluations, jsonfile, predictions
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.project import Missing, Project
from mlscaffold.splitnames import TEST, is_named_test


@dataclass(frozen=True)
class Judged:
    """The newest evaluation of a stage's choice on one test set; a finding about it belongs to `stage`."""

    stage: str
    run: str
    folder: str
    checkpoint: str
    split: str = TEST

    @property
    def predictions(self) -> str:
        """The path of its predictions on the test set."""
        return evaluations.file_of(self.folder, "predictions", self.split)

    @property
    def baseline(self) -> str:
        """The path of the baseline's predictions on the test set."""
        return evaluations.file_of(self.folder, "baseline", self.split)

    @property
    def confusion(self) -> str:
        """The path of its confusion matrix."""
        return evaluations.file_of(self.folder, "confusion", self.split)

    @property
    def metrics(self) -> str:
        """The path of its numbers."""
        return f"{self.folder}/metrics.json"


def judged(project: Project) -> list[Judged]:
    """The evaluation of training's choice (`Missing` without one) and, where tuning chose another checkpoint, that one's."""
    first = _of(project, "training", "evaluation")
    try:
        second = _of(project, "tuning", "tuning")
    except Missing:
        return [first]
    return [first] if second.folder == first.folder else [first, second]


def tested(project: Project) -> list[Judged]:
    """Those evaluations on `test`, each followed by itself on the named test sets of today that it saw."""
    return [each for one in judged(project) for each in (one, *named(project, one))]


def named(project: Project, one: Judged) -> list[Judged]:
    """An evaluation on the named test sets of today that it saw, or says that it saw."""
    record = f"{one.folder}/provenance.json"
    used = project.read(jsonfile.read, record).get("data") if project.exists(record) else None
    told = numbers(project, one).sets if project.exists(one.metrics) else {}
    known = {*(used if isinstance(used, dict) else ()), *told}
    each = [replace(one, split=name) for name in data.prepared_splits(project) if is_named_test(name)]
    return [other for other in each if other.split in known or project.exists(other.predictions)]


def newest(project: Project) -> Judged:
    """The evaluation of the project's model: tuning's choice, else training's; raises `Missing`."""
    if project.exists("reports/tuning/chosen.toml"):
        return _of(project, "tuning", "tuning")
    return _of(project, "training", "evaluation")


def table(project: Project, path: str) -> Predictions:
    """A table of predictions; raises `Missing` with the command that writes it."""
    if not project.exists(path):
        raise Missing(f"{path} is missing", path=path, fix=command(project, path))
    return project.read(predictions.read, path)


def numbers(project: Project, one: Judged) -> evaluations.Evaluation:
    """The recorded numbers of an evaluation on its test set; raises `Missing`."""
    if not project.exists(one.metrics):
        raise Missing(f"{one.metrics} is missing", path=one.metrics, fix=command(project, one.metrics))
    found = project.read(evaluations.read, one.metrics)
    if one.split != TEST and one.split not in found.sets:
        raise Missing(f"{one.metrics} has no numbers of {one.split}", path=one.metrics, fix=command(project, one.metrics))
    return found if one.split == TEST else found.sets[one.split]


def command(project: Project, path: str) -> str:
    """The script that writes a report."""
    package = project.settings.package
    if path.startswith("exports/"):
        return f"python -m {package}.convert {path.split('/')[1]}"
    verb = {"training": "train", "tuning": "tune", "evaluation": "evaluate"}.get(path.split("/")[1], "evaluate")
    return f"python -m {package}.{verb}"


def _of(project: Project, stage: str, concerns: str) -> Judged:
    found = chain.evaluation_of(project, stage)
    return Judged(concerns, found.run, found.folder, found.checkpoint)
