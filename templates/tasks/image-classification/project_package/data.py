"""The data as batches: what `prepare` wrote, augmented in train, normalised everywhere."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytorch_lightning as pl
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler
from torchvision.transforms import InterpolationMode, v2

from project_package import records
from project_package.errors import ProjectError
from project_package.pipeline import (
    Pipeline,
    load_pipeline,
    open_image,
    prepare_image,
    to_array,
)

IN_MEMORY = 512_000_000  # bytes of decoded pictures that are kept


def augmentation(pipeline: Pipeline, split: str) -> Callable[[Image.Image], Image.Image]:
    """Return the random steps that pipeline.json lists for a split, as one transform of pictures."""
    steps = {step["op"]: step for step in pipeline.splits.get(split, []) if step.get("at", "load") == "load"}
    fill = [float(pipeline.fill)] * pipeline.channels
    found: list[Any] = []
    if unknown := sorted(set(steps) - {"rotate", "zoom", "crop", "flip_horizontal", "flip_vertical", "colour"}):
        raise ProjectError(f"pipeline.json has steps that data.py does not know: {', '.join(unknown)}")
    if "rotate" in steps or "zoom" in steps:  # together, so that a picture is interpolated once
        degrees = float(steps.get("rotate", {}).get("degrees", 0))
        scale = steps.get("zoom", {}).get("scale", [1.0, 1.0])
        found.append(v2.RandomAffine(degrees, scale=scale, interpolation=InterpolationMode.BILINEAR, fill=fill))
    if "crop" in steps:
        share = (float(steps["crop"]["share"]), 1.0)
        found.append(v2.RandomResizedCrop(list(pipeline.size), scale=share, ratio=(0.9, 1.1)))
    if "flip_horizontal" in steps:
        found.append(v2.RandomHorizontalFlip(steps["flip_horizontal"]["probability"]))
    if "flip_vertical" in steps:
        found.append(v2.RandomVerticalFlip(steps["flip_vertical"]["probability"]))
    if "colour" in steps:
        strength = float(steps["colour"]["strength"])
        found.append(v2.ColorJitter(brightness=strength, contrast=strength))
    return v2.Compose(found) if found else v2.Identity()


class Pictures(Dataset[tuple[Tensor, int, Tensor]]):
    """Prepared pictures: normalised float32 (C, H, W), index of the class, weight in the loss."""

    def __init__(
        self,
        rows: list[records.Row],
        classes: list[str],
        pipeline: Pipeline,
        *,
        weights: Mapping[str, float] | None = None,
        augmented: bool = False,
    ) -> None:
        """Take the samples; where they are learned from, the weights of their sources and whether to augment."""
        self.rows = rows
        self.pipeline = pipeline
        index = {name: i for i, name in enumerate(classes)}
        if foreign := sorted({row.label for row in self.rows} - set(index)):
            raise ProjectError(f"data/processed/{rows[0].split} has labels that are no class: {', '.join(foreign)}")
        self.labels = [index[row.label] for row in self.rows]
        self.weights = torch.tensor([(weights or {}).get(row.source, 1.0) for row in self.rows])
        self.augment = augmentation(pipeline, "train") if augmented else None
        height, width = pipeline.size
        self.keep = len(self.rows) * height * width * pipeline.channels <= IN_MEMORY
        self.kept: dict[int, Image.Image] = {}

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.rows)

    def picture(self, index: int) -> Image.Image:
        """Return a decoded picture, from memory where all of them fit."""
        image = self.kept.get(index)
        if image is None:
            image = prepare_image(open_image(self.rows[index].file), self.pipeline)
            if self.keep:
                self.kept[index] = image
        return image

    def __getitem__(self, index: int) -> tuple[Tensor, int, Tensor]:
        """Return a picture as the network takes it, its class and its weight."""
        image = self.picture(index)
        if self.augment is not None:
            image = self.augment(image)
        return torch.from_numpy(to_array(image, self.pipeline)), self.labels[index], self.weights[index]


def in_folds(rows: list[records.Row], fold: int) -> tuple[list[records.Row], list[records.Row]]:
    """Return the samples to train on and those of one fold to validate on; extra sources are never validated on."""
    folds, extra = records.folds(), records.source_weights()
    held = [row for row in rows if folds.get(row.origin) == fold and row.source not in extra]
    if not held:
        raise ProjectError(f"data/splits has no pictures of fold {fold}; run `mlscaffold data split --folds K`")
    return [row for row in rows if folds.get(row.origin) != fold], held


class ImageData(pl.LightningDataModule):
    """Train and validation as batches of (N, C, H, W) pictures, (N,) classes and (N,) weights.

    Where `augmented` was held out of data with extra sources, it is measured beside validation.

    Args:
        batch_size: pictures a step.
        workers: processes that load pictures; 0 loads in the training process (best for small pictures).
        balance: draw every class equally often in train, whatever its size.
        augment: apply the random steps of pipeline.json in train.
        fold: 0, or the fold of data/splits to validate on, training on the others (`folds` runs them all).
    """

    def __init__(
        self, batch_size: int = 32, workers: int = 0, balance: bool = False, augment: bool = True, fold: int = 0
    ) -> None:
        """Take the settings; files are read in `setup`."""
        super().__init__()
        self.batch_size, self.workers, self.balance, self.augment = batch_size, workers, balance, augment
        self.fold = fold

    def setup(self, stage: str | None = None) -> None:
        """Read the annotations of train and validation."""
        classes, pipeline = records.classes(), load_pipeline()
        train, validation = records.read_split("train"), records.read_split("validation")
        if self.fold:
            train, validation = in_folds([*train, *validation], self.fold)
        self.train = Pictures(train, classes, pipeline, weights=records.source_weights(), augmented=self.augment)
        held_out = [validation, *([records.read_split("augmented")] if records.has_split("augmented") else [])]
        self.held_out = [Pictures(rows, classes, pipeline) for rows in held_out]
        if lacking := [name for i, name in enumerate(classes) if i not in set(self.train.labels)]:
            raise ProjectError(f"train has no picture of {', '.join(lacking)}; look at data/splits")

    def class_counts(self) -> list[int]:
        """Return the number of pictures of every class in train."""
        counts = Counter(self.train.labels)
        return [counts[i] for i in range(len(records.classes()))]

    def train_dataloader(self) -> DataLoader[tuple[Tensor, int, Tensor]]:
        """Return train in random order, or balanced."""
        sampler = None
        if self.balance:
            counts = self.class_counts()
            weights = [1.0 / counts[label] for label in self.train.labels]
            sampler = WeightedRandomSampler(weights, len(weights))
        lonely = len(self.train) % self.batch_size == 1 and len(self.train) > 1  # batch norm needs two
        return self.loader(self.train, shuffle=sampler is None, sampler=sampler, drop_last=lonely)

    def val_dataloader(self) -> list[DataLoader[tuple[Tensor, int, Tensor]]]:
        """Return validation, and `augmented` where there is one, in their order."""
        return [self.loader(pictures, shuffle=False) for pictures in self.held_out]

    def loader(self, pictures: Pictures, **options: Any) -> DataLoader[tuple[Tensor, int, Tensor]]:
        """Return a loader with the settings that all splits share."""
        lasting = self.workers > 0
        return DataLoader(pictures, self.batch_size, num_workers=self.workers, persistent_workers=lasting, **options)
