"""A project of a few small pictures with an ONNX export, made without any training framework."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

CLASSES = ["dark", "bright <1>"]
CHECKPOINT = "c" * 64
RUN = "20261103T091244Z-ada-kfq"
DEPLOY = """
[service]
export = "onnx"
digest = ""
[alarms]
p95_ms = ""
[queue]
confidence_below = 0.6
folder = "data/review"
"""


def point_paths(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every script of this process and its children work in `root`."""
    from project_package import paths

    old = paths.ROOT
    for name, value in list(vars(paths).items()):
        if name.isupper() and isinstance(value, Path) and (value == old or old in value.parents):
            monkeypatch.setattr(paths, name, root / value.relative_to(old))
    monkeypatch.setattr(paths, "RUNS", root / "runs")
    monkeypatch.setenv("PYTHONPATH", str(Path(paths.__file__).parents[1]))
    root.mkdir(parents=True)
    monkeypatch.chdir(root)


def make_data(root: Path, *, test: int = 80, size: int = 8) -> None:
    """Write settings, pipeline and noisy grey pictures, half of them bright."""
    from project_package import records

    (root / "data").mkdir()
    (root / "mlscaffold.toml").write_text('schema = 1\nname = "light <meter>"\n[mobile]\ntargets = []\n')
    (root / "deploy.toml").write_text(DEPLOY)
    (root / "data" / "schema.toml").write_text(f"classes = {json.dumps(CLASSES)}\n")
    pipeline = {
        "schema": 1,
        "colour": "L",
        "range": [0.0, 1.0],
        "size": [size, size],
        "resize": {"method": "pad", "filter": "bilinear"},
        "mean": [0.5],
        "std": [0.25],
        "splits": {"test": []},
    }
    records.write_json(root / "pipeline.json", pipeline)
    random, rows = np.random.default_rng(7), []
    for i in range(test):
        label = CLASSES[i % 2]
        pixels = random.normal(90 if label == "dark" else 165, 30, (size, size)) + random.normal(0, 12)
        image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        file = root / "data" / "processed" / "test" / "shop" / f"{i:03d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        image.save(file)
        digest = records.pixel_digest("L", image.size, image.tobytes())
        rows.append([f"shop/{file.name}", digest, label, f"shop/{file.name}"])
    table = root / "data" / "processed" / "test" / "annotations.csv"
    records.write_table(table, ("path", "digest", "label", "origin"), rows)


def make_export(root: Path) -> None:
    """Write an ONNX model that measures brightness, its card and its predictions."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    from onnx import TensorProto, helper, numpy_helper

    from project_package import pipeline, records
    from project_package.serve.engine import open_session

    weight = np.stack([np.full(64, -0.05), np.full(64, 0.05)], axis=1).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["image"], ["flat"]), helper.make_node("MatMul", ["flat", "weight"], ["logits"])],
        "light",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 2])],
        [numpy_helper.from_array(weight, "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    file = root / "exports" / "onnx" / "model.onnx"
    file.parent.mkdir(parents=True)
    onnx.save(model, str(file))
    steps, run, rows = pipeline.load_pipeline(root / "pipeline.json"), open_session(file), []
    for row in records.read_split("test"):
        image = pipeline.prepare_image(pipeline.open_image(row.file), steps)
        powers = np.exp(run(pipeline.to_array(image, steps)[None])[0].astype(np.float64))
        shares = powers / powers.sum()
        rows.append(records.Prediction(row.name, row.label, CLASSES[int(shares.argmax())], tuple(map(float, shares))))
    records.write_predictions(file.with_name("predictions.csv"), rows, CLASSES)
    card = {
        "schema": 1,
        "target": "onnx",
        "file": file.name,
        "digest": records.file_digest(file),
        "source": {"checkpoint": CHECKPOINT, "run": RUN},
        "classes": CLASSES,
        "pipeline": pipeline.pipeline_digest(root / "pipeline.json"),
    }
    records.write_json(file.with_name("card.json"), card)
    evaluation = root / "reports" / "evaluation" / RUN
    records.write_predictions(evaluation / "predictions.csv", rows, CLASSES)
    told = {"schema": 1, "run": RUN, "checkpoint": {"digest": CHECKPOINT}, "end": "2026-11-03T09:12:44+00:00"}
    records.write_json(evaluation / "provenance.json", told)


def make_served(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an export, as the place where all scripts work."""
    point_paths(root, monkeypatch)
    make_data(root)
    make_export(root)
    return root
