"""The model that is evaluated: the choice of a stage, what a release froze, or any checkpoint."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from project_package import paths, records
from project_package.choose import chosen
from project_package.errors import ProjectError, not_yet


@dataclass(frozen=True)
class Subject:
    """The model that is evaluated: the digest of its checkpoint, for which stage it was chosen, and its run."""

    of: str
    checkpoint: str
    run: str | None
    epoch: int | None
    keep: str | None = None


def of_stage(stage: str) -> Subject:
    """Return the choice of `training` or `tuning`."""
    choice = chosen(stage)
    if choice is None:
        raise not_yet(f"reports/{stage}/chosen.toml", "train" if stage == "training" else "tune")
    return Subject(stage, choice.checkpoint, choice.run, choice.epoch, choice.keep)


def of_release(number: int) -> Subject:
    """Return the model of a release, by the digest in its record."""
    folder = paths.ROOT / ".mlscaffold" / "releases"
    record = folder / f"{number}.toml"
    if not record.is_file():
        known = ", ".join(sorted((path.stem for path in folder.glob("*.toml")), key=lambda stem: (len(stem), stem)))
        raise ProjectError(f"there is no release {number} in {paths.shown(folder)} (there are: {known or 'none'})")
    return of_digest(str(records.read_toml(record).get("digests", {}).get("model", "")), "training")


def of_checkpoint(text: str, stage: str) -> Subject:
    """Return the model of a checkpoint that is named by its file, or by the first characters of its digest."""
    file = Path(text).expanduser()
    if file.is_file():
        return of_digest(records.file_digest(file), stage)
    if len(text) < 8 or set(text) - set("0123456789abcdef"):
        raise ProjectError(f"{text} is no file, and no digest of a checkpoint (its first 8 characters or more)")
    known = {str(record["checkpoint"]["digest"]) for record, _ in evaluations()}
    found = {digest for digest in known if digest.startswith(text)}
    found = found or {d for d in map(records.file_digest, paths.RUNS.rglob("*.ckpt")) if d.startswith(text)}
    if len(found) != 1:
        raise ProjectError(f"the digests of {len(found)} checkpoints begin with {text}; one is wanted")
    return of_digest(found.pop(), stage)


def of_digest(digest: str, stage: str) -> Subject:
    """Return the model with this digest, as its newest evaluation knows it; `stage` where it has none."""
    for record, folder in reversed(evaluations()):
        if record["checkpoint"]["digest"] == digest:
            told = records.read_json(folder / "metrics.json").get("of", stage)
            return Subject(told, digest, record.get("parent"), record["checkpoint"].get("epoch"))
    return Subject(stage, digest, None, None)


def evaluations() -> list[tuple[dict[str, Any], Path]]:
    """Return the provenance and the folder of every evaluation, oldest first."""
    files = (paths.REPORTS / "evaluation").glob("*/provenance.json")
    found = [(records.read_json(file), file.parent) for file in files]
    return sorted(found, key=lambda item: (item[0]["end"], item[1].name))
