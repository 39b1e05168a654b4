"""Stage 7: numbers of another model, of another split, in another order, of another kind, or chosen on test."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from collections import Counter

from tests.sabotage.corpus import Words, defect, left
from tests.sabotage.target import Row, Target
from tests.sabotage.thresholds import demand

left("EV-15", "Average precision is 0 or -1 because of shifted category ids", "object detection: no project of that task yet")
left("EV-16", "The background is counted in the intersection over union", "segmentation: no project of that task yet")


@defect("EV-01", "evaluation.number-not-reproducible", everywhere=True)
def accuracy_is_edited(project: Target) -> Words:
    """The accuracy in metrics.json is better than the predictions."""
    folder = project.evaluation()
    table = project.rows(f"{folder}/predictions.csv")
    true = sum(r["label"] == r["prediction"] for r in table) / len(table)
    claimed = round(min(0.9999, true + 0.027), 4) if true < 0.995 else 0.9
    project.set_value(f"{folder}/metrics.json", "metrics.accuracy.value", claimed)
    return f"{folder}/metrics.json", f"{claimed:.4g} recorded", f"{true:.4g} recomputed", f"{len(table)} rows"


@defect("EV-02", "evaluation.wrong-split", everywhere=True)
def the_last_batch_is_dropped(project: Target) -> Words:
    """The test loader dropped its last, smaller batch."""
    path = f"{project.evaluation()}/predictions.csv"
    table = project.rows(path)
    lost = len(table) % 32 or 32
    project.edit_csv(path, lambda rows: rows[:-lost])
    return path, f"{lost} of {len(table)} test files have no prediction", min(row["path"] for row in table[-lost:])


@defect("EV-03", "evaluation.wrong-split", everywhere=True)
def validation_in_place_of_test(project: Target) -> Words:
    """The numbers of test are those of validation: the line that validates was copied."""
    path = f"{project.evaluation()}/predictions.csv"
    project.copy(f"{project.run('training')}/validation.csv", path)
    n = len(project.rows(path))
    return path, f"{n} of {n} predicted files belong to validation"


@defect("EV-04", "evaluation.label-differs")
def answers_in_another_order(project: Target) -> Words:
    """The answers are in another order than the pictures and labels: a loader shuffled."""
    path = f"{project.evaluation()}/predictions.csv"
    table = project.rows(path)
    answers = [{k: v for k, v in row.items() if k not in ("path", "label")} for row in table]
    random.Random(4).shuffle(answers)
    mixed = [row | answer for row, answer in zip(table, answers, strict=True)]
    project.edit_csv(path, lambda _: mixed)
    accuracy = sum(r["label"] == r["prediction"] for r in mixed) / len(mixed)
    labels, said = Counter(r["label"] for r in mixed), Counter(r["prediction"] for r in mixed)
    chance = sum(labels[c] * said[c] for c in labels) / len(mixed) ** 2
    before = project.rows(f"{project.run('training')}/validation.csv")
    good = sum(r["label"] == r["prediction"] for r in before) / len(before)
    return path, f"{accuracy:.2f}", f"chance is {chance:.2f}", f"{good:.2f} on validation"


@defect("EV-05", "evaluation.another-checkpoint")
def the_last_weights_were_evaluated(project: Target) -> Words:
    """The last weights were evaluated, the best ones chosen."""
    folder = project.evaluation()
    chosen = str(project.toml("reports/training/chosen.toml")["checkpoint"])
    last = hashlib.sha256((project.checkpoint().parent / "last.ckpt").read_bytes()).hexdigest()
    if last == chosen:  # the best epoch was the last one
        last = hashlib.sha256(b"the weights after another epoch").hexdigest()
    project.set_value(f"{folder}/provenance.json", "checkpoint.digest", last)
    return folder, chosen[:12], last[:12]


@defect("EV-06", "evaluation.prediction-differs", deep="evaluation")
def evaluated_in_training_mode(project: Target) -> Words:
    """Evaluated in training mode: statistics of the batch, dropout on."""
    script = f"{project.package}/predict.py"
    sound = project.read(script)
    folder = project.evaluation()
    project.replace(script, "model.eval()", "model.train()")
    done = subprocess.run(
        [sys.executable, "-m", f"{project.package}.evaluate"], cwd=project.root, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    project.write({script: sound})
    assert project.evaluation() != folder
    return f"{project.evaluation()}/predictions.csv", "of 100", "differ when predicted again", "0.02"


@defect("EV-07", "evaluation.another-checkpoint")
def trained_again_after_the_evaluation(project: Target) -> Words:
    """The model was trained again on Tuesday, the evaluation is of Monday."""
    choice, old = project.toml("reports/training/chosen.toml"), project.run("training")
    digest = hashlib.sha256(b"the weights of Tuesday").hexdigest()
    run = choice["run"].replace("Z-", "Z-again", 1)
    for path in sorted((project.root / old).iterdir()):
        text = path.read_text(encoding="utf-8").replace(choice["run"], run).replace(choice["checkpoint"], digest)
        project.write({f"reports/training/{run}/{path.name}": text})
    project.replace("reports/training/chosen.toml", choice["run"], run)
    project.replace("reports/training/chosen.toml", choice["checkpoint"], digest)
    return "reports/evaluation", digest[:12], "no evaluation of training's chosen checkpoint"


@defect("EV-08", "evaluation.class-never-found", everywhere=True)
def one_class_is_never_found(project: Target) -> Words:
    """The rarest class is never found; accuracy hardly shows it."""
    path, names = f"{project.evaluation()}/predictions.csv", project.classes
    support = Counter(row["label"] for row in project.rows(path))
    rare = min(names, key=lambda name: support[name])
    other = next(name for name in names if name != rare)

    def answer(row: Row) -> Row:
        if row["prediction"] != rare:
            return row
        return {**row, "prediction": other, f"p:{rare}": row[f"p:{other}"], f"p:{other}": row[f"p:{rare}"]}

    project.edit_csv(path, lambda rows: [answer(row) for row in rows])
    return path, f"recall of {rare} is 0.00 (0 of {support[rare]})", "accuracy 0."


@defect("EV-09", "evaluation.number-not-reproducible")
def micro_in_place_of_macro(project: Target) -> Words:
    """The number called macro F1 is the micro average, which is higher."""
    folder, names = project.evaluation(), project.classes
    weak = names[-1]  # a class that the model finds half of the time: now the averages differ
    other = names[0]
    rows = project.rows(f"{folder}/predictions.csv")
    hit = [row for row in rows if row["label"] == weak and row["prediction"] == weak]
    for row in hit[::2]:
        row["prediction"], row[f"p:{weak}"], row[f"p:{other}"] = other, row[f"p:{other}"], row[f"p:{weak}"]
    project.edit_csv(f"{folder}/predictions.csv", lambda _: rows)
    micro = sum(r["label"] == r["prediction"] for r in rows) / len(rows)
    project.set_value(f"{folder}/metrics.json", "metrics.f1_macro.value", micro)
    project.set_value(f"{folder}/metrics.json", "metrics.accuracy.value", micro)
    return f"{folder}/metrics.json", f"f1_macro is {micro:.4g} recorded", f"{micro:.4g} is f1_micro"


@defect("EV-10", "evaluation.looks-at-test")
def threshold_found_on_test(project: Target) -> Words:
    """The decision threshold is the one with the best number on test."""
    file = f"{project.evaluation()}/provenance.json"
    found = {"what": "decision threshold 0.37", "by": "f1_macro", "split": "test"}
    project.edit_json(file, lambda record: record["decisions"].append(found))
    return file, "decision threshold 0.37 was chosen on test"


@defect("EV-11", "evaluation.confusion-differs", everywhere=True)
def confusion_is_transposed(project: Target) -> Words:
    """Rows and columns of the confusion matrix have changed places."""
    folder, names = project.evaluation(), project.classes
    rows = project.rows(f"{folder}/predictions.csv")
    if Counter(r["label"] for r in rows) == Counter(r["prediction"] for r in rows):
        return ()
    matrix = {r["label"]: r for r in project.rows(f"{folder}/confusion.csv")}
    turned = [{"label": true} | {said: matrix[said][true] for said in names} for true in names]
    project.edit_csv(f"{folder}/confusion.csv", lambda _: turned)
    true, said = Counter(r["label"] for r in rows), Counter(r["prediction"] for r in rows)
    name = next(n for n in names if true[n] != said[n])
    return f"{folder}/confusion.csv", f"row {name} sums to {said[name]}", f"{true[name]} test pictures", "transposed"


@defect("EV-12", "evaluation.failure-cases-missing")
def no_failure_worth_mentioning(project: Target) -> Words:
    """Failure cases: none worth mentioning, though the table has mistakes."""
    wrong = _mistakes(project)
    project.set_section(7, "failure-cases", "None worth mentioning.")
    return project.document(7), f"{wrong} mistakes", "3 words"


@defect("EV-13", "evaluation.threshold-compared")
def all_criteria_met_is_said(project: Target) -> Words:
    """A threshold is missed, and the document says that all criteria are met."""
    mean, refined = (_recall(project, f"{project.evaluation(of)}/predictions.csv") for of in ("training", "tuning"))
    wanted = round((1 + max(mean, refined)) / 2, 4)  # missed by the refined model too
    demand(project, "recall_macro", min=wanted)
    project.set_section(7, "results", project.sections(7)["results"] + " All acceptance criteria are met.")
    return project.document(7), f"recall_macro ≥ {wanted:g}", f"{mean:.3f}", "All acceptance criteria are met"


@defect("EV-14", "evaluation.label-differs", everywhere=True)
def class_numbers_sorted_as_text(project: Target) -> Words:
    """Class folders named by number were sorted as text and read back as numbers."""
    path, names = f"{project.evaluation()}/predictions.csv", project.classes
    order = [int(number) - 1 for number in sorted(str(i + 1) for i in range(len(names)))]
    if order == sorted(order):  # fewer than ten classes: counted from 1 and read from 0
        order = order[1:] + order[:1]
    called = {name: names[order[i]] for i, name in enumerate(names)}
    rows = project.rows(path)
    wrong = [row for row in rows if called[row["label"]] != row["label"]]
    project.set_cells(path, "label", lambda row: called[row["label"]])
    first = wrong[0]
    return path, f"{len(wrong)} of {len(rows)} rows", f"{first['path']} is {first['label']}, not {called[first['label']]}"


@defect("evaluation-1", "evaluation.wrong-split")
def predictions_are_gone(project: Target) -> Words:
    """The table of predictions was not committed."""
    path = f"{project.evaluation()}/predictions.csv"
    project.remove(path)
    return path, "missing"


@defect("evaluation-2", "evaluation.failure-cases-missing")
def right_answers_as_failures(project: Target) -> Words:
    """The failure cases that the document names were predicted correctly."""
    rows = project.rows(f"{project.evaluation()}/eyeball.csv")
    right = sorted(row["path"] for row in rows if row["label"] == row["prediction"])[:3]
    told = "We looked at the mistakes one by one and found the same cause again: a thick pen, a blot, an odd hand."
    project.set_section(7, "failure-cases", told + "\n\n" + "\n".join(f"- {path}" for path in right))
    return project.document(7), "3 named files were predicted correctly", right[0]


@defect("evaluation-3", "evaluation.causes-differ", everywhere=True)
def causes_of_right_answers(project: Target) -> Words:
    """The table of causes was counted from pictures that the model answered rightly."""
    folder = _sort(project)
    rows = project.rows(f"{folder}/mistakes.csv")
    return f"{folder}/mistakes.csv", f"{len(rows)} of {len(rows)} rows are no mistakes", rows[0]["path"]


@defect("evaluation-4", "evaluation.causes-differ", severity="warn", everywhere=True)
def causes_of_the_model_before(project: Target) -> Words:
    """The causes were counted before the model was trained again."""
    folder = _sort(project)
    old = hashlib.sha256(b"the model before").hexdigest()
    project.set_value(f"{folder}/causes.json", "checkpoint", old)
    return f"{folder}/causes.json", f"checkpoint {old[:12]}", "chosen is"


def _sort(project: Target) -> str:
    """A table of causes such as `mlscaffold apply` writes, of right answers; the folder."""
    folder, table = "reports/evaluation/causes/1a2b3c4d-grace-hopper", f"{project.evaluation()}/eyeball.csv"
    rows = project.rows(table)
    sorted_ = [row for row in rows if row["label"] == row["prediction"]][:6]
    columns = "path,label,prediction,confidence,causes,remark"
    lines = [f"{row['path']},{row['label']},{row['prediction']},0.9,blurry," for row in sorted_]
    wrong = sum(row["label"] != row["prediction"] for row in rows)
    told = {
        "schema": 1, "sheet": "1a2b3c4d" * 8, "by": "Grace Hopper", "when": "2026-11-20T10:00:00+00:00", "of": table,
        "checkpoint": project.json(f"{project.evaluation()}/provenance.json")["checkpoint"]["digest"], "split": "eyeball",
        "n": len(rows), "mistakes": wrong, "looked": len(sorted_),
        "causes": [{"cause": "blurry", "count": len(sorted_), "share": 1.0, "low": 0.61, "high": 1.0, "gain": round(wrong / len(rows), 6)}],
    }  # fmt: skip
    project.write({f"{folder}/mistakes.csv": "\n".join([columns, *lines]) + "\n", f"{folder}/causes.json": json.dumps(told)})
    return folder


def _recall(project: Target, path: str) -> float:
    """The mean recall of the classes."""
    support, hits = Counter[str](), Counter[str]()
    for row in project.rows(path):
        support[row["label"]] += 1
        hits[row["label"]] += row["label"] == row["prediction"]
    return sum(hits[name] / support[name] for name in support) / len(support)


def _mistakes(project: Target) -> int:
    return sum(row["label"] != row["prediction"] for row in project.rows(f"{project.evaluation()}/eyeball.csv"))


@defect("EV-17", "evaluation.document-number-differs", everywhere=True)
def a_number_in_words(project: Target) -> Words:
    """The text says the accuracy in words, and it is another one."""
    project.set_section(
        7, "remedies", "Nothing is to be done: on test the accuracy is seventeen percent, which is enough for a start."
    )
    return project.document(7), "17 %", "accuracy is"


@defect("EV-18", "evaluation.document-number-differs", severity="warn")
def a_card_that_boasts(project: Target) -> Words:
    """The model card names an accuracy that nobody measured."""
    project.write({"MODEL_CARD.md": "# Model card\n\nOn the test pictures our model has an accuracy of 0.3217.\n"})
    return "MODEL_CARD.md", "0.3217"
