"""Stage 8: a refined model that is none, a search that cheated or never ran, a real world that the model knew already."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys

from tests.sabotage.corpus import Words, defect
from tests.sabotage.refining import choose_refined, nudged
from tests.sabotage.target import Row, Target
from tests.sabotage.thresholds import demand


@defect("TU-01", "tuning.same-model", everywhere=True)
def the_old_model_under_a_new_name(project: Target) -> Words:
    """The refined model is the old one: the copying step ran, the training did not."""
    before, after = (project.toml(f"reports/{stage}/chosen.toml") for stage in ("training", "tuning"))
    path = "reports/tuning/chosen.toml"
    project.write({path: project.read(path).replace(after["checkpoint"], before["checkpoint"]).replace("keep = ", "was_kept = ")})
    return path, before["checkpoint"][:12], "stage 6's"


@defect("TU-02", "tuning.not-better")
def two_different_tests_are_compared(project: Target) -> Words:
    """Before on validation, after on test: no picture is in both tables."""
    choose_refined(project)
    path = f"{project.run('tuning')}/validation.csv"
    n = len(project.rows(f"{project.evaluation('tuning')}/predictions.csv"))
    project.copy(f"{project.evaluation('tuning')}/predictions.csv", path)
    return path, "0 of ", f"{n}", "in both tables"


@defect("TU-03", "tuning.scored-on-test", everywhere=True)
def the_best_trial_on_test(project: Target) -> Words:
    """The trials of the search were scored on test."""
    path = f"{project.run('tuning')}/study.csv"
    n = project.set_cells(path, "split", "test")
    return path, f"{n} of {n} trials were scored on test", "validation"


@defect("TU-04", "tuning.not-better", severity="warn")
def a_gain_of_one_picture(project: Target) -> Words:
    """The gain is one picture: luck."""
    choose_refined(project)
    table, path = project.rows(f"{project.run('training')}/validation.csv"), f"{project.run('tuning')}/validation.csv"
    n, names = len(table), project.classes
    wrong = next((row for row in table if row["label"] != row["prediction"]), None)
    right = sum(row["label"] == row["prediction"] for row in table)
    if wrong is None:  # nothing to mend: a mistake that was there before
        wrong, right = _answer(table[0], next(name for name in names if name != table[0]["label"])), right - 1
        project.edit_csv(f"{project.run('training')}/validation.csv", lambda _: table)
    mended = _answer({**wrong}, wrong["label"])
    project.edit_csv(path, lambda _: [nudged(mended if row is wrong else row) for row in table])
    if project.optimised != "accuracy":
        return path, project.optimised, "on validation", "may be chance"
    return path, f"{right / n:.3f} → {(right + 1) / n:.3f} on validation", "may be chance", f"1 of {n}"


@defect("TU-05", "conversion.too-slow")
def more_accurate_and_too_slow(project: Target) -> Words:
    """Tuned for accuracy, it breaks the limit on latency."""
    limit = next(t["max"] for t in project.toml("acceptance.toml")["thresholds"] if t["metric"] == "latency_p95_ms")
    project.edit_json(project.card(), lambda card: card["latency"].update(p50_ms=2.6 * limit, p95_ms=2.8 * limit))
    return project.card(), f"{2.8 * limit:.1f} ms", f"the limit is {limit:g} ms"


@defect("TU-06", "tuning.best-trial-differs")
def parameters_typed_by_hand(project: Target) -> Words:
    """The learning rate of the best trial lost a digit when it was typed."""
    choose_refined(project)
    folder = project.run("tuning")
    trials = [row for row in project.rows(f"{folder}/study.csv") if row["state"] == "COMPLETE"]
    best = min(trials, key=lambda row: float(row["value"]) * (1 if "loss" in row["metric"] else -1))
    name = next(key for key in best if key.rpartition(".")[2] == "lr")
    line = next(ln for ln in project.read(f"{folder}/params.yaml").splitlines() if ln.strip().startswith("lr:"))
    project.replace(f"{folder}/params.yaml", line, f"{line.partition(':')[0]}: {float(best[name]) * 10}")
    return f"{folder}/params.yaml", f"{folder}/study.csv", best[name], str(float(best[name]) * 10)


@defect("TU-07", "tuning.same-model")
def a_copied_table(project: Target) -> Words:
    """The predictions of the refined model are stage 7's file, copied."""
    choose_refined(project)
    before, after = (f"{project.evaluation(of)}/predictions.csv" for of in ("training", "tuning"))
    project.copy(before, after)
    return after, before, f"all {len(project.rows(before))} probabilities on test equal"


@defect("TU-08", "tuning.real-world-from-splits", everywhere=True)
def the_real_world_is_train(project: Target) -> Words:
    """The pictures from the real world come out of the training folder."""
    path = f"{project.run('tuning')}/inference.csv"
    rows, train = project.rows(path), project.in_split("train")
    taken = list(zip(rows[:18], train, strict=False))
    for row, known in taken:
        content = (project.root / "data/raw" / known["path"]).read_bytes()
        project.write({f"data/field/{row['path']}": content})
        row["digest"] = hashlib.sha256(content).hexdigest()
    project.edit_csv(path, lambda _: rows)
    return path, f"{len(taken)} of {len(rows)} real-world pictures", f"{len(taken)} of them in train", rows[0]["path"]


@defect("TU-09", "tuning.inference-differs", deep="tuning")
def inference_reads_in_another_way(project: Target) -> Words:
    """Inference reads pictures in another way than training: channels the other way round, pixels as they come."""
    script = f"{project.package}/infer.py"
    own = "(3 * read_array(path, pipeline)[::-1] + 2)"  # metal and ink are grey: the order of channels alone says little there
    sound = project.read(script)
    project.replace(script, "read_array(path, pipeline)]", f"{own}]")
    done = subprocess.run([sys.executable, "-m", f"{project.package}.infer"], cwd=project.root, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    project.write({script: sound})
    path = f"{project.run('tuning')}/inference.csv"
    return path, f"of {len(project.rows(path))} real-world pictures", "by the path of evaluation"


@defect("TU-10", "tuning.trials-incomplete", severity="warn")
def the_search_was_cut_off(project: Target) -> Words:
    """The search was cut off: three of fifty trials, two of which failed."""
    folder = project.run("tuning")
    project.edit_json(f"{folder}/provenance.json", lambda record: record["limits"].update(trials=50))
    rows = project.rows(f"{folder}/study.csv")
    best = min(rows, key=lambda row: float(row["value"]) * (1 if "loss" in row["metric"] else -1))
    failed = [{**best, "trial": str(n), "state": "FAIL", "value": ""} for n in (48, 49)]
    project.edit_csv(f"{folder}/study.csv", lambda _: [best, *failed])
    return f"{folder}/study.csv", "1 of 50 trials is complete", "2 failed"


@defect("tuning-1", "tuning.real-world-missing", everywhere=True)
def the_real_world_is_gone(project: Target) -> Words:
    """The model never saw the real world."""
    path = f"{project.run('tuning')}/inference.csv"
    project.remove(path)
    return path, "missing"


@defect("tuning-2", "tuning.threshold-unmet", everywhere=True)
def less_than_was_agreed(project: Target) -> Words:
    """The refined model misses a threshold."""
    rows = project.rows(f"{project.evaluation('tuning')}/predictions.csv")
    accuracy = sum(row["label"] == row["prediction"] for row in rows) / len(rows)
    wanted = round(min(1.0, accuracy + (1 - accuracy) / 2 + 0.0001), 4)
    demand(project, "accuracy", min=wanted)
    return "acceptance.toml", f"accuracy ≥ {wanted:g} on test is not met", f"{accuracy:.3f}"


@defect("tuning-3", "tuning.threshold-unmet")
def a_slice_that_fails(project: Target) -> Words:
    """The model is good on the whole and bad in the slice that the owner asked about."""
    path = f"{project.evaluation('tuning')}/predictions.csv"
    demand(project, "accuracy", slice="light=dark", min=0.9)
    schema = project.read("data/schema.toml")
    heading = "[attributes]\n" if "\n[attributes]\n" in schema else ""
    attributes = '[attributes]\nlight = ["dark", "bright"]\n'
    project.write({"data/schema.toml": schema.replace(heading, attributes) if heading else f"{schema}\n{attributes}"})
    dark = {path for file in project.annotations() for path in _darken(project, file)}
    origin = {f"test/{row['path']}": row["origin"] for row in project.rows("data/processed/test/annotations.csv")}
    names, table = project.classes, project.rows(path)
    mine = [row for row in table if origin[row["path"]] in dark]
    for row in mine[::2]:
        row.update(_answer(row, next(name for name in names if name != row["label"])))
    project.edit_csv(path, lambda _: table)
    right = sum(row["label"] == row["prediction"] for row in mine) / len(mine)
    return "acceptance.toml", "accuracy ≥ 0.9 on test in light=dark is not met", f"{right:.3f}", f"n = {len(mine)}"


def _darken(project: Target, file: str) -> set[str]:
    """Note of every ninth picture of an annotation file that it is dark; returns their paths."""
    folder = file.removeprefix("data/raw/").rpartition("/")[0]
    names = {row["path"] for row in project.rows(file)[::9]}
    project.set_cells(file, "light", lambda row: "dark" if row["path"] in names else "bright")
    return {f"{folder}/{name}" for name in names}


def _answer(row: Row, name: str) -> Row:
    """The row with this answer, whose probability changes places with the one that was given."""
    said = row["prediction"]
    row.update({"prediction": name, f"p:{name}": row[f"p:{said}"], f"p:{said}": row[f"p:{name}"]})
    return row


@defect("tuning-4", "tuning.run-unsound", everywhere=True)
def the_checkpoint_of_stage_6_under_the_refined_name(project: Target) -> Words:
    """The refined checkpoint is another run's: copied under its name."""
    choose_refined(project)
    choice = project.toml("reports/tuning/chosen.toml")
    mine = next(iter(sorted((project.root / "runs" / choice["run"] / "checkpoints").glob("best*.ckpt"))))
    mine.unlink()
    shutil.copyfile(project.checkpoint("training"), mine)
    for path in mine.parent.glob("*.ckpt"):
        if path != mine:
            path.unlink()
    return mine.name, f"chosen.toml says {choice['checkpoint'][:12]}", mine.relative_to(project.root).as_posix()


@defect("tuning-5", "tuning.run-unsound")
def the_refined_run_diverged(project: Target) -> Words:
    """The refined run diverged, and its checkpoint was chosen all the same."""
    choose_refined(project)
    path = f"{project.run('tuning')}/metrics.csv"
    project.set_cells(path, "train_loss", "nan")
    return "train_loss is nan", f"epoch {project.toml('reports/tuning/chosen.toml')['epoch']}", path


@defect("tuning-6", "tuning.scored-on-test", everywhere=True)
def the_refined_run_watched_test(project: Target) -> Words:
    """The search stopped its runs, and kept their checkpoints, by the accuracy on test."""
    path = f"{project.run('tuning')}/provenance.json"
    project.set_value(path, "checkpoint.monitor", "test_acc")
    return path, "monitored on test_acc"


@defect("tuning-7", "tuning.scored-on-test")
def every_trial_measured_test(project: Target) -> Words:
    """Trials are scored on validation, and a column beside it has the accuracy of each on test."""
    path = f"{project.run('tuning')}/study.csv"
    project.edit_csv(path, lambda rows: [{**row, "user_attrs_test_acc": "0.98"} for row in rows])
    return path, "user_attrs_test_acc"


@defect("tuning-8", "tuning.inference-contradicts", everywhere=True)
def confidence_was_typed(project: Target) -> Words:
    """The confidences of a few real-world pictures were typed, so that they look better."""
    path = f"{project.run('tuning')}/inference.csv"
    n = project.set_cells(path, "confidence", "0.999", rows=slice(0, 8))
    rows = project.rows(path)
    odd = [r for r in rows if not -0.002 <= float(r["confidence"]) - float(r["margin"]) <= 1.002 - float(r["confidence"])]
    assert 0 < len(odd) <= n
    return path, f"{len(odd)} of {len(rows)} rows", odd[0]["path"]
