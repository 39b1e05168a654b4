"""Other tools on the same files: the real sets of ../shared, and what we write ourselves."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mlscaffold.datasets import formats
from mlscaffold.datasets.geometry import bounds
from mlscaffold.datasets.masks import drawn, pixels
from mlscaffold.datasets.record import Reading
from mlscaffold.workflows.export_data import export_data

SHARED = Path(__file__).resolve().parents[4] / "shared" / "datasets"
PANLABEL = shutil.which("panlabel", path=str(Path(sys.executable).parent)) or shutil.which("panlabel")


def _real(name: str) -> tuple[Path, formats.Choice, Reading]:
    """A real data set, recognised and read."""
    path = SHARED / name
    if not path.is_dir():
        pytest.skip(f"{name} is not in ../shared/datasets")
    choice = formats.choose(path)
    return path, choice, choice.form.read(path)


@pytest.mark.parametrize(
    ("name", "form", "records", "objects", "splits"),
    [
        ("playing-cards-voc", "voc", 122, 220, {"train": 95, "test": 27}),
        ("coco-cc-subset", "coco", 87, 748, {"": 87}),
        ("banking77-text", "csv-list", 13083, 0, {"train": 10003, "test": 3080}),
        ("clothing-cls", "class-folders", 385, 0, {"": 385}),
    ],
)
def test_real_sets_are_read_in_full(name: str, form: str, records: int, objects: int, splits: dict[str, int]) -> None:
    _, choice, reading = _real(name)
    assert (choice.name, len(reading.records), reading.objects) == (form, records, objects)
    assert (reading.refused, reading.refused_objects) == ((), 0)
    assert Counter(record.split for record in reading.records) == splits


def test_real_index_masks(tmp_path: Path) -> None:
    path = SHARED / "corridor-seg"
    if not path.is_dir():
        pytest.skip("corridor-seg is not in ../shared/datasets")
    for file in sorted((path / "images").iterdir())[:5]:
        for source in (file, path / "masks" / f"{file.stem}.png"):
            target = tmp_path / source.relative_to(path)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
    shutil.copyfile(path / "classes.csv", tmp_path / "classes.csv")
    from PIL import Image

    choice = formats.choose(tmp_path)
    reading = choice.form.read(tmp_path)
    assert choice.name == "index-masks"
    for record in reading.records:
        values = np.asarray(Image.open(tmp_path / "masks" / f"{record.path.stem}.png"))
        counts = {
            reading.classes[index - 1]: int(count)
            for index, count in zip(*np.unique(values, return_counts=True), strict=True)
            if index
        }
        assert {s.label: int(pixels(s.mask).sum()) for s in record.shapes if s.mask} == counts


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_finds_what_we_find(tmp_path: Path) -> None:
    tools = pytest.importorskip("pycocotools.coco", reason="pycocotools is not installed")
    path, _, reading = _real("coco-cc-subset")
    export_data(path, tmp_path / "out", format="coco")
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = [
            tools.COCO(str(file)) for file in (path / "annotations/instances.json", tmp_path / "out/annotations/instances.json")
        ]
    names = [{key: entry["name"] for key, entry in coco.cats.items()} for coco in theirs]

    def told(coco: object, name: dict[int, str]) -> Counter[tuple[object, ...]]:
        rows = getattr(coco, "anns").values()  # noqa: B009 - the class has no types
        files = {key: Path(image["file_name"]).name for key, image in getattr(coco, "imgs").items()}  # noqa: B009
        return Counter(
            (files[row["image_id"]], name[row["category_id"]], row["iscrowd"], *(round(value, 3) for value in row["bbox"]))
            for row in rows
        )

    ours = Counter(
        (record.path.name, shape.label, int(shape.crowd), *(round(value, 3) for value in bounds(shape) or ()))
        for record in reading.records
        for shape in record.shapes
    )
    assert told(theirs[0], names[0]) == told(theirs[1], names[1]) == ours
    differ = whole = 0
    for record in reading.records[:15]:
        row_image = next(key for key, image in theirs[1].imgs.items() if image["file_name"] == record.path.name)
        for row, shape in zip(theirs[1].loadAnns(theirs[1].getAnnIds(imgIds=[row_image])), record.shapes, strict=True):
            mask = theirs[1].annToMask(row).astype(bool)
            assert record.size is not None
            mine = pixels(shape.mask or drawn(shape.rings, record.size))
            differ, whole = differ + int((mask != mine).sum()), whole + int(mask.sum())
            assert not shape.mask or (mask == mine).all()
    # The two round the edges of outlines differently.
    assert differ < 0.005 * whole


@pytest.mark.parametrize("target", ["coco", "voc", "cvat", "label-studio", "labelbox", "imagefolder"])
def test_panlabel_reads_what_we_write(tmp_path: Path, target: str) -> None:
    if PANLABEL is None:
        pytest.skip("panlabel is not installed")
    path, _, reading = _real("playing-cards-voc")
    out = tmp_path / "out"
    export_data(path, out, format=target)
    theirs = "hf" if target == "imagefolder" else target
    inner = {"coco": "annotations/instances_train.json", "label-studio": "tasks.json", "labelbox": "export.ndjson"}.get(
        target, ""
    )
    ran = subprocess.run(
        [
            PANLABEL,
            "convert",
            "--from",
            theirs,
            "--to",
            "ir-json",
            "--input",
            str(out / inner),
            "--output",
            str(tmp_path / "ir.json"),
            "--allow-lossy",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    value = json.loads((tmp_path / "ir.json").read_text(encoding="utf-8"))
    wanted = [record for record in reading.records if target != "coco" or record.split == "train"]
    assert len(value["annotations"]) == sum(len(record.shapes) for record in wanted)
