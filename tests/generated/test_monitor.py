"""The alarm of a converted model is tried: calm on untouched images, ringing on spoiled ones."""

import json
from pathlib import Path

import pytest

from tests.generated.small_project import add_evaluation, make_project, run

pytestmark = pytest.mark.slow


def test_the_alarm_of_a_converted_model_is_tried(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    assert run(root, "-m", "project_package.convert", "onnx").returncode == 0
    add_evaluation(root)
    done = run(root, "-m", "project_package.monitor", "--drill")
    assert done.returncode == 0, done.stderr
    drill = json.loads((root / "reports/deployment/monitoring.json").read_text())["drill"]
    assert (drill["clean"]["verdict"], drill["shifted"]["verdict"]) == ("ok", "alarm")
    assert drill["shifted"]["psi"] > 4 * drill["shifted"]["psi_floor"]
