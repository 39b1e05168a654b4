"""From drawn pictures to an evaluated model, in seconds."""

import sys
from pathlib import Path

import pytest

from project_package import evaluate, folds, predict, prepare, records, train
from project_package.choose import choose, chosen, current_checkpoint
from project_package.data import in_folds
from project_package.errors import ProjectError

from .pictures import make_project


def call(monkeypatch: pytest.MonkeyPatch, script: object, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", [script.__name__, *arguments])  # type: ignore[attr-defined]
    return int(script.main())  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore")
def test_train_evaluate_predict(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    call(monkeypatch, prepare)
    small = ("--model.backbone", "small_cnn", "--trainer.max_epochs", "3", "--data.batch_size", "4")
    assert call(monkeypatch, train, *small, "--trainer.accelerator", "cpu") == 0
    choice = chosen("training")
    assert choice is not None
    folder = root / "reports" / "training" / choice.run
    assert [row["epoch"] for row in records.read_table(folder / "metrics.csv")] == ["0", "1", "2"]
    assert records.read_json(folder / "provenance.json")["checkpoint"]["digest"] == choice.checkpoint
    assert choose(choice.run).checkpoint == choice.checkpoint

    assert call(monkeypatch, evaluate) == 0
    (evaluation,) = (root / "reports" / "evaluation").iterdir()
    predictions, names = records.read_predictions(evaluation / "predictions.csv")
    assert len(predictions) == 12
    assert names == ["left", "right"]

    (root / "list.csv").write_text("path\n" + "".join(f"data/processed/{p.path}\n" for p in predictions))
    asked = ("--checkpoint", str(current_checkpoint()), "--images", "list.csv", "--output", "out.csv")
    assert call(monkeypatch, predict, *asked) == 0
    again, _ = records.read_predictions(root / "out.csv")
    for first, second in zip(predictions, again, strict=True):
        assert second.probabilities == pytest.approx(first.probabilities, abs=1e-5)

    (root / "data" / "schema.toml").write_text('classes = ["left", "up"]\n', encoding="utf-8")
    with pytest.raises(ProjectError, match="knows the classes"):
        call(monkeypatch, predict, *asked)


@pytest.mark.filterwarnings("ignore")
def test_every_test_set_is_evaluated(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    table = root / "data" / "splits" / "drawn.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    first_two = ("test-0.", "test-1.")
    named = [x.replace(",test\n", ",test-night\n") if any(n in x for n in first_two) else x for x in lines]
    table.write_text("".join(named), encoding="utf-8")
    call(monkeypatch, prepare)
    small = ("--model.backbone", "small_cnn", "--trainer.max_epochs", "2", "--data.batch_size", "4")
    call(monkeypatch, train, *small, "--trainer.accelerator", "cpu")
    with (root / "acceptance.toml").open("a", encoding="utf-8") as file:
        file.write('[[thresholds]]\nmetric = "accuracy"\nmin = 0.0\nsplit = "test-night"\n')

    assert call(monkeypatch, evaluate) == 0
    (first,) = (root / "reports" / "evaluation").iterdir()
    found = records.read_json(first / "metrics.json")
    assert (found["n"], found["sets"]["test-night"]["n"]) == (8, 4)
    value = found["sets"]["test-night"]["metrics"]["accuracy"]["value"]
    assert evaluate.thresholds(found) == [f"- accuracy on test-night: {value:.4f}, wanted min 0.0: met"]
    predictions, _ = records.read_predictions(first / "predictions-test-night.csv")
    assert [p.path.split("/")[0] for p in predictions] == ["test-night"] * 4
    assert {"baseline-test-night.csv", "confusion-test-night.csv"} <= {path.name for path in first.iterdir()}
    assert "| test-night | 4 |" in (first / "report.md").read_text(encoding="utf-8")

    versions = root / "data" / "splits" / "tests"
    versions.mkdir()
    for version in (1, 2):
        text = f'set = "test-night"\nversion = {version}\n'
        (versions / f"test-night-{version}.toml").write_text(text, encoding="utf-8")
    assert call(monkeypatch, evaluate, "--test-set", "test-night") == 0
    second = max((root / "reports" / "evaluation").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert (second / "predictions.csv").read_bytes() == (first / "predictions.csv").read_bytes()
    used = records.read_json(second / "provenance.json")["data"]
    assert used["test-night"]["version"] == 2
    assert "version" not in used["test"]
    with pytest.raises(ProjectError, match=r"no test set test-day .* \(there are: test, test-night\)"):
        call(monkeypatch, evaluate, "--test-set", "test-day")


@pytest.mark.filterwarnings("ignore")
def test_a_released_model_is_evaluated_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    call(monkeypatch, prepare)
    small = ("--model.backbone", "small_cnn", "--trainer.max_epochs", "2", "--data.batch_size", "4")
    call(monkeypatch, train, *small, "--trainer.accelerator", "cpu")
    choice = chosen("training")
    assert choice is not None
    with pytest.raises(ProjectError, match=r"no release 1 in \.mlscaffold/releases \(there are: none\)"):
        call(monkeypatch, evaluate, "--release", "1")
    releases = root / ".mlscaffold" / "releases"
    releases.mkdir(parents=True)
    (releases / "1.toml").write_text(f'[digests]\nmodel = "{choice.checkpoint}"\n', encoding="utf-8")
    file = str(current_checkpoint())
    for asked in (("--release", "1"), ("--checkpoint", choice.checkpoint[:12]), ("--checkpoint", file)):
        assert call(monkeypatch, evaluate, *asked) == 0
    told = [records.read_json(path) for path in (root / "reports" / "evaluation").glob("*/provenance.json")]
    assert [record["checkpoint"]["digest"] for record in told] == [choice.checkpoint] * 3
    current_checkpoint().unlink()
    for left in (root / "runs").rglob("*.ckpt"):
        left.unlink()
    with pytest.raises(ProjectError, match="no checkpoint with digest"):
        call(monkeypatch, evaluate, "--release", "1")
    for wrong in ("abc", "0123456789ab"):
        with pytest.raises(ProjectError, match="digest"):
            call(monkeypatch, evaluate, "--checkpoint", wrong)


@pytest.mark.filterwarnings("ignore")
def test_every_fold_is_left_out_once_and_none_is_chosen(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(root)
    call(monkeypatch, prepare)
    small = ("--model.backbone", "small_cnn", "--trainer.max_epochs", "1", "--trainer.accelerator", "cpu")
    with pytest.raises(ProjectError, match="has no folds"):
        call(monkeypatch, folds, *small)
    table = root / "data" / "splits" / "drawn.csv"
    rows = records.read_table(table)
    places = [str(n % 3 + 1) if row["split"] in ("train", "validation") else "" for n, row in enumerate(rows)]
    numbered = [[*row.values(), place] for row, place in zip(rows, places, strict=True)]
    records.write_table(table, [*rows[0], "fold"], numbered)
    assert call(monkeypatch, folds, *small) == 0
    said = capsys.readouterr().out
    assert "standard deviation over 3 folds" in said
    assert "covers less than it says" in said
    (written,) = (root / "runs").glob("*/folds.csv")
    assert [row["n"] for row in records.read_table(written)] == ["8", "8", "8"]
    learned, held = in_folds([*records.read_split("train"), *records.read_split("validation")], 2)
    assert (len(learned), len(held)) == (16, 8)
    assert chosen("training") is None
    with pytest.raises(ProjectError, match="no pictures of fold 9"):
        call(monkeypatch, train, *small, "--data.fold", "9")


@pytest.mark.filterwarnings("ignore")
def test_a_watched_step_says_what_reaches_the_network(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    call(monkeypatch, prepare)
    frozen = ("--model.backbone", "small_cnn", "--model.freeze", "true", "--data.batch_size", "4")
    assert call(monkeypatch, train, "--probe", str(root / "step.json"), *frozen) == 0
    step = records.read_json(root / "step.json")
    assert step["input"]["std"] == pytest.approx(1, abs=0.5)
    assert step["loss"]["outputs"] == 2
    assert step["parameters"]["trainable"] == step["parameters"]["optimised"] == 80 * 2 + 2
    assert step["batch_norm"] == {"layers": 5, "frozen": 5, "frozen_moved": 0}


def test_nothing_prepared_names_the_next_command(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(root)
    for script in (train, evaluate):
        with pytest.raises(ProjectError, match="run `python -m"):
            call(monkeypatch, script)
