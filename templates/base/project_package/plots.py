"""The figures of the reports, as SVG: the same numbers give the same file."""

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from project_package import records

TRAIN, VALIDATION, AUGMENTED = "#4c72b0", "#dd8452", "#55a868"
CURVES = (("train", "train", TRAIN), ("aug", "augmented", AUGMENTED), ("val", "validation", VALIDATION))


def save(figure: Figure, path: Path) -> None:
    """Write a figure as SVG without dates and random ids."""
    text = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "project", "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None}, bbox_inches="tight")
    records.write_text(path, text.getvalue())


def curves(rows: Sequence[Mapping[str, str]], best: int, path: Path) -> None:
    """Draw loss and accuracy of every epoch; `best` is the epoch of the checkpoint."""
    figure = Figure(figsize=(9, 3.4))
    epochs = [int(row["epoch"]) for row in rows]
    for axis, what, name in zip(figure.subplots(1, 2), ("loss", "acc"), ("loss", "accuracy"), strict=True):
        for split, label, colour in CURVES:
            if f"{split}_{what}" not in rows[0]:
                continue
            values = [float(row[f"{split}_{what}"] or math.nan) for row in rows]
            axis.plot(epochs, values, color=colour, label=label, marker="." if len(rows) < 3 else None)
        axis.axvline(best, color="0.6", linewidth=0.8, linestyle="--")
        axis.set_xlabel("epoch")
        axis.set_title(name)
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
    save(figure, path)


def confusion(matrix: np.ndarray, classes: Sequence[str], path: Path) -> None:
    """Draw a confusion matrix: a row a true class, shaded by the share of that class."""
    side = max(3.5, 0.55 * len(classes) + 1.5)
    figure = Figure(figsize=(side, side))
    axis = figure.subplots()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(matrix.shape):
        if matrix[i, j]:
            axis.text(
                j, i, str(matrix[i, j]), ha="center", va="center", color="white" if shares[i, j] > 0.5 else "black"
            )
    names = [name.replace("$", r"\$") for name in classes]
    axis.set_xticks(range(len(classes)), names, rotation=45, ha="right")
    axis.set_yticks(range(len(classes)), names)
    axis.set_xlabel("predicted")
    axis.set_ylabel("true")
    save(figure, path)


def reliability(bins: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw accuracy against confidence; the size of a point tells the number of samples."""
    figure = Figure(figsize=(3.8, 3.8))
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], color="0.6", linewidth=0.8, linestyle="--")
    total = sum(row["n"] for row in bins) or 1
    sizes = [20 + 400 * row["n"] / total for row in bins]
    axis.scatter([r["confidence"] for r in bins], [r["accuracy"] for r in bins], s=sizes, color=TRAIN, alpha=0.7)
    axis.set_xlim(0, 1.02)
    axis.set_ylim(0, 1.05)
    axis.set_xlabel("confidence")
    axis.set_ylabel("accuracy")
    axis.grid(alpha=0.3)
    save(figure, path)
