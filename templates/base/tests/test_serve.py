"""The service answers as its export does, refuses what is no picture, and needs no training framework."""

import io
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from project_package import paths, records
from project_package.errors import ProjectError
from project_package.serve.engine import Engine, load_engine
from project_package.serve.log import read_log
from project_package.serve.originals import grey_levels
from project_package.serve.settings import load_settings

from .small_export import CLASSES, make_served

NEEDED = ("fastapi", "httpx", "multipart", "onnx", "onnxruntime", "prometheus_client", "uvicorn")
LACKING = [library for library in NEEDED if find_spec(library) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an export."""
    return make_served(tmp_path / "project", monkeypatch)


@pytest.fixture
def client(served: Path) -> Any:
    """The application, asked without a network."""
    from fastapi.testclient import TestClient

    from project_package.serve.app import create_app, project_name

    settings = load_settings()
    with TestClient(
        create_app(load_engine(settings), settings, log=served / "logs/l.sqlite", name=project_name())
    ) as one:
        yield one


def png(value: int, size: tuple[int, int] = (8, 8)) -> bytes:
    """A grey picture as a file."""
    file = io.BytesIO()
    Image.new("L", size, value).save(file, "PNG")
    return file.getvalue()


def test_answers_are_those_of_the_export(client: Any, served: Path) -> None:
    rows, _ = records.read_predictions(served / "exports/onnx/predictions.csv")
    for row in rows[:20]:
        content = (served / "data/processed" / row.path).read_bytes()
        answer = client.post("/predict", files={"file": content}).json()
        assert answer["label"] == row.prediction
        assert list(answer["probabilities"].values()) == pytest.approx(row.probabilities, abs=1e-6)
        assert answer["model"]["digest"] == records.file_digest(served / "exports/onnx/model.onnx")


def test_every_answer_is_logged_and_unsure_pictures_are_kept(client: Any, served: Path) -> None:
    sure = client.post("/predict", files={"file": png(250, (30, 20))}).json()
    unsure = client.post("/predict", files={"file": png(128)}).json()
    assert (sure["unsure"], unsure["unsure"]) == (False, True)
    entries = read_log(served / "logs/l.sqlite", digest=sure["model"]["digest"], last=10)
    assert [entry.request for entry in entries] == [sure["request_id"], unsure["request_id"]]
    assert (entries[0].width, entries[0].height, [entry.queued for entry in entries]) == (30, 20, [0, 1])
    kept = sorted(path.name for path in (served / "data/review").iterdir())
    assert kept == [".gitignore", f"{unsure['request_id']}.png"]


BAD = {
    "empty": b"",
    "text": b"no picture",
    "truncated": png(9)[:40],
    "pdf": b"%PDF-1.7",
    "huge": png(0, (10_000, 10_000)),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_pictures_get_a_clear_refusal(client: Any, kind: str) -> None:
    answer = client.post("/predict", files={"file": ("x.png", BAD[kind])})
    assert answer.status_code == 400
    assert "object at" not in answer.json()["detail"]


def test_one_pixel_is_a_picture(client: Any) -> None:
    assert client.post("/predict", files={"file": png(0, (1, 1))}).json()["label"] == "dark"


def test_large_bodies_and_missing_fields_are_refused(client: Any) -> None:
    assert client.post("/predict", files={"file": bytes(10_500_000)}).status_code == 413
    assert client.post("/predict", files={"other": png(3)}).status_code == 422
    assert client.post("/predict", json={"file": 1}).status_code == 422
    assert 'rejected_total{status="413"} 1.0' in client.get("/metrics").text


def test_health_and_metrics(client: Any) -> None:
    client.post("/predict", files={"file": png(250)})
    assert client.get("/health").json()["status"] == "ok"
    assert 'predictions_total{arm="champion",label="bright <1>"} 1.0' in client.get("/metrics").text


def test_the_page_is_whole_and_escaped(client: Any) -> None:
    answer = client.get("/")
    assert "<title>light &lt;meter&gt;</title>" in answer.text
    assert '<li class="class">bright &lt;1&gt;</li>' in answer.text
    assert "[[" not in answer.text
    assert "http://" not in answer.text and "https://" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_another_file_than_promised_is_refused(served: Path) -> None:
    settings = load_settings()
    with pytest.raises(ProjectError, match="promises"):
        load_engine(replace(settings, digest="0" * 64))
    file = served / "exports/onnx/model.onnx"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(ProjectError, match="not the file of its card"):
        load_engine(settings)
    file.unlink()
    with pytest.raises(ProjectError, match="not on this machine"):
        load_engine(settings)


def test_bad_settings_are_one_clear_error(served: Path) -> None:
    (served / "deploy.toml").write_text('[alarms]\npsi = "much"\n')
    with pytest.raises(ProjectError, match="psi must be a number"):
        load_settings()
    (served / "deploy.toml").write_text('[queue]\nfolder = "../elsewhere"\n')
    with pytest.raises(ProjectError, match="leads out"):
        load_settings()


def test_a_full_disk_does_not_take_the_answers_away(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi.testclient import TestClient

    from project_package.serve import app

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(app.RequestLog, "write", full)
    settings = load_settings()
    with TestClient(app.create_app(load_engine(settings), settings, log=served / "l.sqlite", name="x")) as client:
        assert client.post("/predict", files={"file": png(250)}).status_code == 200
        assert "unlogged_total 1.0" in client.get("/metrics").text


def test_the_check_asks_a_running_service(served: Path) -> None:
    command = [sys.executable, "-m", f"{paths.__package__}.serve", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((served / "reports/deployment/service.json").read_text())
    assert (found["health"], found["compared"], found["agreement"], found["log_rows"]) == (200, 80, 1.0, 80)
    assert found["classes"] == CLASSES
    assert all(400 <= code < 500 for code in found["rejected"].values())
    assert found["originals"]["compared"] == 0  # this project has no data/raw


def test_the_check_asks_about_originals(served: Path) -> None:
    for row in records.read_split("test")[:30]:
        original = paths.inside(paths.RAW, row.origin)
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(row.file.read_bytes())
    command = [sys.executable, "-m", f"{paths.__package__}.serve", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((served / "reports/deployment/service.json").read_text())
    assert found["originals"]["compared"] == 15
    assert (found["originals"]["agreement"], found["originals"]["grey_levels"]) == (1.0, 0.0)
    assert found["log_rows"] == 80


def test_a_service_that_prepares_in_its_own_way_is_seen(served: Path) -> None:
    class Other(Engine):
        def prepare(self, image: Image.Image) -> Image.Image:
            return super().prepare(image.rotate(180))

    row = records.read_split("test")[0]
    original = paths.inside(paths.RAW, row.origin)
    original.parent.mkdir(parents=True)
    original.write_bytes(row.file.read_bytes())
    engine = load_engine(load_settings())
    assert grey_levels(engine, row) == 0
    assert grey_levels(Other(**vars(engine)), row) > 1


def test_the_service_imports_no_training_framework() -> None:
    heavy = ("torch", "torchvision", "pytorch_lightning", "tensorflow", "sklearn", "scipy", "pandas", "onnx")
    package = paths.__package__
    scripts = ", ".join(f"{package}.{name}" for name in ("serve.app", "serve.__main__", "serve.check", "monitor"))
    code = f"import sys, {scripts}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
