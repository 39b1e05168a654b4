"""Choose the run that counts: `python -m project_package.choose RUN [--for tuning]`.

The run's small files are copied into reports/, and chosen.toml beside them is the choice. Its checkpoint is found again
by its digest, wherever it lies under the folder of runs.
"""

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

from project_package import paths, records, scores
from project_package.errors import ProjectError, not_yet, run_script

LARGEST = 10_000_000  # what is larger stays with the run


@dataclass(frozen=True)
class Chosen:
    """The choice of a stage, as its chosen.toml tells it."""

    stage: str
    run: str
    checkpoint: str
    epoch: int
    split: str
    metric: str
    value: float
    reason: str
    keep: str | None


def chosen(stage: str) -> Chosen | None:
    """Return the choice of `training` or `tuning`, or None where there is none yet."""
    path = paths.REPORTS / stage / "chosen.toml"
    if not path.is_file():
        return None
    found = records.read_toml(path)
    try:
        return Chosen(
            stage,
            str(found["run"]),
            str(found["checkpoint"]),
            int(found["epoch"]),
            str(found["split"]),
            str(found["metric"]),
            float(found["value"]),
            str(found.get("reason", "")),
            found.get("keep"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProjectError(f"{paths.shown(path)}: {error} is missing or is not what it should be") from None


def find_checkpoint(digest: str, run: str | None = None) -> Path:
    """Return the checkpoint with this digest under the folder of runs; its own run is looked at first."""
    first = list((paths.RUNS / run).rglob("*.ckpt")) if run else []
    for path in [*sorted(first), *sorted(paths.RUNS.rglob("*.ckpt"))]:
        if records.file_digest(path) == digest:
            return path
    raise ProjectError(
        f"no checkpoint with digest {digest[:12]}… lies under {paths.shown(paths.RUNS)}; it may be on another machine "
        "([paths] runs in mlscaffold.toml says where to look)"
    )


def current() -> Chosen:
    """Return the choice that counts now: tuning's, else training's."""
    choice = chosen("tuning") or chosen("training")
    if choice is None:
        raise not_yet("reports/training/chosen.toml", "train")
    return choice


def current_checkpoint() -> Path:
    """Return the checkpoint of the choice that counts now."""
    choice = current()
    return find_checkpoint(choice.checkpoint, choice.run)


def best_checkpoint(run: str) -> Path:
    """Return the best checkpoint of a run."""
    path = records.run_folder(run) / "checkpoints" / "best.ckpt"
    if not path.is_file():
        raise ProjectError(f"{paths.shown(path)} is missing: the run {run} has no best checkpoint")
    return path


def copy_run(run: str, target: Path) -> None:
    """Copy the small files of a run into `target`; one that is there already must be the same."""
    for path in sorted(records.run_folder(run).iterdir()):
        small = path.is_file() and path.stat().st_size <= LARGEST
        if not small or path.name.startswith(("events.", ".")) or path.suffix in {".ckpt", ".log", ".lock"}:
            continue
        copy = target / path.name
        if copy.is_file() and copy.read_bytes() != path.read_bytes():
            raise ProjectError(f"{paths.shown(copy)} is another file than the run's; reports are never overwritten")
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def choose(run: str, stage: str = "training", *, keep_training: bool = False, reason: str = "") -> Chosen:
    """Make a run the one that counts for `training` or `tuning`, and return the choice."""
    folder = records.run_folder(run)
    if not folder.is_dir():
        known = ", ".join(path.name for path in sorted(paths.RUNS.glob("*/"))[-3:]) or "none"
        raise ProjectError(f"there is no run {run!r} under {paths.shown(paths.RUNS)} (the newest: {known})")
    kept = chosen("training") if keep_training else None
    if keep_training and (kept is None or stage != "tuning"):
        raise ProjectError("--keep-training needs --for tuning, and a chosen run of training")
    best_checkpoint(run)
    metric = records.optimised_metric()
    validation = folder / "validation.csv" if kept is None else paths.REPORTS / "training" / kept.run / "validation.csv"
    predictions, names = records.read_predictions(validation)
    if not predictions:
        raise ProjectError(f"{paths.shown(validation)} has no rows")
    copy_run(run, paths.REPORTS / stage / run)
    if kept is None:
        source = records.read_json(folder / "provenance.json").get("checkpoint") or {}
        digest, epoch = records.file_digest(best_checkpoint(run)), int(source.get("epoch", -1))
    else:
        digest, epoch = kept.checkpoint, kept.epoch
    values = {
        "run": run,
        "checkpoint": digest,
        "epoch": epoch,
        "split": "validation",
        "metric": metric,
        "value": scores.of(metric, predictions, names),
        "reason": reason or "chosen by hand",
        "when": records.now(),
        "by": records.author(),
        "keep": "training" if kept else None,
    }
    records.write_toml(paths.REPORTS / stage / "chosen.toml", values)
    choice = chosen(stage)
    assert choice is not None
    return choice


def main() -> int:
    """Choose a run from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.choose", description=__doc__)
    parser.add_argument("run", help="the run's name, a folder under runs/")
    parser.add_argument("--for", dest="stage", choices=("training", "tuning"), default="training")
    parser.add_argument("--keep-training", action="store_true", help="record a search and keep stage 6's model")
    parser.add_argument("--reason", default="", help="why, in a sentence")
    given = parser.parse_args()
    choice = choose(given.run, given.stage, keep_training=given.keep_training, reason=given.reason)
    kept = " (stage 6's model is kept)" if choice.keep else ""
    print(f"Chosen for {choice.stage}: {choice.run}{kept}, epoch {choice.epoch}, {choice.metric} {choice.value:.4f}")
    print(f"Commit reports/{choice.stage}/ with your work.")
    return 0


if __name__ == "__main__":
    run_script(main)
