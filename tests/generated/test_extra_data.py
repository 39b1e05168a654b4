"""Extra data in a real training: weights in the loss, a fifth split, and what its numbers say."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from mlscaffold.checks import all_checks
from mlscaffold.datasets.annotations import Annotation, write_annotations
from mlscaffold.project import open_project
from mlscaffold.workflows.check import run_check
from mlscaffold.workflows.diagnose import numbers_of
from mlscaffold.workflows.import_data import import_data
from mlscaffold.workflows.split_data import split_data
from tests.generated.conftest import NAMES, Generated
from tests.generated.test_image_classification import table, toml

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trained")]


def annotate(root: Path) -> None:
    """Give the digits the annotation files that the tool reads."""
    for name in NAMES:
        folder = root / "data/raw/digits" / name
        write_annotations(folder / "annotations.csv", [Annotation(path.name, name) for path in folder.glob("*.png")])


def add_negatives(root: Path, scratch: Path) -> None:
    """Import every third digit of train in white on black as an extra source: the same answers, other pictures."""
    places = {row["path"]: row["split"] for row in table(root / "data/splits/digits.csv")}
    for path in [p for p, split in sorted(places.items()) if split == "train"][::3]:
        _, label, name = path.split("/")
        target = scratch / "negatives" / label / name
        target.parent.mkdir(parents=True, exist_ok=True)
        ImageOps.invert(Image.open(root / "data/raw" / path)).save(target)
    import_data(root, scratch / "negatives", extra=True, weight=0.25)


def test_extra_data_weigh_less_and_the_fifth_split_is_measured(trained: Generated, tmp_path: Path) -> None:
    project = trained.copy(tmp_path / "copy")
    root = project.root
    annotate(root)
    before = {row["path"]: row["split"] for row in table(root / "data/splits/digits.csv")}
    recipe = (root / "pipeline.json").read_bytes()
    add_negatives(root, tmp_path)
    done = split_data(root)
    after = {row.path: row.split for row in done.dealt.rows}
    assert {path for path, split in before.items() if after[path] != split} <= {p for p, s in before.items() if s == "train"}
    assert {split for path, split in after.items() if path.startswith("negatives/")} == {"train", "augmented"}

    said = project.ok("prepare")
    assert f"augmented {done.counts['augmented'].total()}" in said
    assert json.loads((root / "pipeline.json").read_bytes())["splits"] == json.loads(recipe)["splits"]
    said = project.ok("train", "--trainer.max_epochs", "4")
    assert "aug_acc" in said
    run = max(path.name for path in (root / "runs").iterdir() if path.is_dir())
    project.ok("choose", run)
    folder = root / "reports/training" / run
    assert list(table(folder / "metrics.csv")[0]) == [
        "epoch", "train_loss", "train_acc", "val_loss", "val_acc", "lr", "aug_loss", "aug_acc",
    ]  # fmt: skip
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert record["weights"] == {"negatives": 0.25}
    assert record["data"]["augmented"]["samples"] == done.counts["augmented"].total()
    assert ">augmented<" in (folder / "curves.svg").read_text(encoding="utf-8")

    numbers = numbers_of(open_project(root))
    chosen = table(folder / "metrics.csv")[toml(root / "reports/training/chosen.toml")["epoch"]]
    assert numbers.augmented is not None
    assert (f"{numbers.augmented.value:.5f}", numbers.augmented.n) == (
        f"{float(chosen['aug_acc']):.5f}",
        record["data"]["augmented"]["samples"],
    )
    wanted = ("preparation.extra-in-test", "training.data-stale", "training.metrics-incomplete")
    opened = open_project(root)
    found = [f.message for spec in all_checks() if spec.id in wanted for f in run_check(opened, spec)]
    assert found == []

    source = root / "data/raw/negatives/source.toml"
    source.write_text(source.read_text(encoding="utf-8").replace("0.25", "2"), encoding="utf-8")
    assert "weight 2 is not above 0 and at most 1" in project.refused("train")
