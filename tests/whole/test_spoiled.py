"""The finished demo, damaged: for each stage what is taken away and what is spoiled is found, and what is harmless is not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.stages import all_stages
from tests.conftest import Sandbox
from tests.whole.command import mlscaffold
from tests.whole.spoiling import (
    RAW,
    Spoiled,
    cells,
    change_processed,
    checkpoint_as_export,
    commit_secret,
    edit,
    evaluation,
    files,
    leak,
    paste_sections,
    permute_labels,
    proof,
    raise_threshold,
    remove,
    reorder,
    replace,
    rows,
    run,
    setting,
    toml,
    truncate_picture,
    validation_as_test,
    write,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

REDEPLOY = ".github/workflows/redeploy.yml"
CASES = (
    Spoiled("problem: document gone", remove("docs/01-problem.md"), "problem.section-missing", ("docs/01-problem",)),
    Spoiled("problem: document emptied", write("docs/01-problem.md", "\n"), "problem.section-missing", ("docs/01-problem",)),
    Spoiled("problem: two metrics", replace("acceptance.toml", 'optimise = "accuracy"', 'optimise = ["accuracy", "f1_macro"]'),
            "problem.metric-unmeasurable", ("2 metrics", "accuracy, f1_macro")),
    Spoiled("problem: answers gone", remove("docs/examples/answers.csv"), "problem.answers-missing", ("10 inputs", "wanted answers")),
    Spoiled("research: document gone", remove("docs/02-research.md"), "research.section-missing", ("docs/02-research",)),
    Spoiled("research: sections pasted", paste_sections, "research.copied-section", ("7 sections", "same text")),
    Spoiled("research: baseline unknown", replace("acceptance.toml", '"logistic-regression"', '"a good guess"'),
            "research.baseline-undecided", ("a good guess",)),
    Spoiled("collection: annotation file gone", remove(f"{RAW}/3/annotations.csv"), "collection.annotation-file-missing",
            ("1 of 10 folders", "optdigits/3")),
    Spoiled("collection: truncated picture", truncate_picture, "collection.unreadable-image", ("1 file is cut off", "optdigits/3/digit-")),
    Spoiled("collection: foreign label", rows(f"{RAW}/3/annotations.csv", cells("label", "three", until=2)),
            "collection.schema-violation", ("2 of 1737 annotations", "three")),
    Spoiled("collection: licence unknown", replace(f"{RAW}/source.toml", "CC BY 4.0", ""), "collection.provenance-missing",
            ("1737 pictures", "licence")),
    Spoiled("preparation: split gone", remove("data/processed/test/annotations.csv"), "preparation.processed-differs",
            ("not prepared",)),
    Spoiled("preparation: train picture in test", leak, "preparation.split-leakage", ("1 of", "test pictures", "in train too", "scan-again.png")),
    Spoiled("preparation: picture changed", change_processed, "preparation.processed-differs", ("1 of", "test", "other pixels")),
    Spoiled("model: proof gone", remove(proof), "model.cannot-overfit-batch", ("no run that fits one batch",)),
    Spoiled("model: batch not learned", edit(proof, lambda r: r["losses"].__setitem__(slice(-5, None), [1.9] * 5)),
            "model.cannot-overfit-batch", ("ends at loss 1.9",)),
    Spoiled("model: an output too many", edit(proof, setting("outputs", 11)), "model.head-mismatch", ("11 outputs", "10 classes")),
    Spoiled("training: choice gone", remove("reports/training/chosen.toml"), "training.metrics-incomplete", ("chosen.toml",)),
    Spoiled("training: losses are no numbers", rows(lambda d: f"{run(d, 'training')}/metrics.csv", cells("train_loss", "nan", first=2)),
            "training.diverged", ("train_loss is nan in epochs 2-7",)),
    Spoiled("training: metrics cut", rows(lambda d: f"{run(d, 'training')}/metrics.csv", lambda table: table[:-3]),
            "training.metrics-incomplete", ("8 epochs", "metrics.csv has 5")),
    Spoiled("training: checkpoint of another run", lambda d: d.replace("reports/training/chosen.toml", checkpoint_of(d), "f" * 64),
            "training.checkpoint-missing", ("ffffffffffff",)),
    Spoiled("evaluation: predictions gone", remove(lambda d: f"{evaluation(d)}/predictions.csv"), "evaluation.wrong-split",
            ("predictions.csv",)),
    Spoiled("evaluation: accuracy edited", edit(lambda d: f"{evaluation(d)}/metrics.json", setting("metrics.accuracy.value", 0.9999)),
            "evaluation.number-not-reproducible", ("accuracy", "0.9999", "recomputed")),
    Spoiled("evaluation: twenty rows dropped", rows(lambda d: f"{evaluation(d)}/predictions.csv", lambda table: table[:-20]),
            "evaluation.wrong-split", ("20 of", "no prediction")),
    Spoiled("evaluation: predictions of validation", validation_as_test, "evaluation.wrong-split", ("belong to validation",)),
    Spoiled("tuning: real world gone", remove(lambda d: f"{run(d, 'tuning')}/inference.csv"), "tuning.real-world-missing", ("inference.csv",)),
    Spoiled("tuning: study scored on test", rows(lambda d: f"{run(d, 'tuning')}/study.csv", cells("split", "test")),
            "tuning.scored-on-test", ("3 of 3 trials", "scored on test")),
    Spoiled("tuning: threshold above the value", raise_threshold, "tuning.threshold-unmet", ("accuracy", "0.9999", "not met")),
    Spoiled("conversion: card gone", remove("exports/onnx/card.json"), "conversion.target-missing", ("onnx",)),
    Spoiled("conversion: labels permuted", edit("exports/onnx/card.json", permute_labels), "conversion.labels-differ",
            ("index 3", '"5" in the export')),
    Spoiled("conversion: checkpoint renamed", checkpoint_as_export, "conversion.wrong-format", ("onnx",)),
    Spoiled("conversion: card of another source", edit("exports/onnx/card.json", setting("source.checkpoint", "a" * 64)),
            "conversion.source-stale", ("onnx", "aaaaaaaaaaaa")),
    Spoiled("deployment: service not tried", remove("reports/deployment/service.json"), "deployment.service-unproved", ("not tried",)),
    Spoiled("deployment: check that cannot fail", replace(REDEPLOY, "check --stage deployment", "check --stage deployment || true"),
            "deployment.redeploy-ungated", ("never fail", "|| true")),
    Spoiled("deployment: silent drill", edit("reports/deployment/monitoring.json", setting("drill.shifted.verdict", "ok")),
            "deployment.monitor-blind", ("shifted pictures give ok",)),
    Spoiled("deployment: secret", commit_secret, "project.secret-committed", ("configs/store.yaml",)),
)  # fmt: skip


def checkpoint_of(demo: Sandbox) -> str:
    """The digest of training's checkpoint."""
    return str(toml(demo, "reports/training/chosen.toml")["checkpoint"])


@pytest.fixture(scope="module")
def copied(finished_demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for all damages; each test leaves it as it found it, so that the cache need not be filled again."""
    root = tmp_path_factory.mktemp("spoiled") / "digits-demo"
    shutil.copytree(finished_demo[0], root, symlinks=True)
    mlscaffold(root, "check", "--format", "json")
    return root


@pytest.fixture
def spoiled(copied: Path, finished_demo: tuple[Path, str]) -> Iterator[Sandbox]:
    """The copy, brought back to the finished state afterwards."""
    yield Sandbox(copied)
    sound, here = _listing(finished_demo[0]), _listing(copied)
    for path in here.keys() - sound.keys():
        (copied / path).unlink()
    for path, stamp in sound.items():
        if here.get(path) != stamp:
            (copied / path).parent.mkdir(parents=True, exist_ok=True)
            (copied / path).unlink(missing_ok=True)
            shutil.copy2(finished_demo[0] / path, copied / path)


def _listing(root: Path) -> dict[str, tuple[int, int]]:
    """Every file but the cache, with its size and time."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if not name.startswith("cache.sqlite"):
                found[str(path.relative_to(root))] = (path.lstat().st_size, path.lstat().st_mtime_ns)
    return found


def judged(demo: Sandbox, *, code: int) -> list[dict[str, Any]]:
    """What `check` finds, without what passes."""
    report = json.loads(mlscaffold(demo.root, "check", "--format", "json", code=code))
    return [f for f in report["findings"] if f["status"] != "pass"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_damage_is_found_and_named(spoiled: Sandbox, case: Spoiled) -> None:
    case.spoil(spoiled)
    found = judged(spoiled, code=1)
    told = [f"{f['status']} {f['check']}: {f['message']}" for f in found]
    mine = [f for f in found if f["check"] == case.check and f["status"] == "fail" and f["counts"]]

    assert mine, "\n".join(told)
    text = "\n".join(f"{f['message']} {' '.join(e['path'] for e in f['evidence'])}" for f in mine)
    assert all(word in text for word in case.words), "\n".join(told)
    assert all(f["fix"] for f in mine), mine
    assert not [line for line in told if line.startswith("error")]


def test_every_stage_has_something_taken_away_and_something_spoiled() -> None:
    for stage in all_stages():
        names = [case.name for case in CASES if case.name.startswith(stage.slug)]
        assert len(names) >= 3, stage.slug
        assert any("gone" in name or "not tried" in name for name in names), stage.slug


def windows_line_ends(demo: Sandbox) -> None:
    for path in files(demo, ".csv", ".toml", ".json", ".md", ".yaml"):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def written_again(demo: Sandbox) -> None:
    """JSON with sorted keys and no line ends; TOML with comments and blank lines."""
    for path in files(demo, ".json"):
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), sort_keys=True), encoding="utf-8")
    for path in files(demo, ".toml"):
        path.write_text("# kept by hand\n\n" + path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")


def touched(demo: Sandbox) -> None:
    for path in demo.root.rglob("*"):
        if path.is_file() and ".git/" not in path.as_posix() and not path.name.startswith("cache.sqlite"):
            os.utime(path)


def other_order(demo: Sandbox) -> None:
    """Columns and rows in another order; where the tool names the columns it reads, also one that nobody asked for."""
    for path in ("data/splits/optdigits.csv", "data/manifest/optdigits.csv", "data/processed/train/annotations.csv"):
        reorder(demo, path, remark="seen")
    for path in (f"{RAW}/4/annotations.csv", f"{evaluation(demo)}/predictions.csv", "exports/onnx/predictions.csv"):
        reorder(demo, path)


def as_word(demo: Sandbox) -> None:
    """The research document as somebody writes it in Word."""
    import docx

    document = docx.Document()
    for line in demo.read("docs/02-research.md").splitlines():
        if line.startswith("#"):
            document.add_heading(line.lstrip("# "), level=line.count("#", 0, 3))
        elif line.startswith("- "):
            document.add_paragraph(line.removeprefix("- "), style="List Bullet")
        elif line and not line.startswith("<!--"):
            document.add_paragraph(line.replace("`", ""))
    document.save(str(demo.root / "docs/02-research.docx"))
    demo.remove("docs/02-research.md")


@pytest.mark.parametrize("change", [windows_line_ends, written_again, touched, other_order, as_word])
def test_harmless_changes_raise_nothing(spoiled: Sandbox, change: Callable[[Sandbox], None]) -> None:
    before = {(f["check"], f["status"], f["message"]) for f in judged(spoiled, code=0)}
    change(spoiled)
    after = {(f["check"], f["status"], f["message"]) for f in judged(spoiled, code=0)}

    assert after <= before
