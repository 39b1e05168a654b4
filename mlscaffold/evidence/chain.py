"""The chain of choices: which run counts, which evaluation is of it, which model was converted. Read from `reports/` only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlscaffold.evidence import Broken, jsonfile, toml
from mlscaffold.project import Missing, Project

TRAIN = {"training": "train", "tuning": "tune"}


@dataclass(frozen=True)
class Chosen:
    """`chosen.toml` of a stage: the run, the digest of its checkpoint, and why."""

    stage: str
    run: str
    checkpoint: str
    file: str
    keep: bool
    table: dict[str, Any]

    @property
    def folder(self) -> str:
        """Where the chosen run's small files lie."""
        return f"reports/{self.stage}/{self.run}"


@dataclass(frozen=True)
class Evaluation:
    """A folder of `reports/evaluation` and its provenance."""

    run: str
    folder: str
    checkpoint: str
    end: str
    provenance: dict[str, Any]

    @property
    def data(self) -> dict[str, dict[str, Any]]:
        """Split → what was used of it: `digest`, `samples`, of a test set perhaps `version`."""
        used = self.provenance.get("data")
        return {name: value for name, value in used.items() if isinstance(value, dict)} if isinstance(used, dict) else {}

    def saw(self, other: Evaluation, split: str) -> bool:
        """Whether this is of the same version of a test set as another evaluation: by its number, or by the digest of the data."""
        mine, theirs = self.data.get(split, {}), other.data.get(split, {})
        if mine.get("version") is not None and mine.get("version") == theirs.get("version"):
            return True
        return bool(mine.get("digest")) and mine.get("digest") in {used.get("digest") for used in other.data.values()}


def chosen(project: Project, stage: str) -> Chosen:
    """The choice recorded for `training` or `tuning`; raises `Missing`."""
    file = f"reports/{stage}/chosen.toml"
    if not project.exists(file):
        package = project.settings.package
        raise Missing(f"no run is chosen: {file} is missing", path=file, fix=f"python -m {package}.{TRAIN[stage]}")
    table = project.read(toml.read, file)
    run, checkpoint = table.get("run"), table.get("checkpoint")
    if not isinstance(run, str) or not run or "/" in run or run.startswith("."):
        raise Broken(file, f"`run` is {run!r}; the name of a folder in reports/{stage} is wanted")
    if not isinstance(checkpoint, str) or len(checkpoint) != 64:
        raise Broken(file, f"`checkpoint` is {checkpoint!r}; a digest of 64 characters is wanted")
    return Chosen(stage, run, checkpoint.lower(), file, table.get("keep") == "training", table)


def model(project: Project) -> Chosen:
    """The choice whose checkpoint is the project's model: tuning's, else training's."""
    return chosen(project, "tuning" if project.exists("reports/tuning/chosen.toml") else "training")


def evaluations(project: Project) -> list[Evaluation]:
    """Every evaluation, oldest first, by the end in its provenance."""
    found = []
    for file in project.glob("reports/evaluation/*/provenance.json"):
        record = project.read(jsonfile.read, file)
        checkpoint = record.get("checkpoint") or {}
        digest = str(checkpoint.get("digest", "")) if isinstance(checkpoint, dict) else ""
        folder = file.rsplit("/", 1)[0]
        found.append(Evaluation(folder.rsplit("/", 1)[1], folder, digest.lower(), str(record.get("end", "")), record))
    return sorted(found, key=lambda e: (e.end, e.run))


def evaluation_of(project: Project, stage: str) -> Evaluation:
    """The newest evaluation of a stage's chosen checkpoint; raises `Missing`, naming what was evaluated instead."""
    choice = chosen(project, stage)
    known = evaluations(project)
    mine = [e for e in known if e.checkpoint == choice.checkpoint]
    if not mine:
        package = project.settings.package
        same_run = [e for e in known if e.provenance.get("parent") == choice.run]
        nearest = (same_run or known)[-1:]
        others = "".join(f"; {e.folder} is of checkpoint {e.checkpoint[:12]}" for e in nearest)
        raise Missing(
            f"reports/evaluation has no evaluation of {stage}'s chosen checkpoint {choice.checkpoint[:12]}{others}",
            path=f"{nearest[0].folder}/provenance.json" if nearest else "reports/evaluation",
            fix=f"python -m {package}.evaluate --of {stage}",
        )
    return mine[-1]
