"""The service of a converted model, started and asked over HTTP; the image for Docker installs what the tests ran with."""

import json
import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from tests.generated.small_project import TEMPLATES, read_card, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("converted")]


def test_a_converted_model_is_served(converted: Path, tmp_path: Path) -> None:
    root = shutil.copytree(converted, tmp_path / "copy")
    done = run(root, "-m", "project_package.serve", "--check")
    assert done.returncode == 0, done.stderr
    found, card = json.loads((root / "reports/deployment/service.json").read_text()), read_card(root, "onnx")
    assert found["model_version"] == found["export"]["digest"] == card["digest"]
    assert (found["health"], found["agreement"], found["compared"], found["log_rows"]) == (200, 1.0, 80, 80)
    assert found["classes"] == card["classes"]
    assert found["pipeline"] == card["pipeline"]


def test_the_image_holds_no_training_framework() -> None:
    lines = (TEMPLATES / "base/requirements-serve.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert not {"torch", "tensorflow", "coremltools", "executorch"} & set(pins)
    for name, version in pins.items():
        assert metadata.version(name).split(".")[0] == version.split(".")[0], name
    dockerfile = (TEMPLATES / "base/Dockerfile").read_text()
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile
    copied = re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)
    assert "deploy.toml" in " ".join(copied)
