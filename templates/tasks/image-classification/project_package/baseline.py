"""The baseline that needs no network: what a model has to beat, by the rule in acceptance.toml."""

import numpy as np
from PIL import Image

from project_package import records
from project_package.errors import ProjectError
from project_package.pipeline import Pipeline, load_pipeline, open_image, prepare_image

RULES = ("majority", "logistic-regression")
SIDE = 16  # pixels of the thumbnail that the logistic regression sees


def baseline_rule() -> str:
    """Return the rule of acceptance.toml, by default logistic regression."""
    rule = str(records.acceptance().get("baseline", {}).get("rule") or "logistic-regression")
    if rule not in RULES:
        raise ProjectError(f"acceptance.toml: [baseline] rule {rule!r} is none of {', '.join(RULES)}")
    return rule


def predict_baseline(split: str) -> list[records.Prediction]:
    """Return the baseline's predictions of a split, learned from train."""
    classes, train, rows = records.classes(), records.read_split("train"), records.read_split(split)
    rule = baseline_rule()
    if len({row.label for row in train}) < 2:
        raise ProjectError("train has pictures of fewer than 2 classes; look at data/splits")
    probabilities = frequencies(train, classes, len(rows)) if rule == "majority" else logistic(train, rows, classes)
    return [
        records.Prediction(row.name, row.label, classes[int(p.argmax())], tuple(p.tolist()))
        for row, p in zip(rows, probabilities, strict=True)
    ]


def frequencies(train: list[records.Row], classes: list[str], n: int) -> np.ndarray:
    """Return the share of every class in train, `n` times: (N, K)."""
    counts = np.array([sum(row.label == name for row in train) for name in classes], dtype=float)
    return np.tile(counts / counts.sum(), (n, 1))


def logistic(train: list[records.Row], rows: list[records.Row], classes: list[str]) -> np.ndarray:
    """Return the probabilities (N, K) of a logistic regression on standardised thumbnails."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = load_pipeline()
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    model.fit(thumbnails(train, pipeline), [row.label for row in train])
    found = model.predict_proba(thumbnails(rows, pipeline))
    probabilities = np.zeros((len(rows), len(classes)))
    for column, name in enumerate(model.classes_):
        probabilities[:, classes.index(name)] = found[:, column]
    return probabilities


def thumbnails(rows: list[records.Row], pipeline: Pipeline) -> np.ndarray:
    """Return the pictures as small flat vectors (N, SIDE · SIDE · C), from 0 to 1."""
    size = (min(SIDE, pipeline.size[1]), min(SIDE, pipeline.size[0]))
    pictures = (prepare_image(open_image(row.file), pipeline) for row in rows)
    return np.stack([np.asarray(p.resize(size, Image.Resampling.BOX), dtype=float).ravel() / 255 for p in pictures])
