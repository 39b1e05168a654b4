"""Train the model.

    python -m project_package.train [--overfit-batch] [--probe FILE] [--resume RUN] …

Settings come from configs/train.yaml; everything in it can be given on the command line. A run keeps its files in
runs/<run>/; the first run that ends is chosen by itself, a later one by `choose RUN`.
"""

import copy
import logging
import shutil
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.cli import LightningArgumentParser, LightningCLI
from pytorch_lightning.loggers import TensorBoardLogger
from torch.nn import functional

from project_package import baseline, paths, plots, records, scores
from project_package.choose import choose, chosen
from project_package.data import ImageData
from project_package.errors import ProjectError, run_script
from project_package.model import Classifier, read_checkpoint
from project_package.pipeline import load_pipeline
from project_package.predict import open_model, predict_split
from project_package.probe import probe_step

COLUMNS = ("epoch", "train_loss", "train_acc", "val_loss", "val_acc", "lr")
AUGMENTED = ("aug_loss", "aug_acc")  # of what is held out of data with extra sources, where there is such a split
OVERFIT_SAMPLES, OVERFIT_STEPS = 16, 150
TRAINING_STATE = {"callbacks", "loops", "lr_schedulers", "optimizer_states"}  # last.ckpt keeps it, to resume


class Command(LightningCLI):
    """The command line: typed settings of model, data and trainer, and a few of our own."""

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Add what only this script knows; classes and channels come from the project's files."""
        parser.add_argument("--overfit-batch", action="store_true", help="stage 5: show that the model fits one batch")
        parser.add_argument("--probe", type=str, default=None, metavar="FILE", help="write what a step does, and stop")
        parser.add_argument("--resume", type=str, default=None, metavar="RUN", help="go on with an interrupted run")
        parser.add_argument("--threads", type=int, default=1, help="threads of torch")
        parser.add_lightning_class_args(EarlyStopping, "early_stopping")
        parser.set_defaults(
            {
                "model.classes": records.classes(),
                "model.channels": load_pipeline().channels,
                "early_stopping.monitor": "val_loss",
            }
        )

    def before_instantiate_classes(self) -> None:
        """Set the threads before the model is built; refuse classes that are not the project's."""
        torch.set_num_threads(self.config["threads"])
        for name, wanted in (("classes", records.classes()), ("channels", load_pipeline().channels)):
            if self.config["model"][name] != wanted:
                raise ProjectError(f"model.{name} is {self.config['model'][name]}; the project's files say {wanted}")


class EpochTable(pl.Callback):
    """Appends one row an epoch to metrics.csv, and prints it."""

    def __init__(self, path: Path) -> None:
        """Take the file; rows that it has already stay."""
        self.path, self.lr = path, 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Note the learning rate of this epoch: at its end the scheduler has gone on."""
        self.lr = float(trainer.optimizers[0].param_groups[0]["lr"])

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the row, so that a kill loses no epoch."""
        if not trainer.is_global_zero:
            return
        found = {name: value.item() for name, value in trainer.callback_metrics.items()}
        names = columns()
        values = {**{name: f"{found[name]:.7g}" for name in names if name in found}, "lr": f"{self.lr:.7g}"}
        row = [str(trainer.current_epoch), *(values.get(name, "") for name in names[1:])]
        new = not self.path.is_file()
        with self.path.open("a", encoding="utf-8") as file:
            file.write(",".join(names) + "\n" if new else "")
            file.write(",".join(row) + "\n")
        numbers = "  ".join(f"{name} {found[name]:.4f}" for name in names if name in found)
        print(f"epoch {trainer.current_epoch + 1:3d} of {trainer.max_epochs}  {numbers}  lr {self.lr:.2g}", flush=True)


def columns() -> tuple[str, ...]:
    """Return the columns of metrics.csv."""
    return (*COLUMNS, *(AUGMENTED if records.has_split("augmented") else ()))


@dataclass(frozen=True)
class Run:
    """A training under way: its folder, what it goes on from, when it began, what was decided before it."""

    name: str
    stage: str
    start: str
    parent: str | None = None
    decisions: tuple[dict[str, str], ...] = ()
    trials: int | None = None  # planned, where a search chose the settings

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return records.run_folder(self.name)

    @property
    def best(self) -> Path:
        """The checkpoint with the smallest validation loss."""
        return self.folder / "checkpoints" / "best.ckpt"


def quiet() -> None:
    """Silence tips and warnings that nothing here can act on."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # TensorBoard needs no TensorFlow to write events, but loads it, for seconds and with warnings, if this is missing
    sys.modules.setdefault("tensorboard.compat.notf", ModuleType("notf"))
    warnings.filterwarnings("ignore", module="pytorch_lightning.*")
    warnings.filterwarnings("ignore", message=".*(num_workers|litlogger|log_every_n_steps|lr_scheduler.step).*")


def command(arguments: Sequence[str], callbacks: Sequence[pl.Callback] = ()) -> Command:
    """Return the parsed command line, with model, data and trainer made."""
    quiet()
    return Command(
        Classifier,
        ImageData,
        run=False,
        args=list(arguments),
        seed_everything_default=7,
        save_config_callback=None,
        parser_kwargs={
            "default_config_files": [str(paths.CONFIGS / "train.yaml")],
            "prog": f"python -m {__package__}.train",
        },
        trainer_defaults={
            "callbacks": list(callbacks),
            "logger": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
            "default_root_dir": str(paths.RUNS),
            "num_sanity_val_steps": 0,
        },
    )


def settings_text(cli: Command) -> str:
    """Return params.yaml: what this run was started with."""
    settings = cli.config.clone()
    for name in ("config", "overfit_batch", "probe", "resume"):
        settings.pop(name, None)
    settings["trainer"]["default_root_dir"] = paths.shown(paths.RUNS)  # no folder of this machine
    return str(cli.parser.dump(settings, skip_none=False, skip_validation=True))


def train(arguments: Sequence[str], run: Run, *, checkpoint: Path | None = None) -> None:
    """Train a run to its end, and write all that is known of it into its folder."""
    saver = ModelCheckpoint(
        dirpath=run.folder / "checkpoints",
        filename="best",
        monitor="val_loss",
        mode="min",
        save_last=True,
        enable_version_counter=False,
    )
    cli = command(arguments, [saver, EpochTable(run.folder / "metrics.csv")])
    check_shape(cli.model)
    cli.datamodule.setup()
    run.folder.mkdir(parents=True, exist_ok=True)
    records.write_text(run.folder / "params.yaml", settings_text(cli))
    shutil.copyfile(paths.PIPELINE, run.folder / "pipeline.json")
    cli.trainer.logger = TensorBoardLogger(paths.RUNS, name="", version=run.name)
    with suppress(KeyboardInterrupt, SystemExit):  # Lightning has put things away; what is there is reported
        cli.trainer.fit(cli.model, cli.datamodule, ckpt_path=checkpoint, weights_only=True)
    if not run.best.is_file():
        raise ProjectError(f"{run.name} ended without a checkpoint: no epoch had a finite val_loss (the lr too high?)")
    finish(cli, run, stopped=stop_reason(cli))


def stop_reason(cli: Command) -> str:
    """Say why a training ended."""
    if cli.trainer.interrupted:
        return "interrupted"
    early = any(isinstance(c, EarlyStopping) and c.stopped_epoch > 0 for c in cli.trainer.callbacks)  # type: ignore[attr-defined]
    return "early stopping" if early else "max_epochs"


def finish(cli: Command, run: Run, *, stopped: str) -> None:
    """Write validation.csv, baseline.csv, the curves and the provenance of a run that has ended."""
    folder, pipeline = run.folder, load_pipeline()
    epoch = slim(run.best)
    if cli.datamodule.fold:  # it says how settings do, and is no model: nothing of it is evidence
        print(f"{run.name}: fold {cli.datamodule.fold}, stopped by {stopped}, best epoch {epoch + 1}")
        return
    model = open_model(run.best, pipeline)
    predictions, base = predict_split(model, "validation", pipeline), baseline.predict_baseline("validation")
    records.write_predictions(folder / "validation.csv", predictions, model.classes)
    records.write_predictions(folder / "baseline.csv", base, model.classes)
    rows = records.read_table(folder / "metrics.csv", COLUMNS)
    plots.curves(rows, epoch, folder / "curves.svg")
    checkpoint = {"digest": records.file_digest(run.best), "epoch": epoch, "monitor": "val_loss", "mode": "min"}
    trainer = cli.trainer
    provenance = records.provenance(
        run.name,
        run.stage,
        ["train", *(["augmented"] if records.has_split("augmented") else []), "validation"],
        checkpoint=checkpoint,
        parent=run.parent,
        resumed=run.parent is not None,
        start=run.start,
        seed=cli.config["seed_everything"],
        threads=torch.get_num_threads(),
        workers=cli.datamodule.workers,
        hardware={**records.hardware(), "accelerator": type(trainer.accelerator).__name__.lower()[:-11]},
        limits={
            "max_epochs": trainer.max_epochs,
            "epochs": len(rows),
            "stopped": stopped,
            "limit_train_batches": trainer.limit_train_batches,
            "limit_val_batches": trainer.limit_val_batches,
            **({} if run.trials is None else {"trials": run.trials}),
        },
        weights=records.source_weights(),
        decisions=[*run.decisions, {"what": "checkpoint", "by": "val_loss", "split": "validation"}],
    )
    records.write_json(folder / "provenance.json", provenance)
    metric = records.optimised_metric()
    mine, theirs = scores.of(metric, predictions, model.classes), scores.of(metric, base, model.classes)
    print(f"{run.name}: stopped by {stopped} after {len(rows)} epochs, best epoch {epoch + 1}")
    print(f"validation ({len(predictions)}): {metric} {mine:.4f}; baseline ({baseline.baseline_rule()}) {theirs:.4f}")


def slim(checkpoint: Path) -> int:
    """Leave out of the best checkpoint what only a training needs (two thirds of it), and return its epoch."""
    state = read_checkpoint(checkpoint)
    needed = {name: value for name, value in state.items() if name not in TRAINING_STATE}
    new = checkpoint.with_suffix(".new")
    torch.save(needed, new)
    new.replace(checkpoint)
    return int(needed["epoch"])


def check_shape(model: Classifier) -> None:
    """Try one picture of the pipeline's size: a backbone that cannot take it is an error now, not later."""
    pipeline = load_pipeline()
    model.eval()
    try:
        with torch.no_grad():
            found = model(torch.zeros(2, pipeline.channels, *pipeline.size))
        shape = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
    except (RuntimeError, AssertionError, ValueError, TypeError) as error:
        raise ProjectError(
            f"backbone {model.hparams['backbone']} cannot take pictures of {pipeline.size} ({error})"
        ) from None
    if shape != (2, len(model.classes)):
        raise ProjectError(f"backbone {model.hparams['backbone']} gives {shape} for 2 pictures, not (2, classes)")
    model.train()


def overfit_batch(cli: Command) -> None:
    """Show that the model can learn: fit one batch by heart, and write reports/model/<run>/overfit.json."""
    model, pipeline = cli.model, load_pipeline()
    check_shape(model)
    fresh = copy.deepcopy(model)
    data = ImageData(augment=False)
    data.setup()
    queues = [[i for i, label in enumerate(data.train.labels) if label == k] for k in range(len(model.classes))]
    depth = range(max(len(queue) for queue in queues))
    picked = [queue[n] for n in depth for queue in queues if n < len(queue)][:OVERFIT_SAMPLES]
    images = torch.stack([data.train[i][0] for i in picked])
    labels = torch.tensor([data.train.labels[i] for i in picked])
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=model.hparams["lr"])
    losses: list[float] = []
    accuracies: list[float] = []
    for _ in range(OVERFIT_STEPS):
        logits = model(images)
        loss = functional.cross_entropy(logits, labels)
        losses.append(loss.item())
        accuracies.append((logits.argmax(1) == labels).float().mean().item())
        if losses[-1] < 0.02 and accuracies[-1] == 1:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    run = records.new_run_id()
    record = {
        "run": run,
        "backbone": model.hparams["backbone"],
        "weights": model.hparams["weights"],
        "pretrained": model.pretrained,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "outputs": len(model.classes),
        "classes": records.classes_digest(model.classes),
        "input": [pipeline.channels, *pipeline.size],
        "batch": [{"path": data.train.rows[i].name, "label": data.train.rows[i].label} for i in picked],
        "losses": losses,
        "accuracies": accuracies,
        "initial_loss": losses[0],
        "step": probe_step(fresh, cli.datamodule),
    }
    records.write_json(paths.REPORTS / "model" / run / "overfit.json", record)
    print(f"{len(picked)} pictures, {len(losses)} steps: loss {losses[0]:.3f} to {losses[-1]:.3f}")
    print(f"accuracy {accuracies[-1]:.2f}; pretrained tensors {model.pretrained['matched']}")
    if losses[-1] >= 0.1 or accuracies[-1] < 1:
        print("warning: the model does not fit one batch; look at lr, freeze and the labels", file=sys.stderr)
    print(f"Written: {paths.shown(paths.REPORTS / 'model' / run / 'overfit.json')}")
    print(f"Next: python -m {__package__}.train")


def resumed(name: str, run: Run) -> Path | None:
    """Copy what a run needs to go on from another into its folder; None, said aloud, where nothing can be resumed."""
    old = records.run_folder(name)
    last = old / "checkpoints" / "last.ckpt"
    if not last.is_file():
        print(f"Nothing to resume: {paths.shown(last)} is missing. Starting anew as {run.name}.")
        return None
    state = read_checkpoint(last)
    new = run.folder / "checkpoints"
    new.mkdir(parents=True)
    for file in (old / "checkpoints").glob("*.ckpt"):
        shutil.copyfile(file, new / file.name)
    for saved in state.get("callbacks", {}).values():
        if "best_model_path" in saved:  # the best so far is now the copy
            saved.update(dirpath=str(new), best_model_path=str(new / "best.ckpt"), last_model_path="")
            saved.update(best_k_models={str(new / "best.ckpt"): saved["best_model_score"]})
            saved.update(kth_best_model_path=str(new / "best.ckpt"))
    torch.save(state, new / "last.ckpt")
    rows = records.read_table(old / "metrics.csv", COLUMNS)
    names = columns()
    done = [[row.get(column, "") for column in names] for row in rows if int(row["epoch"]) <= state["epoch"]]
    records.write_table(run.folder / "metrics.csv", names, done)
    print(f"Resuming {name} after epoch {state['epoch'] + 1}, as {run.name}.")
    return new / "last.ckpt"


def main() -> int:
    """Train, or overfit one batch, from the command line."""
    arguments = sys.argv[1:]
    if "--overfit-batch" in arguments:
        overfit_batch(command(arguments))
        return 0
    if name := argument(arguments, "--probe"):
        cli = command(arguments)
        records.write_json(Path(name), probe_step(cli.model, cli.datamodule))
        return 0
    run, checkpoint = Run(records.new_run_id(), "training", records.now()), None
    if name := argument(arguments, "--resume"):
        checkpoint = resumed(name, run)
        if checkpoint is not None:
            run = Run(run.name, run.stage, run.start, parent=name)
            arguments = ["--config", str(records.run_folder(name) / "params.yaml"), *arguments]
    train(arguments, run, checkpoint=checkpoint)
    print(f"Run: {paths.shown(run.folder)}")
    if not (run.folder / "provenance.json").is_file():
        print(f"A fold is no run to choose. All of them: python -m {__package__}.folds")
        return 0
    interrupted = records.read_json(run.folder / "provenance.json")["limits"]["stopped"] == "interrupted"
    if interrupted:
        print(f"Interrupted; go on with: python -m {__package__}.train --resume {run.name}")
        return 130
    if chosen("training") is None:
        choose(run.name, reason="the first run that ended")
        print("Chosen for training: reports/training/chosen.toml")
        print(f"Next: python -m {__package__}.evaluate")
    else:
        print(f"Another run is chosen; to take this one: python -m {__package__}.choose {run.name}")
    return 0


def argument(arguments: Sequence[str], name: str) -> str | None:
    """Return the value of an option before the command line is parsed as a whole."""
    for n, given in enumerate(arguments):
        if given == name and n + 1 < len(arguments):
            return arguments[n + 1]
        if given.startswith(f"{name}="):
            return given.removeprefix(f"{name}=")
    return None


if __name__ == "__main__":
    run_script(main)
