"""The model that is converted, its test images, and what it answers for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from project_package import choose, paths, pipeline, records
from project_package.errors import ProjectError


@dataclass(frozen=True)
class Source:
    """The model that is converted, and what it answers for the test images."""

    network: Any
    checkpoint: str
    run: str
    classes: list[str]
    rows: list[records.Row]
    images: np.ndarray  # (N, C, H, W) float32, normalised
    logits: np.ndarray  # (N, K)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one image: (1, C, H, W)."""
        return (1, *self.images.shape[1:])


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities (N, K) of logits (N, K)."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def load_images(files: list[Path]) -> np.ndarray:
    """Return prepared images as one array (N, C, H, W), through the one pipeline of this project."""
    steps = pipeline.load_pipeline(paths.PIPELINE)
    arrays = [pipeline.to_array(pipeline.prepare_image(pipeline.open_image(file), steps), steps) for file in files]
    return np.stack(arrays).astype(np.float32)


def load_source() -> Source:
    """Load the chosen checkpoint and let it answer for every test image, on one thread."""
    import torch
    import torchvision  # noqa: F401  (before coremltools, or the process dies)

    from project_package.model import load_classifier

    torch.set_num_threads(1)
    choice = choose.current()
    model = load_classifier(choose.find_checkpoint(choice.checkpoint, choice.run))
    classes = records.classes()
    if (own := list(model.hparams["classes"])) != classes:
        raise ProjectError(f"the model was trained for the classes {own}, data/schema.toml says {classes}; train again")

    class Network(torch.nn.Module):
        """The plain network, whose input is named `image`."""

        def __init__(self) -> None:
            super().__init__()
            self.network = getattr(model, "network", model)

        def forward(self, image: Any) -> Any:
            """Return logits."""
            return self.network(image)

    rows = records.read_split("test")
    images = load_images([row.file for row in rows])
    network = Network().eval()
    with torch.no_grad():
        parts = np.array_split(images, -(-len(images) // 32))
        logits = np.concatenate([network(torch.from_numpy(part)).numpy() for part in parts])
    return Source(network, choice.checkpoint, choice.run, classes, rows, images, logits)
