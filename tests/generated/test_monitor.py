"""The alarm of a converted model is tried: calm on untouched images, ringing on spoiled ones."""

import json
import shutil
from pathlib import Path

import pytest

from tests.generated.small_project import add_evaluation, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("converted")]


def test_the_alarm_of_a_converted_model_is_tried(converted: Path, tmp_path: Path) -> None:
    root = shutil.copytree(converted, tmp_path / "copy")
    add_evaluation(root)
    done = run(root, "-m", "project_package.monitor", "--drill")
    assert done.returncode == 0, done.stderr
    drill = json.loads((root / "reports/deployment/monitoring.json").read_text())["drill"]
    assert (drill["clean"]["verdict"], drill["shifted"]["verdict"]) == ("ok", "alarm")
    assert drill["shifted"]["psi"] > 4 * drill["shifted"]["psi_floor"]
