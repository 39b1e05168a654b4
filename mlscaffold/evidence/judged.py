"""The evaluations that count, with their tables: of training's chosen checkpoint, and of tuning's where that is another one."""

from __future__ import annotations

from dataclasses import dataclass

from mlscaffold.evidence import chain, evaluations, predictions
from mlscaffold.evidence.predictions import Predictions
from mlscaffold.project import Missing, Project


@dataclass(frozen=True)
class Judged:
    """The newest evaluation of a stage's choice; a finding about it belongs to `stage`."""

    stage: str
    run: str
    folder: str
    checkpoint: str

    @property
    def predictions(self) -> str:
        """The path of its predictions on test."""
        return f"{self.folder}/predictions.csv"

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
    """The recorded numbers of an evaluation; raises `Missing`."""
    if not project.exists(one.metrics):
        raise Missing(f"{one.metrics} is missing", path=one.metrics, fix=command(project, one.metrics))
    return project.read(evaluations.read, one.metrics)


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
