"""Conversion targets: one file a target, each with the same five names.

A target converts a network that takes normalised images `(1, C, H, W)` and answers logits `(1, K)`, and reads its
own export back with the runtime that phones or servers use. To add a target, write one file and list it here.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from project_package.errors import ProjectError

TARGETS = ("onnx", "litert", "executorch", "coreml")

# One image (1, C, H, W) float32 in, its logits (1, K) float32 out.
Run = Callable[[np.ndarray], np.ndarray]


class UnknownOpError(Exception):
    """The export uses an operation that the reader here does not know: nothing can be said about its answers."""


class Target(Protocol):
    """What the file of a target offers."""

    FILE: str  # name of the model under exports/<target>/
    DTYPES: tuple[str, ...]  # how weights may be stored; the first is the default
    PACKAGES: tuple[str, ...]  # what must be installed; their versions go into the card
    READER: str  # the runtime that reads the export back

    def convert(self, network: Any, shape: tuple[int, ...], file: Path, *, dtype: str, classes: list[str]) -> None:
        """Write the export of `network` for images of `shape` (1, C, H, W)."""

    def read(self, file: Path) -> Run:
        """The export, loaded as its users load it, on one thread."""


def load_target(name: str) -> Target:
    """The target of that name; its heavy libraries are imported when it is used, not here."""
    if name not in TARGETS:
        raise ProjectError(f"there is no conversion target {name!r}; known are {', '.join(TARGETS)}")
    return cast(Target, import_module(f"project_package.export.{name}"))


def run_all(run: Run, images: np.ndarray) -> np.ndarray:
    """Logits (N, K) of images (N, C, H, W), one by one as a phone would."""
    return np.concatenate([np.array(run(image[None]), dtype=np.float32).reshape(1, -1) for image in images])
