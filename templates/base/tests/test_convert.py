"""An export answers as the model does, is kept while nothing changed, and says so when its agreement proves nothing."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from project_package import convert, records
from project_package.errors import ProjectError
from project_package.export import TARGETS, load_target
from project_package.export.compare import compare
from project_package.export.single import still_valid
from project_package.export.source import Source, load_images, load_source

from .small_export import CLASSES, RUN, make_data, point_paths

LACKING = [library for library in ("torch", "onnx", "onnxscript", "onnxruntime") if find_spec(library) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")


def save_model(root: Path) -> None:
    """Write a checkpoint of a small network that tells bright from dark, and choose it."""
    import torch

    from project_package.model import Classifier

    torch.manual_seed(7)
    model = Classifier(CLASSES, channels=1)
    images = torch.from_numpy(load_images([row.file for row in records.read_split("test")]))
    labels = torch.tensor([CLASSES.index(row.label) for row in records.read_split("test")])
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    for _ in range(15):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    file = root / "runs" / RUN / "checkpoints" / "best.ckpt"
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}, file)
    chosen = {"run": RUN, "checkpoint": records.file_digest(file), "epoch": 0, "split": "validation"}
    told = {**chosen, "metric": "accuracy", "value": 1.0}
    records.write_toml(root / "reports" / "training" / "chosen.toml", told)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a chosen model and test pictures."""
    point_paths(tmp_path / "project", monkeypatch)
    make_data(tmp_path / "project", test=40)
    save_model(tmp_path / "project")
    return tmp_path / "project"


def run_convert(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script as its users do."""
    command = [sys.executable, "-m", convert.__name__, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read_card(root: Path, target: str = "onnx") -> Any:
    """The card of an export."""
    return json.loads((root / "exports" / target / "card.json").read_text())


def test_onnx_agrees_and_answers(project: Path) -> None:
    done = run_convert("onnx")
    assert done.returncode == 0, done.stderr
    card, file = read_card(project), project / "exports/onnx/model.onnx"
    assert (card["agreement"], card["vacuous"], card["verified_by"]) == (1.0, False, ["onnxruntime"])
    assert (card["digest"], card["bytes"]) == (records.file_digest(file), file.stat().st_size)
    assert card["evaluation"]["n"] == 40
    assert card["accuracy"]["export"] == card["accuracy"]["source"]
    assert card["max_difference"] < 1e-3
    assert card["latency"]["runs"] >= 100

    table = project / "list.csv"
    rows, _ = records.read_predictions(project / "exports/onnx/predictions.csv")
    records.write_table(table, ("path", "label"), [(row.path, row.label) for row in rows])
    asked = run_convert("onnx", "--predict", str(table), "--output", str(project / "out.csv"))
    assert asked.returncode == 0, asked.stderr
    assert records.read_predictions(project / "out.csv")[0] == rows


def test_the_export_follows_the_chosen_model(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = load_source()
    folder, target = project / "exports/onnx", load_target("onnx")
    folder.mkdir(parents=True)
    (folder / target.FILE).write_bytes(b"export")
    card = {
        "source": {"checkpoint": source.checkpoint},
        "quantisation": "fp32",
        "classes": CLASSES,
        "input": {"shape": [1, 1, 8, 8]},
        "digest": records.file_digest(folder / target.FILE),
    }
    records.write_json(folder / "card.json", card)
    assert still_valid(folder, target, source, "fp32")
    for change in ({"source": {"checkpoint": "0"}}, {"quantisation": "fp16"}, {"classes": ["a"]}, {"digest": "0"}):
        records.write_json(folder / "card.json", {**card, **change})
        assert not still_valid(folder, target, source, "fp32")


def test_a_crash_is_called_a_crash(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    killer = project / "killer"
    killer.mkdir()
    (killer / "sitecustomize.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setenv("PYTHONPATH", str(killer))
    assert not convert.run_target("onnx")
    assert "converter crashed (signal 11, SIGSEGV)" in capfd.readouterr().err


def test_agreement_needs_a_reference_that_varies() -> None:
    rows = [records.Row("test", f"{i}.png", "", CLASSES[i % 2], "") for i in range(4)]
    logits = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=np.float32)
    source = Source(None, "", "", CLASSES, rows, np.zeros((4, 1, 8, 8)), logits)
    found = compare(source, np.where(np.arange(4)[:, None] == 0, logits[:, ::-1], logits))
    assert (found["agreement"], found["accuracy"], found["vacuous"]) == (0.75, {"export": 0.75, "source": 1.0}, False)
    flat = Source(None, "", "", CLASSES, rows, np.zeros((4, 1, 8, 8)), logits * 1e-4)
    assert compare(flat, flat.logits)["vacuous"]


def test_the_models_language_of_core_ml_is_read_or_refused() -> None:
    import torch

    from project_package.export import UnknownOpError
    from project_package.export.mil import OPS, _padding

    x = torch.tensor([[-1.0, 0.5, 7.0]])
    assert OPS["clip"]({"x": x, "alpha": 0.0, "beta": 6.0}).tolist() == [[0.0, 0.5, 6.0]]
    assert OPS["thresholded_relu"]({"x": x, "alpha": 0.6}).tolist() == [[0.0, 0.0, 7.0]]
    assert _padding({"pad_type": "same", "strides": [2, 2]}, (5, 4), [3, 3]) == [0, 1, 1, 1]
    with pytest.raises(UnknownOpError, match="mirror"):
        _padding({"pad_type": "mirror"}, (5, 4), [3, 3])


def test_bad_requests_are_one_clear_line(project: Path) -> None:
    with pytest.raises(ProjectError, match="no conversion target"):
        load_target("tensorrt")
    done = run_convert("onnx", "--dtype", "int3")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "onnx is converted as fp32, not as int3" in done.stderr
    (project / "runs" / RUN / "checkpoints/best.ckpt").unlink()
    done = run_convert("all")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no checkpoint with digest" in done.stderr
    assert set(TARGETS) == {"onnx", "litert", "executorch", "coreml"}
