"""Evaluate the chosen model: `python -m project_package.evaluate [--of tuning]`.

It writes a new folder reports/evaluation/<run>/ each time. Of the test set only counts are shown: the mistakes to learn
from are those of eyeball (or validation). What people conclude stands in docs/07-evaluation.
"""

import argparse
import random
from pathlib import Path
from typing import Any

import numpy as np

from project_package import baseline, paths, plots, records, scores
from project_package.choose import Chosen, chosen, find_checkpoint
from project_package.errors import not_yet, run_script
from project_package.pipeline import load_pipeline
from project_package.predict import open_model, predict_split
from project_package.records import Prediction

LOOKED_AT = 10
MISTAKES = 50


def look(predictions: list[Prediction]) -> None:
    """Print ten outputs, always the same ones for the same pictures: look at them before any number."""
    picked = random.Random(7).sample(predictions, min(LOOKED_AT, len(predictions)))
    width = max(len(p.path) for p in picked)
    print("Ten outputs, looked at first:")
    for p in picked:
        sign = " " if p.right else "x"
        print(f"{sign} {p.path:{width}}  {p.label} -> {p.prediction} ({p.confidence:.2f})")


def measure(of: str, test: list[Prediction], base: list[Prediction], classes: list[str]) -> dict[str, Any]:
    """Return metrics.json: every number with its interval, and the paired comparison with the baseline."""
    found = summary(test, classes)
    theirs = summary(base, classes)
    only_model, only_baseline, p = scores.mcnemar([t.right for t in test], [b.right for b in base])
    values = {name: number["value"] for name, number in theirs["metrics"].items()}
    return {
        "of": of,
        "split": "test",
        **found,
        "baseline": {"rule": baseline.baseline_rule(), **values},
        "comparison": {"only_model": only_model, "only_baseline": only_baseline, "p": p},
    }


def summary(predictions: list[Prediction], classes: list[str]) -> dict[str, Any]:
    """Return the numbers of a table of predictions."""
    labels, answers = [p.label for p in predictions], [p.prediction for p in predictions]
    return scores.summarise(labels, answers, np.array([p.probabilities for p in predictions]), classes)


def draw(folder: Path, test: list[Prediction], classes: list[str]) -> None:
    """Write the confusion matrix as table and figure, and the reliability diagram."""
    matrix = scores.confusion([p.label for p in test], [p.prediction for p in test], classes)
    rows = [[name, *counts] for name, counts in zip(classes, matrix.tolist(), strict=True)]
    records.write_table(folder / "confusion.csv", ["label", *classes], rows)
    plots.confusion(matrix, classes, folder / "confusion.svg")
    confidences, right = np.array([p.confidence for p in test]), np.array([p.right for p in test])
    plots.reliability(scores.reliability(confidences, right), folder / "reliability.svg")


def thresholds(found: dict[str, Any]) -> list[str]:
    """Return one line for each threshold of acceptance.toml that the test set can answer."""
    lines = []
    for wanted in records.acceptance().get("thresholds", []):
        name, of_class = str(wanted.get("metric")), wanted.get("class")
        if wanted.get("split", "test") != "test" or wanted.get("target") or wanted.get("slice"):
            continue
        numbers = found["classes"].get(of_class, {}) if of_class else found["metrics"]
        title = f"{name} of {of_class}" if of_class else name
        if (number := numbers.get(name)) is None:
            lines.append(f"- {title}: not known here")
            continue
        met = wanted.get("min", -np.inf) <= number["value"] <= wanted.get("max", np.inf)
        limits = ", ".join(f"{key} {wanted[key]}" for key in ("min", "max") if key in wanted)
        lines.append(f"- {title}: {number['value']:.4f}, wanted {limits}: {'met' if met else '**not met**'}")
    return lines


def report(found: dict[str, Any], seen: list[Prediction], choice: Chosen) -> str:
    """Return report.md: the numbers of test, and the mistakes of the split that may be looked at."""
    metric, compared = records.optimised_metric(), found["comparison"]
    lines = [
        f"# Evaluation of {choice.run}",
        "",
        f"Checkpoint `{choice.checkpoint[:12]}`, chosen for {choice.stage}; {found['n']} test images, 95 % intervals.",
        "",
        "| metric | value | from | to | baseline |",
        "|---|---|---|---|---|",
    ]
    for name, number in found["metrics"].items():
        mark = " (optimised)" if name == metric else ""
        base = found["baseline"].get(name, float("nan"))
        lines.append(
            f"| {name}{mark} | {number['value']:.4f} | {number['low']:.4f} | {number['high']:.4f} | {base:.4f} |"
        )
    lines += [
        "",
        f"Always answering {found['majority']['class']}: accuracy {found['majority']['accuracy']:.4f}. "
        f"Against the baseline ({found['baseline']['rule']}): only the model is right {compared['only_model']} times, "
        f"only the baseline {compared['only_baseline']} times, p = {compared['p']:.2g} (exact McNemar).",
        "",
    ]
    if wanted := thresholds(found):
        lines += ["## Thresholds", "", *wanted, ""]
    lines += ["## Classes", "", "| class | images | precision | recall | F1 |", "|---|---|---|---|---|"]
    for name, rates in found["classes"].items():
        cells = [f"{rates[k]['value']:.3f}" if rates[k] else "undefined" for k in ("precision", "recall", "f1")]
        lines.append(f"| {name} | {rates['support']} | {' | '.join(cells)} |")
    split = seen[0].path.partition("/")[0]
    wrong = sorted((p for p in seen if not p.right), key=lambda p: -p.confidence)
    lines += ["", f"## Mistakes of {split}", "", f"{len(wrong)} of {len(seen)}, the most confident first.", ""]
    lines += [f"- `{p.path}`: {p.label}, predicted {p.prediction} ({p.confidence:.2f})" for p in wrong[:MISTAKES]]
    lines += ["", "![Confusion](confusion.svg)", "", "![Reliability](reliability.svg)", ""]
    return "\n".join(lines)


def standing_evaluation(choice: Chosen) -> Path | None:
    """Return the newest evaluation of this checkpoint on the test data of today, if there is one."""
    found = []
    for file in (paths.REPORTS / "evaluation").glob("*/provenance.json"):
        record = records.read_json(file)
        same_model = record["checkpoint"]["digest"] == choice.checkpoint
        if same_model and record["data"].get("test", {}).get("digest") == records.data_digest("test"):
            found.append((record["end"], file.parent))
    return max(found)[1] if found else None


def evaluate(of: str) -> Path:
    """Evaluate the checkpoint chosen for `training` or `tuning`; return the folder of the new evaluation."""
    choice = chosen(of)
    if choice is None:
        raise not_yet(f"reports/{of}/chosen.toml", "train" if of == "training" else "tune")
    standing = standing_evaluation(choice) if choice.keep else None
    if standing:
        print(f"The model of {choice.keep} is kept, and so is its evaluation.")
        return standing
    start, pipeline = records.now(), load_pipeline()
    checkpoint = find_checkpoint(choice.checkpoint, choice.run)
    model = open_model(checkpoint, pipeline)
    shown_split = "eyeball" if records.has_split("eyeball") else "validation"
    seen = predict_split(model, shown_split, pipeline)
    look(seen)
    test, base = predict_split(model, "test", pipeline), baseline.predict_baseline("test")
    run = records.new_run_id()
    folder = paths.REPORTS / "evaluation" / run
    found = measure(of, test, base, model.classes)
    records.write_predictions(folder / "predictions.csv", test, model.classes)
    records.write_predictions(folder / "eyeball.csv", seen, model.classes)
    records.write_predictions(folder / "baseline.csv", base, model.classes)
    draw(folder, test, model.classes)
    records.write_text(folder / "report.md", report(found, seen, choice))
    records.write_json(folder / "metrics.json", found)
    provenance = records.provenance(
        run,
        "evaluation",
        ["train", shown_split, "test"],  # train: the baseline learns from it
        checkpoint={"digest": choice.checkpoint, "epoch": choice.epoch},
        parent=choice.run,
        start=start,
    )
    records.write_json(folder / "provenance.json", provenance)
    return folder


def main() -> int:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.evaluate", description=__doc__)
    parser.add_argument("--of", choices=("training", "tuning"), default="training")
    folder = evaluate(parser.parse_args().of)
    found = records.read_json(folder / "metrics.json")
    print()
    for name in dict.fromkeys([records.optimised_metric(), "accuracy", "precision_macro", "recall_macro", "f1_macro"]):
        number, base = found["metrics"][name], found["baseline"][name]
        print(f"{name:16} {number['value']:.4f}  [{number['low']:.4f}, {number['high']:.4f}]  baseline {base:.4f}")
    for line in thresholds(found):
        print(line.replace("**", ""))
    print(f"Written: {paths.shown(folder)}")
    print("Next: write docs/07-evaluation from its report.md")
    return 0


if __name__ == "__main__":
    run_script(main)
