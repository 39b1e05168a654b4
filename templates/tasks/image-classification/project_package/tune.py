"""Search for better settings: `python -m project_package.tune [--trials N]`.

Trials are scored on validation only. The best settings are trained again with the budget of the chosen training, and
the two are compared on validation by a paired test; the better one is chosen for tuning, and evaluated.
"""

import argparse
import tempfile
from pathlib import Path

import optuna
import pytorch_lightning as pl
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from project_package import paths, records, scores
from project_package.choose import Chosen, choose, chosen
from project_package.errors import ProjectError, not_yet, run_script
from project_package.evaluate import evaluate
from project_package.subject import of_stage
from project_package.train import Run, command, train

METRIC = "val_loss"  # the smallest of a trial; finer than accuracy on a small validation split


def suggest(trial: optuna.Trial) -> dict[str, float | int]:
    """Return the settings of a trial. This is the search space: change it to what your problem needs."""
    return {
        "model.lr": trial.suggest_float("model.lr", 3e-4, 1e-2, log=True),
        "model.weight_decay": trial.suggest_float("model.weight_decay", 1e-3, 0.3, log=True),
        "model.label_smoothing": trial.suggest_float("model.label_smoothing", 0.0, 0.15),
        "data.batch_size": trial.suggest_categorical("data.batch_size", [16, 32, 64]),
    }


class Report(pl.Callback):
    """Tells the study the validation loss of every epoch, and ends a trial that is hopeless."""

    def __init__(self, trial: optuna.Trial) -> None:
        """Take the trial."""
        self.trial, self.best = trial, float("inf")

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Report this epoch."""
        loss = trainer.callback_metrics[METRIC].item()
        self.best = min(self.best, loss)
        self.trial.report(loss, trainer.current_epoch)
        if self.trial.should_prune():
            raise optuna.TrialPruned


def overrides(settings: dict[str, float | int]) -> list[str]:
    """Return settings as arguments of the command line of `train`."""
    return [f"--{name}={value}" for name, value in settings.items()]


def run_trial(trial: optuna.Trial, base: list[str], epochs: int) -> float:
    """Train with the settings of a trial for a few epochs; return its smallest validation loss."""
    report = Report(trial)
    settings = suggest(trial)
    with tempfile.TemporaryDirectory() as scratch:
        options = [f"--trainer.max_epochs={epochs}", f"--trainer.default_root_dir={scratch}"]
        cli = command([*base, *overrides(settings), *options, "--trainer.enable_checkpointing=false"], [report])
        try:
            cli.trainer.fit(cli.model, cli.datamodule)
        except SystemExit:
            raise KeyboardInterrupt from None  # Lightning's way to say that somebody pressed ^C
    return report.best


def say(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    """Print one line for a trial that has ended."""
    value = "" if trial.value is None else f"{METRIC} {trial.value:.4f}"
    settings = " ".join(
        f"{k.partition('.')[2]}={v:.3g}" if isinstance(v, float) else f"{k.partition('.')[2]}={v}"
        for k, v in trial.params.items()
    )
    print(f"trial {trial.number}: {trial.state.name.lower()} {value} {settings}", flush=True)


def open_study(storage: str | None, name: str) -> optuna.Study:
    """Return the study: in a database if an address is given, else in a journal file under runs/."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    store: str | optuna.storages.BaseStorage
    if storage is None:
        paths.RUNS.mkdir(parents=True, exist_ok=True)
        store = JournalStorage(JournalFileBackend(str(paths.RUNS / "studies.log")))
    else:
        store = storage
    pruner = optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=2)
    return optuna.create_study(
        study_name=name,
        storage=store,
        load_if_exists=True,
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=7, n_startup_trials=4),
        pruner=pruner,
    )


def write_study(study: optuna.Study, path: Path) -> None:
    """Write study.csv: one row a trial, with its state and the split it was scored on."""
    names = sorted({name for trial in study.trials for name in trial.params})
    rows = []
    for trial in study.trials:
        value = "" if trial.value is None else f"{trial.value:.9g}"
        fixed = [trial.number, trial.state.name, value, METRIC, "validation"]
        rows.append([*fixed, *(trial.params.get(name, "") for name in names)])
    records.write_table(path, ["trial", "state", "value", "metric", "split", *names], rows)


def compare(run: str, before: Chosen) -> tuple[bool, str]:
    """Return whether the tuned run is better on validation than the chosen training, and the reason in words."""
    metric = records.optimised_metric()
    old, classes = records.read_predictions(paths.REPORTS / "training" / before.run / "validation.csv")
    new, _ = records.read_predictions(records.run_folder(run) / "validation.csv")
    if {p.path: p.label for p in old} != {p.path: p.label for p in new}:
        raise ProjectError("validation has changed since the chosen training; train and choose again, then tune")
    in_order = {p.path: p for p in new}
    only_new, only_old, p = scores.mcnemar([in_order[o.path].right for o in old], [o.right for o in old])
    tuned, trained = scores.of(metric, new, classes), scores.of(metric, old, classes)
    better = tuned < trained if metric == "log_loss" else tuned > trained
    reason = (
        f"{metric} on validation {tuned:.4f} against {trained:.4f} of {before.run}; "
        f"only the tuned model is right {only_new} times, only the other {only_old} times, p = {p:.2g}"
    )
    return better, reason


def search(study: optuna.Study, base: list[str], trials: int, epochs: int) -> None:
    """Run the trials; an interrupted search goes on with what it has."""
    try:
        study.optimize(
            lambda trial: run_trial(trial, base, epochs), n_trials=trials, callbacks=[say], catch=(RuntimeError,)
        )
    except KeyboardInterrupt:
        print("The search was interrupted; going on with the trials that are complete.")
    if not any(trial.state == optuna.trial.TrialState.COMPLETE for trial in study.trials):
        raise ProjectError("no trial of the search is complete; nothing was chosen")


def main() -> int:
    """Search, train the winner again, choose, evaluate."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.tune", description=__doc__)
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=None, help="of a trial; a third of the training's by default")
    parser.add_argument("--storage", default=None, help="address of a database that several machines share")
    parser.add_argument("--study", default=None, help="name of the study, to join one")
    parser.add_argument("--no-evaluate", action="store_true", help="do not evaluate the choice on test")
    given = parser.parse_args()
    if given.trials < 1 or (given.epochs is not None and given.epochs < 1):
        raise ProjectError("--trials and --epochs must be at least 1")
    before = chosen("training")
    if before is None:
        raise not_yet("reports/training/chosen.toml", "train")
    params = paths.REPORTS / "training" / before.run / "params.yaml"
    if not params.is_file():
        raise ProjectError(f"{paths.shown(params)} is missing; choose the run again")
    base = ["--config", str(params)]  # the budget, and all that is not searched, is that of the chosen training
    decided, name = (decision("hyperparameters", METRIC),), records.new_run_id()
    epochs = given.epochs or max(3, (command(base).trainer.max_epochs or 0) // 3)
    study = open_study(given.storage, given.study or name)
    planned = len(study.trials) + given.trials  # a study that goes on has some already
    run = Run(name, "tuning", records.now(), decisions=decided, trials=planned)
    search(study, base, given.trials, epochs)
    best = study.best_trial
    print(f"Best: trial {best.number}, {METRIC} {best.value:.4f}. Training it with the budget of {before.run}.")
    run.folder.mkdir(parents=True, exist_ok=True)
    write_study(study, run.folder / "study.csv")
    train([*base, *overrides(best.params)], run)
    better, reason = compare(run.name, before)
    choice = choose(run.name, "tuning", keep_training=not better, reason=reason)
    print(f"{'The tuned model is chosen' if better else 'The model of training is kept'}: {choice.reason}.")
    if not given.no_evaluate:
        print(f"Written: {paths.shown(evaluate(of_stage('tuning')))}")
    print(f"Next: python -m {__package__}.infer")
    return 0


def decision(what: str, by: str) -> dict[str, str]:
    """Return a decision made on numbers, with the split it was made on."""
    return {"what": what, "by": by, "split": "validation"}


if __name__ == "__main__":
    run_script(main)
