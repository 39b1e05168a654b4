"""Evaluate the chosen model on every test set: `python -m project_package.evaluate`.

It writes a new folder reports/evaluation/<run>/ each time. Of the test sets only counts are shown: the mistakes to
learn from are those of eyeball (or validation). What people conclude stands in docs/07-evaluation.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from project_package import baseline, paths, plots, records, scores
from project_package.choose import find_checkpoint
from project_package.errors import ProjectError, run_script
from project_package.model import Classifier
from project_package.pipeline import Pipeline, load_pipeline
from project_package.predict import open_model, predict_split
from project_package.records import Prediction
from project_package.subject import Subject, evaluations, of_checkpoint, of_release, of_stage

LOOKED_AT = 10
MISTAKES = 50


@dataclass(frozen=True)
class Answers:
    """What the model and the baseline say of one test set."""

    split: str
    model: list[Prediction]
    base: list[Prediction]


def look(predictions: list[Prediction]) -> None:
    """Print ten outputs, always the same ones for the same pictures: look at them before any number."""
    picked = random.Random(7).sample(predictions, min(LOOKED_AT, len(predictions)))
    width = max(len(p.path) for p in picked)
    print("Ten outputs, looked at first:")
    for p in picked:
        sign = " " if p.right else "x"
        print(f"{sign} {p.path:{width}}  {p.label} -> {p.prediction} ({p.confidence:.2f})")


def measure(answers: Answers, classes: list[str]) -> dict[str, Any]:
    """Return the numbers of a test set: each with its interval, and the paired comparison with the baseline."""
    found, theirs = summary(answers.model, classes), summary(answers.base, classes)
    only_model, only_baseline, p = scores.mcnemar([m.right for m in answers.model], [b.right for b in answers.base])
    values = {name: number["value"] for name, number in theirs["metrics"].items()}
    return {
        **found,
        "baseline": {"rule": baseline.baseline_rule(), **values},
        "comparison": {"only_model": only_model, "only_baseline": only_baseline, "p": p},
    }


def summary(predictions: list[Prediction], classes: list[str]) -> dict[str, Any]:
    """Return the numbers of a table of predictions."""
    labels, answers = [p.label for p in predictions], [p.prediction for p in predictions]
    return scores.summarise(labels, answers, np.array([p.probabilities for p in predictions]), classes)


def table(folder: Path, kind: str, split: str) -> Path:
    """Return the file of a test set: predictions.csv of `test`, predictions-test-night.csv of `test-night`."""
    return folder / (f"{kind}.csv" if split == "test" else f"{kind}-{split}.csv")


def write_answers(folder: Path, answers: Answers, classes: list[str]) -> None:
    """Write the tables of a test set: predictions, baseline, confusion matrix; of `test` the figures too."""
    records.write_predictions(table(folder, "predictions", answers.split), answers.model, classes)
    records.write_predictions(table(folder, "baseline", answers.split), answers.base, classes)
    matrix = scores.confusion([p.label for p in answers.model], [p.prediction for p in answers.model], classes)
    rows = [[name, *counts] for name, counts in zip(classes, matrix.tolist(), strict=True)]
    records.write_table(table(folder, "confusion", answers.split), ["label", *classes], rows)
    if answers.split == "test":
        plots.confusion(matrix, classes, folder / "confusion.svg")
        confidences, right = np.array([p.confidence for p in answers.model]), np.array([p.right for p in answers.model])
        plots.reliability(scores.reliability(confidences, right), folder / "reliability.svg")


def thresholds(found: dict[str, Any]) -> list[str]:
    """Return one line for each threshold of acceptance.toml that a test set can answer."""
    lines = []
    for wanted in records.acceptance().get("thresholds", []):
        name, of_class, split = str(wanted.get("metric")), wanted.get("class"), str(wanted.get("split", "test"))
        if not (split == "test" or split.startswith("test-")) or wanted.get("target") or wanted.get("slice"):
            continue
        measured = found if split == "test" else found.get("sets", {}).get(split, {"metrics": {}, "classes": {}})
        numbers = measured["classes"].get(of_class, {}) if of_class else measured["metrics"]
        title = (f"{name} of {of_class}" if of_class else name) + ("" if split == "test" else f" on {split}")
        if (number := numbers.get(name)) is None:
            lines.append(f"- {title}: not known here")
            continue
        met = wanted.get("min", -np.inf) <= number["value"] <= wanted.get("max", np.inf)
        limits = ", ".join(f"{key} {wanted[key]}" for key in ("min", "max") if key in wanted)
        lines.append(f"- {title}: {number['value']:.4f}, wanted {limits}: {'met' if met else '**not met**'}")
    return lines


def report(found: dict[str, Any], seen: list[Prediction], subject: Subject) -> str:
    """Return report.md: the numbers of the test sets, and the mistakes of the split that may be looked at."""
    metric, compared = records.optimised_metric(), found["comparison"]
    lines = [
        f"# Evaluation of {subject.run or subject.checkpoint[:12]}",
        "",
        f"Checkpoint `{subject.checkpoint[:12]}`, chosen for {subject.of}; {found['n']} test images, 95 % intervals.",
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
    lines += named_sets(found, metric)
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


def named_sets(found: dict[str, Any], metric: str) -> list[str]:
    """Return the lines about the test sets that have a name, where there are any."""
    sets = found.get("sets", {})
    if not sets:
        return []
    head = f"| set | images | {metric} | from | to | baseline |"
    lines = ["## Other test sets", "", head, "|---|---|---|---|---|---|"]
    for name, told in sets.items():
        number, base = told["metrics"][metric], told["baseline"].get(metric, float("nan"))
        values = " | ".join(f"{value:.4f}" for value in (number["value"], number["low"], number["high"], base))
        lines.append(f"| {name} | {told['n']} | {values} |")
    return [*lines, ""]


def standing_evaluation(subject: Subject, splits: Sequence[str]) -> Path | None:
    """Return the newest evaluation of this checkpoint on these test sets as they are today, if there is one."""
    wanted = {split: records.data_digest(split) for split in splits}
    pipeline = records.json_digest(records.read_json(paths.PIPELINE))
    for record, folder in reversed(evaluations()):
        seen = {split: record["data"].get(split, {}).get("digest") for split in splits}
        same = record["checkpoint"]["digest"] == subject.checkpoint and record["pipeline"] == pipeline
        if same and seen == wanted and record["classes"] == records.classes_digest(records.classes()):
            return folder
    return None


def answer(model: Classifier, split: str, pipeline: Pipeline, standing: Path | None) -> Answers:
    """Return the answers for a test set: predicted now, or as a standing evaluation of the same data has them."""
    if standing is None:
        return Answers(split, predict_split(model, split, pipeline), baseline.predict_baseline(split))
    known = (records.read_predictions(table(standing, kind, split))[0] for kind in ("predictions", "baseline"))
    return Answers(split, *known)


def evaluate(subject: Subject, only: str | None = None) -> Path:
    """Evaluate a model on every test set and return the folder of the new evaluation.

    With `only` that set is predicted; what the newest evaluation of this model says of the others is taken over.
    """
    sets = records.test_sets()
    if only is not None and only not in sets:
        where = paths.shown(paths.PROCESSED)
        raise ProjectError(f"there is no test set {only} in {where} (there are: {', '.join(sets)})")
    others = [split for split in sets if split != only]
    if subject.keep and only is None and (standing := standing_evaluation(subject, sets)):
        print(f"The model of {subject.keep} is kept, and so is its evaluation.")
        return standing
    known = standing_evaluation(subject, others) if only else None
    if only and others and known is None:
        raise ProjectError(f"this model was not evaluated on today's {' and '.join(others)}; leave out --test-set")
    start, pipeline = records.now(), load_pipeline()
    model = open_model(find_checkpoint(subject.checkpoint, subject.run), pipeline)
    shown_split = "eyeball" if records.has_split("eyeball") else "validation"
    seen = predict_split(model, shown_split, pipeline)
    look(seen)
    answers = [answer(model, split, pipeline, None if split == only else known) for split in sets]
    run = records.new_run_id()
    folder = paths.REPORTS / "evaluation" / run
    test, *named = ((each.split, measure(each, model.classes)) for each in answers)
    found = {"of": subject.of, "split": "test", **test[1], **({"sets": dict(named)} if named else {})}
    for each in answers:
        write_answers(folder, each, model.classes)
    records.write_predictions(folder / "eyeball.csv", seen, model.classes)
    records.write_text(folder / "report.md", report(found, seen, subject))
    records.write_json(folder / "metrics.json", found)
    provenance = records.provenance(
        run,
        "evaluation",
        ["train", shown_split, *sets],  # train: the baseline learns from it
        checkpoint={"digest": subject.checkpoint, "epoch": subject.epoch},
        parent=subject.run,
        start=start,
    )
    records.write_json(folder / "provenance.json", provenance)
    return folder


def show(found: dict[str, Any]) -> None:
    """Print the numbers: of test the usual metrics, of the other test sets the one that is optimised."""
    metric = records.optimised_metric()
    for name in dict.fromkeys([metric, "accuracy", "precision_macro", "recall_macro", "f1_macro"]):
        print(line(name, found["metrics"][name], found["baseline"][name]))
    for name, told in found.get("sets", {}).items():
        print(f"{name}, {told['n']} images:")
        print(line(metric, told["metrics"][metric], told["baseline"][metric]))
    for threshold in thresholds(found):
        print(threshold.replace("**", ""))


def line(name: str, number: dict[str, float], base: float) -> str:
    """Return a metric as it is printed: the value, its interval, and the baseline's."""
    return f"{name:16} {number['value']:.4f}  [{number['low']:.4f}, {number['high']:.4f}]  baseline {base:.4f}"


def main() -> int:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.evaluate", description=__doc__)
    parser.add_argument("--of", choices=("training", "tuning"), default="training", help="whose choice is evaluated")
    parser.add_argument("--release", type=int, metavar="N", help="evaluate the model of release N instead")
    parser.add_argument("--checkpoint", metavar="FILE", help="evaluate this checkpoint instead: a file, or its digest")
    parser.add_argument("--test-set", metavar="NAME", help="only this test set, such as test-night")
    given = parser.parse_args()
    if given.release is not None:
        subject = of_release(given.release)
    elif given.checkpoint:
        subject = of_checkpoint(given.checkpoint, given.of)
    else:
        subject = of_stage(given.of)
    folder = evaluate(subject, given.test_set)
    print()
    show(records.read_json(folder / "metrics.json"))
    print(f"Written: {paths.shown(folder)}")
    chosen_now = given.release is None and not given.checkpoint
    print("Next: write docs/07-evaluation from its report.md" if chosen_now else "Next: mlscaffold report")
    return 0


if __name__ == "__main__":
    run_script(main)
