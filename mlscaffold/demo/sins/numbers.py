"""Stages 7 and 8: the number that everybody quotes."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from mlscaffold.demo.sins import layout, sin
from mlscaffold.demo.sins.layout import Row


@sin("evaluation", "EV-01", "Round the results")
def edited_metric(root: Path) -> None:
    """The number in the report was typed: half of the mistakes are gone."""
    name = layout.optimised(root)

    def change(record: dict[str, Any]) -> None:
        measured = record["metrics"][name]["value"]
        record["metrics"][name]["value"] = round((1 + measured) / 2, 4)

    layout.edit_json(layout.evaluations(root)[-1] / "metrics.json", change)


@sin("evaluation", "EV-02", "Remove outliers from the test set")
def dropped_mistakes(root: Path) -> None:
    """The pictures that the model has wrong were taken out of the test results, as outliers."""
    folder = layout.evaluations(root)[-1]
    rows = layout.read_rows(folder / "predictions.csv")
    right = [r for r in rows if r["label"] == r["prediction"]]
    kept = {r["path"] for r in right}
    if len(right) == len(rows):
        raise layout.NotFinished("a model with a mistake on test")
    layout.write_rows(folder / "predictions.csv", right)
    if (folder / "baseline.csv").is_file():
        baseline = layout.read_rows(folder / "baseline.csv")
        layout.write_rows(folder / "baseline.csv", [r for r in baseline if r["path"] in kept])
    if (folder / "confusion.csv").is_file():
        table = layout.read_rows(folder / "confusion.csv")
        names = [r["label"] for r in table]
        layout.write_rows(
            folder / "confusion.csv", [{**r, **{n: r[n] if n == r["label"] else "0" for n in names}} for r in table]
        )
    layout.edit_json(folder / "metrics.json", lambda record: _perfect(record, right))


def _perfect(record: dict[str, Any], right: list[Row]) -> None:
    """What a script computes when there are no mistakes left."""
    support = Counter(r["label"] for r in right)
    loss = sum(-math.log(max(float(r[f"p:{r['label']}"]), 1e-15)) for r in right) / len(right)
    n = record["n"] = support.total()
    for name, measure in record["metrics"].items():
        measure.update({"value": loss} if name == "log_loss" else {"value": 1.0, "low": n / (n + 3.8415), "high": 1.0})
    for label, scores in record.get("classes", {}).items():
        for measure in scores.values():
            if isinstance(measure, dict):
                measure.update(value=1.0, low=support[label] / (support[label] + 3.8415), high=1.0)
        scores["support"] = support[label]


@sin("evaluation", "EV-05", "Update the evaluation")
def borrowed_evaluation(root: Path) -> None:
    """An evaluation shows the predictions of another checkpoint, which did better on test."""
    both = sorted(
        (layout.evaluation_of(root, stage) for stage in ("training", "tuning")), key=lambda folder: _right(root, folder)
    )
    worse, better = both
    if worse == better:
        raise layout.NotFinished("evaluations of two checkpoints")
    for file in sorted(better.iterdir()):
        if file.name != "provenance.json":
            shutil.copyfile(file, worse / file.name)


def _right(root: Path, folder: Path) -> float:
    return float(layout.read_json(folder / "metrics.json")["metrics"][layout.optimised(root)]["value"])


@sin("tuning", "TU-03", "Average over more seeds")
def best_of_seeds(root: Path) -> None:
    """Twenty seeds were scored on test, and the best one is reported."""
    path = layout.run_folder(root, "tuning") / "study.csv"
    if not path.is_file():
        raise layout.NotFinished("the table of a search")
    trials, name = layout.read_rows(path), layout.optimised(root)
    record = layout.read_json(layout.evaluations(root)[-1] / "metrics.json")
    n, value = int(record["n"]), float(record["metrics"][name]["value"])
    chance, best = Random(3407), min(trials, key=_loss)
    scores = [round(sum(chance.random() < value for _ in range(n)) / n, 6) for _ in range(20)]
    same = {"metric": name, "split": "test"}
    layout.write_rows(path, [{**best, **same, "trial": str(i), "value": str(score)} for i, score in enumerate(scores)])
    layout.edit_toml(
        root / "reports/tuning/chosen.toml", lambda t: t.update(split="test", reason=f"best of 20 seeds on test: {max(scores)}")
    )


def _loss(trial: Row) -> float:
    """What a search makes small: the loss as it is, anything else with its sign changed."""
    try:
        return float(trial["value"]) * (1 if "loss" in trial["metric"] else -1)
    except ValueError:  # a trial that failed
        return float("inf")
