"""The projects that the slow suite finishes by the real scripts, beside the demo."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.whole import fasteners
from tests.whole.leading import Recipe

HERE = Path(__file__).parent
CLOTHES = Path(__file__).resolve().parents[3] / "shared/datasets/clothing-cls"


def _held_back() -> list[Path]:
    return sorted((CLOTHES / "images").rglob("*.jpg"))[::7][:52]


def _clothes(folder: Path) -> dict[str, Path]:
    """All photographs but those held back, a folder a kind."""
    held_back = set(_held_back())
    for picture in (CLOTHES / "images").rglob("*.jpg"):
        if picture not in held_back:
            target = folder / "photographs" / picture.parent.name / picture.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, target)
    return {"clothing": folder / "photographs"}


def _clothes_of_the_desk(folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True)
    for picture in _held_back():
        shutil.copyfile(picture, folder / picture.name)
    return {p.name: p.parent.name for p in _held_back()}


CLOTHING = Recipe(
    name="clothing-sorter",
    files=HERE / "clothing",
    owner="Grace Hopper",
    sources=_clothes,
    told={
        "licence": "CC0 1.0",
        "origin": "github.com/alexeygrigorev/clothing-dataset-small, commit 1196151",
        "collected": "2020",
        "collected-by": "32 contributors",
        "method": "download",
    },
    field=_clothes_of_the_desk,
    shares="train=0.55,validation=0.15,eyeball=0.05,test=0.25",
    targets="onnx,litert",
    reason="285 photographs without pretrained weights are too few; the next round brings more pictures",
    # What 385 photographs from scratch may honestly fail at: each is the truth about the data or the model.
    waivable=frozenset(
        {
            "training.not-better-than-baseline",
            "evaluation.not-better-than-baseline",
            "evaluation.class-never-found",
            "preparation.split-too-small",
            "tuning.threshold-unmet",
            "tuning.not-better",
        }
    ),
)

FASTENERS = Recipe(
    name="fastener-sorter",
    files=HERE / "fasteners",
    owner="Hedy Lamarr",
    sources=fasteners.write_photographs,
    told={
        "licence": "CC0 1.0",
        "origin": "belts of the sorting hall, drawn by tests/whole/fasteners",
        "collected": "2026-03",
        "collected-by": "Hedy Lamarr",
        "method": "generated",
    },
    field=fasteners.write_field,
    shares="train=0.45,validation=0.15,eyeball=0.1,test=0.3",
    targets="onnx,litert",
)
