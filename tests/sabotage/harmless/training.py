"""How runs are logged, kept, chosen, measured and exported."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

from tests.sabotage.corpus import harmless
from tests.sabotage.rebuilding import quote, sign_again, write_rows
from tests.sabotage.target import Row, Target


@harmless("OK-15")
def more_columns_in_another_order(project: Target) -> None:
    """`metrics.csv` with gradient norm, seconds and recall of each class, its columns in another order."""
    path = f"{project.run('training')}/metrics.csv"
    rows = project.rows(path)
    more = [
        {
            "time": f"{4.1 + k / 9:.2f}",
            "grad_norm": f"{3 / (k + 1):.4f}",
            **{f"recall/{c}": f"{0.5 + 0.4 * k / len(rows):.3f}" for c in project.classes},
        }
        for k, _ in enumerate(rows)
    ]
    write_rows(project, path, [{**extra, **dict(reversed(list(row.items())))} for row, extra in zip(rows, more, strict=True)])
    sign_again(project)


# Which of two epochs is meant cannot be told where curves count from 1: the gap may be that of the other one.
@harmless("OK-15b", allows=("training.overfitting",))
def epochs_counted_from_one(project: Target) -> dict[str, str]:
    """Epochs are counted from 1: in the curves, in provenance and in the choice."""
    chosen = {project.toml(f"reports/{stage}/chosen.toml")["epoch"] for stage in ("training", "tuning")}
    for stage in ("training", "tuning"):
        folder = project.run(stage)
        project.set_cells(f"{folder}/metrics.csv", "epoch", lambda row: str(int(row["epoch"]) + 1))
        project.edit_json(
            f"{folder}/provenance.json", lambda held: held["checkpoint"].update(epoch=held["checkpoint"]["epoch"] + 1)
        )
        epoch = project.toml(f"reports/{stage}/chosen.toml")["epoch"]
        project.replace(f"reports/{stage}/chosen.toml", f"epoch = {epoch}\n", f"epoch = {epoch + 1}\n")
    sign_again(project)
    return {f"epoch {epoch}": f"epoch {epoch + 1}" for epoch in sorted(chosen, reverse=True)}


@harmless("OK-15c", allows=("training.overfitting",))
def curves_counted_from_one(project: Target) -> None:
    """A logger of one's own counts epochs from 1; Lightning's checkpoint counts from 0."""
    project.set_cells(f"{project.run('training')}/metrics.csv", "epoch", lambda row: str(int(row["epoch"]) + 1))
    sign_again(project)


@harmless("OK-16")
def csv_of_lightning(project: Target) -> None:
    """Lightning's own CSV: train and validation on rows of their own, blanks elsewhere, the learning rate without an epoch."""
    path = f"{project.run('training')}/metrics.csv"
    rows: list[Row] = []
    blank = dict.fromkeys(
        ("epoch", "lr-AdamW", "step", "train_acc", "train_loss_epoch", "train_loss_step", "val_acc", "val_loss"), ""
    )
    for k, row in enumerate(project.rows(path)):
        step = str(25 * (k + 1) - 1)
        rows += [
            {**blank, "step": str(25 * k), "lr-AdamW": row["lr"]},
            {**blank, "step": str(25 * k + 9), "epoch": row["epoch"], "train_loss_step": row["train_loss"]},
            {**blank, "step": step, "epoch": row["epoch"], "val_acc": row["val_acc"], "val_loss": row["val_loss"]},
            {**blank, "step": step, "epoch": row["epoch"], "train_acc": row["train_acc"], "train_loss_epoch": row["train_loss"]},
        ]
    write_rows(project, path, rows)
    sign_again(project)


@harmless("OK-22")
def a_resumed_run(project: Target) -> None:
    """A run was interrupted and resumed under another name: the first epochs are its parent's."""
    folder = project.run("training")
    run, parent = folder.rsplit("/", 1)[1], "20200101T000000Z-ada-par"
    rows = project.rows(f"{folder}/metrics.csv")
    cut = min(max(1, len(rows) // 2), project.toml("reports/training/chosen.toml")["epoch"])
    shutil.copytree(project.root / folder, project.root / f"reports/training/{parent}")
    quote(project, {run: parent}, (f"reports/training/{parent}/*",))
    write_rows(project, f"reports/training/{parent}/metrics.csv", rows[:cut])
    write_rows(project, f"{folder}/metrics.csv", rows[cut:])
    project.edit_json(
        f"reports/training/{parent}/provenance.json",
        lambda held: (
            held["limits"].update(epochs=cut, stopped="interrupted"),
            held["checkpoint"].update(digest="ab" * 32, epoch=cut - 1),
        ),
    )
    project.edit_json(
        f"{folder}/provenance.json",
        lambda held: (held.update(parent=parent, resumed=True), held["limits"].update(epochs=len(rows) - cut)),
    )
    sign_again(project)


@harmless("OK-36")
def best_on_what_is_optimised(project: Target) -> None:
    """The chosen checkpoint is the best on macro F1, which was monitored, and not on accuracy or loss."""
    folder = project.run("training")
    chosen = project.toml("reports/training/chosen.toml")["epoch"]
    value = float(project.toml("reports/training/chosen.toml")["value"])
    rows = project.rows(f"{folder}/metrics.csv")
    for row in rows:
        mine = int(row["epoch"]) == chosen
        row["val_f1_macro"] = f"{value if mine else value * (0.80 + 0.1 * int(row['epoch']) / len(rows)):.6f}"
    other = rows[chosen - 1]
    other["val_loss"] = f"{0.7 * float(rows[chosen]['val_loss']):.6f}"
    other["val_acc"] = f"{min(1.0, float(rows[chosen]['val_acc']) + 0.004):.6f}"
    write_rows(project, f"{folder}/metrics.csv", rows)

    def monitored(held: dict[str, object]) -> None:
        held["checkpoint"].update(monitor="val_f1_macro", mode="max")  # type: ignore[attr-defined]
        held["decisions"] = [{"what": "checkpoint", "by": "val_f1_macro", "split": "validation"}]

    project.edit_json(f"{folder}/provenance.json", monitored)
    sign_again(project)


@harmless("OK-37", deep="evaluation")
def made_on_another_machine(project: Target) -> None:
    """Predictions were made on a GPU: recomputed here, probabilities differ in the fourth digit."""
    path = f"{project.evaluation('tuning')}/predictions.csv"

    def jittered(row: Row, k: int) -> Row:
        shares = {name: float(cell) for name, cell in row.items() if name.startswith("p:")}
        top = max(shares, key=lambda name: shares[name])
        moved = {name: share * (1 + (1.5e-4 if name != top else 0) * (1 if k % 2 else -1)) for name, share in shares.items()}
        total = sum(moved.values())
        return {**row, **{name: f"{share / total:.9g}" for name, share in moved.items()}}

    rows = [jittered(row, k) for k, row in enumerate(project.rows(path))]
    write_rows(project, path, rows)
    loss = -math.fsum(math.log(float(row[f"p:{row['label']}"])) for row in rows) / len(rows)

    def measured(held: dict[str, Any]) -> None:
        number = held["metrics"]["log_loss"]
        moved = loss - number["value"]
        number.update(value=loss, low=number["low"] + moved, high=number["high"] + moved)

    project.edit_json(f"{project.evaluation('tuning')}/metrics.json", measured)
    sign_again(project)


@harmless("OK-38")
def a_small_export_loses_a_little(project: Target) -> None:
    """An int8 export answers a few test pictures otherwise, within the drop that is tolerated."""
    target = next(t for t in ("litert", "onnx", "coreml", "executorch") if (project.root / project.card(t)).is_file())
    path = f"exports/{target}/predictions.csv"
    rows = project.rows(path)
    drop = float(project.toml("acceptance.toml").get("tolerable", {}).get("drop", 0.01))
    flips = int(drop * len(rows) * 0.8)
    right = [k for k, row in enumerate(rows) if row["label"] == row["prediction"]]
    right.sort(key=lambda k: float(rows[k][f"p:{rows[k]['label']}"]))
    for k in right[:flips]:
        shares = sorted((name for name in rows[k] if name.startswith("p:")), key=lambda name: -float(rows[k][name]))
        first, second = shares[:2]
        rows[k][first], rows[k][second] = rows[k][second], rows[k][first]
        rows[k]["prediction"] = second.removeprefix("p:")
    write_rows(project, path, rows)
    rate = (len(right) - flips) / len(rows)

    def card(held: dict[str, object]) -> None:
        held["accuracy"].update(export=rate)  # type: ignore[attr-defined]
        held.update(quantisation="int8-weights", agreement=1 - flips / len(rows), options={"dtype": "int8-weights"})

    project.edit_json(project.card(target), card)
    sign_again(project)


@harmless("OK-39")
def more_than_is_asked_for(project: Target) -> None:
    """Extra reports, plots, folders, and a second family of models in `runs/` and in the reports that was not chosen."""
    second = "20200202T000000Z-ada-vit"
    for base in ("runs", "reports/training"):
        shutil.copytree(project.root / base / project.run("training").rsplit("/", 1)[1], project.root / base / second)
    weights = next((project.root / "runs" / second / "checkpoints").glob("best*.ckpt"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    for base in (f"runs/{second}", f"reports/training/{second}"):
        project.edit_json(
            f"{base}/provenance.json",
            lambda held: (held.update(run=second), held["checkpoint"].update(digest="cd" * 32, epoch=0)),
        )
        project.set_cells(f"{base}/metrics.csv", "val_loss", lambda row: f"{float(row['val_loss']) * 1.7:.6f}")
    project.write(
        {
            "reports/weekly/2026-11.md": "# What we did\n\nAccuracy of the prototype was 0.41.\n",
            "reports/figures/embedding.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "reports/training/overview.md": "# All runs\n",
            "exports/README.md": "# Exports\n",
            "docs/05-model.md": "# Model\n\nNotes of the model engineers.\n",
            "docs/meeting-2026-11-03.md": "# Meeting\n\nRecall of 0.99 was wished for.\n",
            "data/README-labelling.txt": "how we label\n",
            "experiments/run.sh": "echo\n",
        }
    )


@harmless("OK-40")
def a_failed_experiment(project: Target) -> None:
    """A run that diverged is kept for the record, and was not chosen."""
    folder, failed = project.run("training"), "20200303T000000Z-ada-nan"
    shutil.copytree(project.root / folder, project.root / f"reports/training/{failed}")
    shutil.copytree(project.root / "runs" / folder.rsplit("/", 1)[1], project.root / "runs" / failed)
    for base in (f"reports/training/{failed}", f"runs/{failed}"):
        rows = project.rows(f"{base}/metrics.csv")
        for row in rows[len(rows) // 3 :]:
            row.update(train_loss="nan", val_loss="nan", val_acc=rows[0]["val_acc"], train_acc=rows[0]["train_acc"])
        write_rows(project, f"{base}/metrics.csv", rows[:-1])
        project.edit_json(
            f"{base}/provenance.json",
            lambda held: (
                held.update(run=failed),
                held["checkpoint"].update(digest="ef" * 32),
                held["limits"].update(stopped="interrupted"),
            ),
        )
    (project.root / f"reports/training/{failed}/validation.csv").unlink()
    project.write({f"reports/training/{failed}/README.md": "Learning rate 0.3: diverged in the third epoch. Not chosen.\n"})


@harmless("OK-43")
def predictions_with_more_columns(project: Target) -> None:
    """Predictions with an embedding and a time, rows and columns in another order."""
    for path in (f"{project.evaluation()}/predictions.csv", f"{project.run('training')}/validation.csv"):
        rows = project.rows(path)
        told = [
            {"embedding": f"[{k / 7:.3f}, {k % 5}]", "ms": f"{0.2 + k % 3:.1f}", **dict(reversed(list(row.items())))}
            for k, row in enumerate(rows)
        ]
        write_rows(project, path, sorted(told, key=lambda row: row["ms"] + row["path"][::-1]))
    sign_again(project)


@harmless("OK-43b")
def rows_in_another_order(project: Target) -> None:
    """The rows of every table stand in another order."""
    for path in sorted(
        p.relative_to(project.root).as_posix()
        for place in ("reports", "data", "exports")
        for p in (project.root / place).rglob("*.csv")
    ):
        rows = project.rows(path)
        if rows and Path(path).name not in ("metrics.csv", "study.csv"):
            write_rows(project, path, sorted(rows, key=lambda row: next(iter(row.values()))[::-1]))
