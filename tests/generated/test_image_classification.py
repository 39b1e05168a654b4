"""Every script of a generated image classifier, for real, on scikit-learn's digits."""

import csv
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.checks.evaluation.comparison_differs import comparison_differs
from mlscaffold.checks.evaluation.confusion_differs import confusion_differs
from mlscaffold.checks.evaluation.data_stale import data_stale
from mlscaffold.checks.evaluation.label_differs import label_differs
from mlscaffold.checks.evaluation.number_not_reproducible import number_not_reproducible
from mlscaffold.checks.evaluation.wrong_split import wrong_split
from mlscaffold.evidence import chain
from mlscaffold.model import Status
from mlscaffold.project import Missing, Project
from mlscaffold.workflows.record_tests import record_tests

from .conftest import PACKAGE, Generated

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trained")]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def accuracy(rows: list[dict[str, str]]) -> float:
    return sum(row["label"] == row["prediction"] for row in rows) / len(rows)


def test_training_is_good_and_told_in_full(trained: Generated) -> None:
    choice = toml(trained.root / "reports/training/chosen.toml")
    folder = trained.root / "reports/training" / choice["run"]
    assert accuracy(table(folder / "validation.csv")) >= 0.97
    assert accuracy(table(folder / "validation.csv")) > accuracy(table(folder / "baseline.csv"))
    assert choice["value"] == pytest.approx(accuracy(table(folder / "validation.csv")))
    metrics = table(folder / "metrics.csv")
    assert [int(row["epoch"]) for row in metrics] == list(range(12))
    assert all(float(row["lr"]) > 0 for row in metrics)
    best = min(metrics, key=lambda row: float(row["val_loss"]))
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["checkpoint"]["epoch"] == int(best["epoch"]) == choice["epoch"]
    assert provenance["command"][:3] == ["python", "-m", f"{PACKAGE}.train"]
    assert set(provenance["data"]) == {"train", "validation"}
    assert float(best["val_acc"]) == pytest.approx(accuracy(table(folder / "validation.csv")), abs=1e-5)
    assert {"params.yaml", "curves.svg", "pipeline.json"} <= {path.name for path in folder.iterdir()}


def test_one_batch_is_learned_by_heart(trained: Generated) -> None:
    trained.ok("train", "--overfit-batch")
    (path,) = (trained.root / "reports/model").glob("*/overfit.json")
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["losses"][-1] < 0.1
    assert found["accuracies"][-1] == 1
    assert found["outputs"] == 10
    assert found["input"] == [1, 32, 32]
    step = found["step"]
    assert step["input"]["mean"] == pytest.approx(0, abs=0.3)
    assert step["input"]["std"] == pytest.approx(1, abs=0.3)
    assert step["given"]["std"] == step["input"]["std"]
    assert step["loss"]["least"] < 0  # logits
    assert step["parameters"]["moved"] == step["parameters"]["optimised"] == found["trainable"]


def test_a_named_test_set_is_evaluated_beside_test_and_proved(trained: Generated, tmp_path: Path) -> None:
    project = trained.copy(tmp_path / "copy")
    project.ok("evaluate")
    record_tests(project.root)
    file = project.root / "data/splits/digits.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    late = [i for i, line in enumerate(lines) if line.endswith(",test")][:60]
    file.write_text("\n".join(f"{line}-late" if i in late else line for i, line in enumerate(lines)) + "\n", encoding="utf-8")
    made = record_tests(project.root, how={"test": "parted", "test-late": "named"})
    assert [(v.name, v.rows) for v in made][1] == ("version 1 of test-late", 60)
    project.ok("prepare")
    with pytest.raises(Missing, match=r"older than version 2 of test \(parted, .*the test set test-late \(60 pictures\)"):
        list(data_stale(Project(project.root)))
    assert "test-late, 60 images:" in project.ok("evaluate")
    for check in (data_stale, wrong_split, label_differs, number_not_reproducible, confusion_differs, comparison_differs):
        assert not [f.message for f in check(Project(project.root)) if f.status is Status.FAIL], check.__name__
    (project.root / ".mlscaffold/releases").mkdir(parents=True)
    record = f'[digests]\nmodel = "{chain.chosen(Project(project.root), "training").checkpoint}"\n'
    (project.root / ".mlscaffold/releases/1.toml").write_text(record, encoding="utf-8")
    project.ok("evaluate", "--release", "1", "--test-set", "test-late")
    told = [evaluation.data for evaluation in chain.evaluations(Project(project.root))]
    assert [(used["test"].get("version"), used.get("test-late", {}).get("version")) for used in told] == [
        (None, None),
        (2, 1),
        (2, 1),
    ]


def test_evaluation_counts_test_and_shows_eyeball(trained: Generated, tmp_path: Path) -> None:
    project = trained.copy(tmp_path / "copy")
    said = project.ok("evaluate")
    assert said.startswith("Ten outputs, looked at first:\n")
    (folder,) = (project.root / "reports/evaluation").iterdir()
    found = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    predictions = table(folder / "predictions.csv")
    assert found["n"] == len(predictions) == len(table(project.root / "data/processed/test/annotations.csv"))
    assert found["metrics"]["accuracy"]["value"] == pytest.approx(accuracy(predictions))
    confusion = table(folder / "confusion.csv")
    assert sum(int(row[row["label"]]) for row in confusion) == sum(row["label"] == row["prediction"] for row in predictions)
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert "`test/" not in report
    project.ok("evaluate")
    assert len(list((project.root / "reports/evaluation").iterdir())) == 2


def test_tuning_decides_on_validation_and_inference_keeps_verdicts(trained: Generated, tmp_path: Path) -> None:
    project = trained.copy(tmp_path / "copy")
    project.ok("tune", "--trials", "2", "--epochs", "2")
    choice = toml(project.root / "reports/tuning/chosen.toml")
    folder = project.root / "reports/tuning" / choice["run"]
    study = table(folder / "study.csv")
    assert {row["split"] for row in study} == {"validation"}
    assert json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["limits"]["trials"] == len(study) == 2
    if choice.get("keep") == "training":
        assert choice["checkpoint"] == toml(project.root / "reports/training/chosen.toml")["checkpoint"]
    (evaluation,) = (project.root / "reports/evaluation").iterdir()
    assert json.loads((evaluation / "metrics.json").read_text(encoding="utf-8"))["of"] == "tuning"

    field = project.root / "data/field"
    field.mkdir(parents=True, exist_ok=True)
    for n, path in enumerate(sorted((project.root / "data/raw/digits/three").iterdir())[:4]):
        shutil.copyfile(path, field / f"photo {n}.png")
    (field / "broken.jpg").write_bytes(b"no picture")
    done = project.run("infer")
    assert done.returncode == 0
    assert "not read: broken.jpg" in done.stderr
    answers = folder / "inference.csv"
    answers.write_text(answers.read_text(encoding="utf-8").replace(",0,\n", ",0,right\n", 1), encoding="utf-8")
    before = answers.read_text(encoding="utf-8")
    project.ok("infer")
    assert answers.read_text(encoding="utf-8") == before


def test_a_resumed_run_says_so_and_keeps_its_epochs(trained: Generated, tmp_path: Path) -> None:
    project = trained.copy(tmp_path / "copy")
    run = toml(project.root / "reports/training/chosen.toml")["run"]
    said = project.ok("train", "--resume", run, "--trainer.max_epochs", "14")
    assert f"Resuming {run} after epoch 12" in said
    new = next(path for path in sorted((project.root / "runs").iterdir(), reverse=True) if path.name != run and path.is_dir())
    assert [int(row["epoch"]) for row in table(new / "metrics.csv")] == list(range(14))
    provenance = json.loads((new / "provenance.json").read_text(encoding="utf-8"))
    assert (provenance["resumed"], provenance["parent"]) == (True, run)
    shutil.rmtree(project.root / "runs" / run / "checkpoints")
    assert "Starting anew" in project.ok("train", "--resume", run, "--trainer.max_epochs", "1")


def test_bad_input_is_one_clear_line(trained: Generated, tmp_path: Path) -> None:
    project = trained.copy(tmp_path / "copy")
    root = project.root
    choice = toml(root / "reports/training/chosen.toml")
    checkpoint = root / "runs" / choice["run"] / "checkpoints/best.ckpt"
    (root / "empty.csv").write_text("path\n", encoding="utf-8")
    (root / "list.csv").write_text("path\nbroken.png\n", encoding="utf-8")
    (root / "broken.png").write_bytes(b"no picture")
    ask = ("--output", "out.csv", "--checkpoint", str(checkpoint), "--images")
    assert "has no rows" in project.refused("predict", *ask, "empty.csv")
    assert "broken.png is not a picture" in project.refused("predict", *ask, "list.csv")
    assert "there is no run" in project.refused("choose", "none")
    for path in checkpoint.parent.iterdir():  # where the last epoch was the best one, both files are the same
        path.write_bytes(path.read_bytes()[:5000])
    assert "not a file of weights that can be read" in project.refused("predict", *ask, "list.csv")
    assert "no checkpoint with digest" in project.refused("evaluate")
    assert "tuning/chosen.toml is missing" in project.refused("infer")
    shutil.rmtree(root / "data/processed")
    assert f"python -m {PACKAGE}.prepare" in project.refused("train")


def test_what_is_handed_on_holds_no_folder_of_this_machine_and_no_state_of_the_optimiser(trained: Generated) -> None:
    run = toml(trained.root / "reports/training/chosen.toml")["run"]
    place = str(trained.root.parent).encode()
    handed_on = [trained.root / "runs" / run / "checkpoints/best.ckpt", *(trained.root / "reports/training" / run).iterdir()]
    assert not [path.name for path in handed_on if place in path.read_bytes()]
    best, last = (trained.root / "runs" / run / "checkpoints" / f"{name}.ckpt" for name in ("best", "last"))
    assert best.stat().st_size < 0.5 * last.stat().st_size


def test_the_project_is_tidy(trained: Generated) -> None:
    for command in (
        ["ruff", "check", "--isolated", "--line-length=120", "--select=E,F,W,I,UP,B,SIM,RET,PTH,C4,PIE,N", PACKAGE, "tests"],
        ["ruff", "format", "--isolated", "--line-length=120", "--check", PACKAGE, "tests"],
        ["mypy", "--disallow-untyped-defs", "--ignore-missing-imports", PACKAGE],
    ):
        done = subprocess.run([sys.executable, "-m", *command], cwd=trained.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
