"""The image classification layers laid over each other, with a few grey pictures and a model that tells bright from dark."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parents[2] / "templates"
LAYERS = ("base", "shared/images", "tasks/image-classification")
SEED = """
from pathlib import Path
from tests.small_export import make_data
from tests.test_convert import save_model
make_data(Path.cwd()); save_model(Path.cwd())
"""


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the project, on one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    return subprocess.run([sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False)


def make_project(root: Path) -> Path:
    """Write the code and its tests, make pictures, train and choose a model."""
    for layer in LAYERS:
        for folder in ("project_package", "tests"):
            if (TEMPLATES / layer / folder).is_dir():
                shutil.copytree(TEMPLATES / layer / folder, root / folder, dirs_exist_ok=True)
    done = run(root, "-c", SEED)
    assert done.returncode == 0, done.stderr
    return root


def read_card(root: Path, target: str) -> dict[str, Any]:
    """The card of an export."""
    card: dict[str, Any] = json.loads((root / "exports" / target / "card.json").read_text())
    return card


def add_evaluation(root: Path) -> None:
    """Let the export's own table stand for the evaluation of its model."""
    card, folder = read_card(root, "onnx"), root / "reports" / "evaluation" / "20261103T091244Z-ada-abc"
    folder.mkdir(parents=True)
    shutil.copy(root / "exports" / "onnx" / "predictions.csv", folder / "predictions.csv")
    told = {"checkpoint": {"digest": card["source"]["checkpoint"]}, "end": "2026-11-03T09:12:44+00:00"}
    (folder / "provenance.json").write_text(json.dumps(told))
