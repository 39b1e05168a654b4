"""Scikit-learn's handwritten digits as a folder of PNG files, a folder a class, and a few held back as "the real world"."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HELD_BACK = 60


@dataclass(frozen=True)
class Digits:
    """Where the pictures were written, and the right answers of those that were held back (file name → digit)."""

    folder: Path
    field: Path
    answers: dict[str, str]


def write_digits(folder: Path) -> Digits:
    """Write 1 797 pictures of 8 x 8 grey pixels (0 to 255): 1 737 into class folders, 60 into `field`."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    answers = {}
    for place, i in enumerate(order):
        picture = Image.fromarray((bunch.images[i] * 15.9375).astype(np.uint8))
        name = f"digit-{i:04d}.png"
        if place < HELD_BACK:
            target = folder / "field" / name
            answers[name] = str(bunch.target[i])
        else:
            target = folder / "optdigits" / str(bunch.target[i]) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        picture.save(target)
    return Digits(folder / "optdigits", folder / "field", answers)
