"""Predict a list of pictures.

    python -m project_package.predict --checkpoint F --images LIST.csv --output OUT

LIST.csv has a column `path` (absolute, or from the project's root) and may have `label`; OUT repeats both.
"""

import argparse
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from project_package import paths, records
from project_package.errors import ProjectError, run_script
from project_package.model import Classifier, load_classifier
from project_package.pipeline import Pipeline, load_pipeline, read_array

BATCH = 64


def open_model(checkpoint: Path, pipeline: Pipeline) -> Classifier:
    """Return the classifier of a checkpoint; one for other classes or colours than the project's is refused."""
    model = load_classifier(checkpoint)
    if model.classes != (classes := records.classes()):
        raise ProjectError(
            f"{paths.shown(checkpoint)} knows the classes {', '.join(model.classes)}; "
            f"data/schema.toml has {', '.join(classes)}; train again"
        )
    if model.hparams["channels"] != pipeline.channels:
        raise ProjectError(
            f"{paths.shown(checkpoint)} takes {model.hparams['channels']} channels; "
            f"pipeline.json makes {pipeline.channels}; train again"
        )
    return model


def predict_arrays(model: Classifier, arrays: Iterable[np.ndarray]) -> np.ndarray:
    """Return the probabilities (N, K) of normalised pictures (C, H, W), a batch at a time."""
    found = []
    model.eval()
    with torch.inference_mode():
        rest = iter(arrays)
        while batch := list(islice(rest, BATCH)):
            logits = model(torch.from_numpy(np.stack(batch)).to(model.device))
            found.append(torch.softmax(logits.double(), dim=1).cpu().numpy())
    return np.concatenate(found) if found else np.zeros((0, len(model.classes)))


def predict_files(model: Classifier, files: Sequence[Path], pipeline: Pipeline) -> np.ndarray:
    """Return the probabilities (N, K) of picture files, prepared or not."""
    return predict_arrays(model, (read_array(file, pipeline) for file in files))


def predict_split(model: Classifier, split: str, pipeline: Pipeline) -> list[records.Prediction]:
    """Return the predictions of a prepared split, in the order of its annotations."""
    rows = records.read_split(split)
    probabilities = predict_files(model, [row.file for row in rows], pipeline)
    return [
        records.Prediction(row.name, row.label, model.classes[int(p.argmax())], tuple(p.tolist()))
        for row, p in zip(rows, probabilities, strict=True)
    ]


def main() -> int:
    """Predict a list of pictures from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.predict", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True, help="CSV with a column path, and perhaps label")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    listed = records.read_table(given.images, ("path",))
    if not listed:
        raise ProjectError(f"{paths.shown(given.images)} has no rows")
    pipeline = load_pipeline()
    model = open_model(given.checkpoint, pipeline)
    probabilities = predict_files(model, [paths.ROOT / row["path"] for row in listed], pipeline)
    predictions = [
        records.Prediction(row["path"], row.get("label", ""), model.classes[int(p.argmax())], tuple(p.tolist()))
        for row, p in zip(listed, probabilities, strict=True)
    ]
    records.write_predictions(given.output, predictions, model.classes, label="label" in listed[0])
    print(f"{len(predictions)} predictions in {given.output}")
    return 0


if __name__ == "__main__":
    run_script(main)
