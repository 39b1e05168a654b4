"""A small set of drawn pictures: two classes that differ in where the bright half lies."""

import csv
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from project_package import paths, records

CLASSES = ["left", "right"]
TEMPLATE = Path(__file__).resolve().parent.parent


def draw(path: Path, label: str, seed: int) -> None:
    """Write a noisy picture whose left or right half is bright."""
    pixels = np.random.default_rng(seed).integers(0, 90, (20, 24, 3), dtype=np.uint8)
    half = slice(0, 12) if label == "left" else slice(12, 24)
    pixels[:, half] += 120
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def make_project(root: Path, *, each: int = 6) -> None:
    """Fill a project with raw pictures, splits, classes and the settings that are generated."""
    rows = []
    for k, split in enumerate(paths.SPLITS):
        for label in CLASSES:
            for n in range(each):
                name = f"drawn/{label}/{split}-{n}.png"
                draw(root / "data" / "raw" / name, label, 100 * k + 10 * n + len(label))
                digest = records.file_digest(root / "data" / "raw" / name)
                rows.append([name, digest, label, "", split])
    (root / "data" / "splits").mkdir(parents=True, exist_ok=True)
    with (root / "data" / "splits" / "drawn.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", "digest", "label", "group", "split"], *rows])
    (root / "data" / "schema.toml").write_text('classes = ["left", "right"]\n', encoding="utf-8")
    (root / "acceptance.toml").write_text('[metric]\noptimise = "accuracy"\n', encoding="utf-8")
    shutil.copytree(TEMPLATE / "configs", root / "configs")
    prepare = root / "configs" / "prepare.toml"
    lines = prepare.read_text(encoding="utf-8").splitlines()
    small = ["size = [16, 16]" if line.startswith("size =") else line for line in lines]
    off = ["flip_horizontal = false" if line.startswith("flip_horizontal") else line for line in small]
    prepare.write_text("\n".join(off) + "\n", encoding="utf-8")
