"""Stage 9: exports of another model, with other labels, other inputs, other answers, or of no model at all."""

from __future__ import annotations

import hashlib
import shutil
from importlib import import_module
from typing import Any

from tests.sabotage.corpus import Words, defect
from tests.sabotage.target import Row, Target
from tests.sabotage.thresholds import demand


@defect("CV-01", "conversion.labels-differ", everywhere=True)
def labels_in_another_order(project: Target) -> Words:
    """The labels packed into the export are in another order than its outputs."""
    names = project.classes
    project.set_value(project.card(), "classes", [names[-1], *names[1:-1], names[0]])
    return project.card(), f'index 0 is "{names[-1]}" in the export', f'"{names[0]}" in the schema'


@defect("CV-02", "conversion.source-stale", everywhere=True)
def nobody_exported_again(project: Target) -> Words:
    """The export is of the model before tuning."""
    refined = project.toml("reports/tuning/chosen.toml")["checkpoint"]
    before = project.toml("reports/training/chosen.toml")["checkpoint"]
    if before == refined:  # tuning kept training's model
        before = hashlib.sha256(b"the weights of last month").hexdigest()
    project.set_value(project.card(), "source.checkpoint", before)
    return project.card(), before[:12], refined[:12]


@defect("CV-03", "conversion.agreement-differs", everywhere=True)
def parity_on_three_pictures(project: Target) -> Words:
    """Parity was measured on three pictures."""
    path, n = "exports/onnx/predictions.csv", len(project.in_split("test"))
    project.edit_csv(path, lambda rows: rows[:3])
    project.set_value(project.card(), "evaluation.n", 3)
    return path, "on 3 test pictures", f"at least {min(100, n)} are wanted"


@defect("CV-04", "conversion.agreement-differs")
def agreement_is_claimed(project: Target) -> Words:
    """The card says that all answers agree; a sixth of them do not."""
    path, rows = "exports/onnx/predictions.csv", project.rows("exports/onnx/predictions.csv")
    for row in rows[::6]:
        _turn(row, project.classes)
    project.edit_csv(path, lambda _: rows)
    share = 1 - len(rows[::6]) / len(rows)
    return project.card(), path, f"agreement 1.00 recorded, {share:.2f} recomputed on {len(rows)} pictures"


@defect("CV-05", "conversion.calibration-from-test")
def calibrated_on_the_exam(project: Target) -> Words:
    """The integer export was calibrated with pictures of test."""
    card = project.json(project.card())
    used = {"split": "test", "data": card["evaluation"]["data"], "n": 100}
    project.edit_json(project.card(), lambda c: c.update(quantisation="int8", calibration=used))
    return project.card(), "calibrated on 100 pictures of test", "train is wanted"


@defect("CV-06", "conversion.input-mismatch")
def scaled_twice(project: Target) -> Words:
    """The export divides by 255, and so does the app that feeds it."""
    project.edit_json(project.card(), lambda card: card["options"].update(scale=1 / 255))
    return project.card(), "scale = 0.0039", "pipeline.json"


@defect("CV-07", "conversion.too-large")
def larger_than_the_card_says(project: Target) -> Words:
    """The file is larger than its card says, and than the limit."""
    limit = next(t["max"] for t in project.toml("acceptance.toml")["thresholds"] if t["metric"] == "size_bytes")
    card = project.json(project.card())
    file = f"exports/onnx/{card['file']}"
    content = (project.root / file).read_bytes() + bytes(limit)
    project.write({file: content})
    project.set_value(project.card(), "digest", hashlib.sha256(content).hexdigest())
    return project.card(), f"{len(content) / 1e6:.1f} MB", f"{card['bytes'] / 1e6:.1f} MB", f"limit is {limit / 1e6:.1f} MB"


@defect("CV-08", "conversion.parity", deep="conversion")
def exported_in_training_mode(project: Target) -> Words:
    """Exported in training mode: the same picture gets another answer each time."""
    onnx = import_module("onnx")  # without types, and not in the small environment
    card = project.json(project.card())
    file = project.root / "exports/onnx" / card["file"]
    model = onnx.load(str(file))
    out = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = ["before" if name == out else name for name in node.output]
    add: Any = model.graph.node.add
    add().CopyFrom(onnx.helper.make_node("RandomNormalLike", ["before"], ["noise"], scale=1.5))
    add().CopyFrom(onnx.helper.make_node("Add", ["before", "noise"], [out]))
    project.write({f"exports/onnx/{card['file']}": model.SerializeToString()})
    content = file.read_bytes()
    project.edit_json(project.card(), lambda c: c.update(digest=hashlib.sha256(content).hexdigest(), bytes=len(content)))
    return "exports/onnx/predictions.csv", "of 100 answers differ from its table", "0.01", "asked twice"


@defect("CV-09", "conversion.accuracy-drop", everywhere=True)
def the_integer_model_lost_points(project: Target) -> Words:
    """The integer export lost six points; only the float one was looked at."""
    path, rows = "exports/onnx/predictions.csv", project.rows("exports/onnx/predictions.csv")
    right = [row for row in rows if row["label"] == row["prediction"]]
    metric = project.optimised
    before = sum(row["label"] == row["prediction"] for row in rows) / len(rows)
    for row in right[:: max(1, round(1 / 0.06))]:
        _turn(row, project.classes)
    project.edit_csv(path, lambda _: rows)
    after = sum(row["label"] == row["prediction"] for row in rows) / len(rows)
    project.edit_json(project.card(), lambda card: card.update(quantisation="int8"))
    numbers = (f"{after:.3f}", f"source {before:.3f}") if metric == "accuracy" else (metric,)
    drop = project.toml("acceptance.toml").get("tolerable", {}).get("drop", 0.01)
    return path, "int8", *numbers, f"a drop of {drop:g} is tolerable"


@defect("CV-10", "conversion.calibration-degenerate")
def one_picture_a_hundred_times(project: Target) -> Words:
    """One picture came out of the calibration loader a hundred times."""
    train = project.rows("data/processed/train/annotations.csv")
    used = [{"path": f"train/{train[0]['path']}", "digest": train[0]["digest"]}] * 100
    project.edit_json(
        project.card(),
        lambda c: c.update(quantisation="int8", calibration={"split": "train", "n": 100, "pipeline": c["pipeline"]}),
    )
    project.write({"exports/onnx/calibration.csv": "path,digest\n" + "".join(f"{r['path']},{r['digest']}\n" for r in used)})
    return "exports/onnx/calibration.csv", "1 distinct picture among 100", "at least 32 are wanted"


@defect("CV-11", "conversion.too-slow", severity="warn")
def one_run_on_the_build_machine(project: Target) -> Words:
    """The latency is of one run on the build machine; the requirement names a phone."""
    demand(project, "latency_p95_ms", max=30, target="onnx", device="Pixel 7")
    project.edit_json(project.card(), lambda card: card["latency"].update(runs=1, warmup=0))
    machine = project.json(project.card())["latency"]["machine"]
    return project.card(), "1 runs", "at least 30", 'device "Pixel 7" is wanted', machine


@defect("CV-12", "conversion.wrong-format", everywhere=True)
def a_renamed_checkpoint(project: Target) -> Words:
    """The checkpoint was renamed, so that the folder is complete."""
    card = project.json(project.card())
    target = project.root / "exports/onnx" / card["file"]
    target.unlink()
    shutil.copyfile(project.checkpoint(), target)
    return f"exports/onnx/{card['file']}", "PyTorch checkpoint", "the format of onnx is wanted"


@defect("CV-13", "conversion.input-mismatch", everywhere=True)
def traced_with_a_toy_input(project: Target) -> Words:
    """The export was traced with a toy input of another size."""
    shape = project.json(project.card())["input"]["shape"]
    toy = [*shape[:2], 7, 7]
    project.set_value(project.card(), "input.shape", toy)
    return project.card(), "×".join(map(str, toy)), "×".join(map(str, shape))


@defect("conversion-1", "conversion.target-missing")
def the_card_is_gone(project: Target) -> Words:
    """An export has no card: nobody knows what it is."""
    project.remove(project.card())
    return "exports", "onnx"


@defect("conversion-2", "conversion.too-slow", severity="fail")
def slow_on_the_phone(project: Target) -> Words:
    """Fast enough on the build machine, too slow on the phone that the requirement names."""
    demand(project, "latency_p95_ms", max=30, target="onnx", device="Pixel 7")
    digest = project.json(project.card())["digest"]
    measured = {"p50_ms": 41.0, "p95_ms": 63.5, "runs": 200, "warmup": 20}
    path = "exports/onnx/device/pixel-7.json"
    project.write({path: "{}"})
    project.edit_json(path, lambda d: d.update(schema=1, device="Pixel 7", digest=digest, latency=measured))
    return path, "63.5 ms on Pixel 7", "the limit is 30 ms"


def _turn(row: Row, names: list[str]) -> None:
    """Another answer, with the confidence of the first."""
    said = row["prediction"]
    name = next(n for n in names if n not in (said, row["label"])) if len(names) > 2 else next(n for n in names if n != said)
    row.update({"prediction": name, f"p:{name}": row[f"p:{said}"], f"p:{said}": row[f"p:{name}"]})


@defect("conversion-3", "conversion.agreement-differs")
def answers_of_the_export_beside_it(project: Target) -> Words:
    """The answers of one export are those of the one beside it, copied; each card has a difference of its own."""
    targets = sorted(p.parent.name for p in (project.root / "exports").glob("*/predictions.csv"))
    one, other = targets[:2]
    project.copy(f"exports/{one}/predictions.csv", f"exports/{other}/predictions.csv")
    shown = project.json(project.card(one))
    project.edit_json(
        project.card(other), lambda c: c.update(quantisation="fp16", max_difference=shown["max_difference"] + 0.003)
    )
    return f"exports/{one}/predictions.csv", f"exports/{other}/predictions.csv", "equal to the last digit"
