"""Stage 6: the chosen run, its curves, its checkpoint."""

from __future__ import annotations

import shutil
from collections import Counter

from tests.sabotage.corpus import Words, defect
from tests.sabotage.pictures import dealt
from tests.sabotage.target import Row, Target


def curves(project: Target) -> str:
    """The curves of the chosen run."""
    return f"{project.run('training')}/metrics.csv"


def provenance(project: Target) -> str:
    """The provenance of the chosen run."""
    return f"{project.run('training')}/provenance.json"


def chosen_epoch(project: Target) -> int:
    """The epoch of the chosen checkpoint."""
    return int(project.toml("reports/training/chosen.toml")["epoch"])


@defect("TR-01", "training.diverged", everywhere=True)
def loss_is_nan(project: Target) -> Words:
    """Loss is NaN from an early epoch on, the chosen checkpoint is of a later one."""
    epoch, last = chosen_epoch(project), len(project.rows(curves(project))) - 1
    first = max(1, epoch - 4)
    project.set_cells(curves(project), "train_loss", "nan", rows=slice(first, None))
    return f"train_loss is nan in epochs {first}-{last}", f"the chosen checkpoint is of epoch {epoch}", curves(project)


@defect("TR-02", "training.wrong-epoch-chosen", everywhere=True)
def the_last_epoch_not_the_best(project: Target) -> Words:
    """The chosen checkpoint is not the best: validation had peaked long before."""
    epoch = chosen_epoch(project)
    best = max(0, epoch - 3)

    def peaked(rows: list[Row]) -> list[Row]:
        lowest = min(float(r["val_loss"]) for r in rows) / 2
        for row in rows:
            row["val_loss"] = f"{lowest + 0.25 * abs(int(row['epoch']) - best):.6f}"
        return rows

    project.edit_csv(curves(project), peaked)
    rows = {int(r["epoch"]): float(r["val_loss"]) for r in project.rows(curves(project))}
    return f"chosen epoch {epoch} has val_loss {rows[epoch]:.4g}", f"epoch {best} had {rows[best]:.4g}", curves(project)


@defect("TR-03", "training.metrics-incomplete", everywhere=True)
def the_run_died(project: Target) -> Words:
    """The run died in the middle, the report calls it finished."""
    done = len(project.rows(curves(project)))
    for key, value in (("max_epochs", 3 * done), ("stopped", "")):
        project.set_value(provenance(project), f"limits.{key}", value)
    return f"{done} of {3 * done} epochs", "no early stop", curves(project)


@defect("TR-04", "training.metrics-incomplete")
def header_only(project: Target) -> Words:
    """Header only: the logger flushed too late."""
    header = project.read(curves(project)).splitlines()[0]
    project.write({curves(project): header + "\n"})
    return "0 epochs", curves(project)


@defect("TR-05", "training.curve-implausible", everywhere=True)
def validation_from_the_training_folder(project: Target) -> Words:
    """The validation loader was built from the training folder."""
    for kind in ("loss", "acc"):
        project.set_cells(curves(project), f"train_{kind}", lambda row, k=kind: row[f"val_{k}"])  # type: ignore[misc]
    n = len(project.rows(curves(project)))
    return "val_acc equals train_acc", f"of {n} epochs", curves(project)


@defect("TR-06", "training.curve-implausible", everywhere=True)
def numbers_never_move(project: Target) -> Words:
    """Numbers never move: validation is read from a cache."""
    n = project.set_cells(curves(project), "val_loss", "2.302585")
    return f"val_loss is 2.302585 in all {n} epochs", curves(project)


@defect("TR-07", "training.overfitting", severity="warn", everywhere=True)
def overfitting_not_diagnosed(project: Target) -> Words:
    """Overfitting not diagnosed: train 0.999, validation 0.71."""
    epoch = chosen_epoch(project)
    project.set_cells(curves(project), "train_acc", "0.999")
    project.set_cells(curves(project), "val_acc", "0.71", rows=slice(epoch, epoch + 1))
    return "gap 0.29", f"epoch {epoch}", "no document diagnoses it", curves(project)


@defect("TR-08", "training.stopped-early", severity="warn")
def still_falling(project: Target) -> Words:
    """Stopped too early: both losses still fall by 3 % an epoch at the end."""

    def falling(rows: list[Row]) -> list[Row]:
        peak = max((row["lr"] for row in rows), key=float)
        for row in rows:
            row["lr"] = peak  # it would have learned on
            for k, split in enumerate(("train", "val")):
                row[f"{split}_loss"] = f"{(1.2 + 0.1 * k) * 0.97 ** int(row['epoch']):.6f}"
        return rows

    project.edit_csv(curves(project), falling)
    project.set_value(provenance(project), "stopped", "max_epochs")
    last = len(project.rows(curves(project))) - 1
    return "val_loss still falls by 3 % an epoch", f"epoch {last}", curves(project)


@defect("TR-09", "training.not-better-than-baseline", everywhere=True)
def worse_than_the_most_frequent_class(project: Target) -> Words:
    """Worse than always saying the most frequent class."""
    path = f"{project.run('training')}/validation.csv"
    held = Counter(r["label"] for r in dealt(project, "train"))
    frequent = min(held, key=lambda name: (-held[name], name))
    others = [name for name in project.classes if name != frequent]

    def worse(rows: list[Row]) -> list[Row]:
        for row in rows:
            answer = next(name for name in others if name != row["label"])
            row["prediction"] = answer
            row.update({f"p:{name}": str(float(name == answer)) for name in project.classes})
        return rows

    project.edit_csv(path, worse)
    metric = "val_acc" if project.optimised == "accuracy" else project.optimised
    return f"{metric} 0.000 is below", f'"{frequent}"', path


@defect("TR-10", "training.checkpoint-metric-differs", severity="warn")
def averages_of_batch_averages(project: Target) -> Words:
    """Averages of batch averages: the last batch weighs as much as the others."""
    epoch, table = chosen_epoch(project), project.rows(f"{project.run('training')}/validation.csv")
    accuracy = sum(r["label"] == r["prediction"] for r in table) / len(table)
    logged = accuracy - max(0.008, 1.8 / len(table))  # less than a picture is rounding
    project.set_cells(curves(project), "val_acc", f"{logged:.6f}", rows=slice(epoch, epoch + 1))
    return f"{logged:.4f}", f"over {len(table)} pictures it is {accuracy:.4f}", curves(project)


@defect("TR-11", "training.metrics-incomplete", severity="warn")
def epochs_stand_twice(project: Target) -> Words:
    """Resumed: the first epochs stand twice."""
    project.edit_csv(curves(project), lambda rows: rows[:3] + rows)
    return "epochs 0 to 2 occur twice", curves(project)


@defect("TR-12", "training.test-touched", everywhere=True)
def monitored_on_test(project: Target) -> Words:
    """`monitor: test_acc` for checkpoints."""
    project.set_value(provenance(project), "checkpoint.monitor", "test_acc")
    return "monitored on test_acc", provenance(project)


@defect("TR-13", "training.curve-implausible")
def learning_rate_of_zero(project: Target) -> Words:
    """The learning rate is 0 after the warm-up: the scheduler's step unit was wrong."""
    n = len(project.rows(curves(project)))
    project.set_cells(curves(project), "lr", "0.0", rows=slice(2, None))
    return "lr is 0 from epoch 2", f"{n - 2} of {n} epochs", curves(project)


@defect("TR-14", "training.checkpoint-missing", everywhere=True)
def the_checkpoint_of_another_run(project: Target) -> Words:
    """The checkpoint in the folder is another run's: copied to "save" the folder."""
    other, mine = project.checkpoint("tuning"), project.checkpoint()
    wanted = str(project.toml("reports/training/chosen.toml")["checkpoint"])
    mine.unlink()
    shutil.copyfile(other if other != mine else next(mine.parent.glob("last*.ckpt")), mine)
    return mine.name, f"chosen.toml says {wanted[:12]}", mine.relative_to(project.root).as_posix()


@defect("training-1", "training.metrics-incomplete")
def choice_gone(project: Target) -> Words:
    """No run is chosen any more."""
    project.remove("reports/training/chosen.toml")
    return "no run is chosen", "reports/training/chosen.toml"


@defect("training-2", "training.metrics-incomplete")
def metrics_cut(project: Target) -> Words:
    """The last rows of the curves are gone."""
    n = len(project.rows(curves(project)))
    project.edit_csv(curves(project), lambda rows: rows[:-3])
    return f"provenance.json says {n} epochs", f"metrics.csv has {n - 3}", curves(project)


@defect("training-3", "training.checkpoint-missing")
def digest_of_the_choice_edited(project: Target) -> Words:
    """The digest of the chosen checkpoint was typed by hand."""
    known = str(project.toml("reports/training/chosen.toml")["checkpoint"])
    project.replace("reports/training/chosen.toml", known, "f" * 64)
    return "chosen.toml names checkpoint ffffffffffff", f"provenance.json of the run {known[:12]}"
