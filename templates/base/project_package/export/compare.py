"""What an export is worth: its answers beside those of its source, and how fast it gives them."""

import platform
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from project_package import records
from project_package.errors import ProjectError
from project_package.export import Run, Target, UnknownOpError, run_all
from project_package.export.source import Source, softmax

WARMUP, RUNS = 10, 100
FLAT = 1e-3  # logits that vary less over the test images say nothing: any two models would agree


def measure_latency(run: Run, images: np.ndarray) -> dict[str, Any]:
    """Return p50 and p95 of single images on one thread, on this machine."""
    taken = []
    for i in range(WARMUP + RUNS):
        start = time.perf_counter()
        run(images[i % len(images)][None])
        taken.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(taken[WARMUP:], [50, 95])
    how = {"runs": RUNS, "warmup": WARMUP, "threads": 1, "machine": f"{platform.machine()} {platform.system()}"}
    return {"p50_ms": round(p50, 4), "p95_ms": round(p95, 4), **how}


def compare(source: Source, logits: np.ndarray) -> dict[str, Any]:
    """Return how the export's logits agree with the source's, and whether that means anything."""
    wanted, answered = source.logits.argmax(axis=1), logits.argmax(axis=1)
    labels = np.array([source.classes.index(row.label) for row in source.rows])
    vacuous = bool(source.logits.std(axis=0).max() <= FLAT or len(set(wanted.tolist())) < 2)
    return {
        "agreement": float((wanted == answered).mean()),
        "max_difference": float(np.abs(source.logits - logits).max()),
        "accuracy": {"export": float((answered == labels).mean()), "source": float((wanted == labels).mean())},
        "vacuous": vacuous,
    }


def read_back(name: str, target: Target, file: Path, source: Source) -> dict[str, Any]:
    """Return what the card says of the export's answers, and its `logits`; an unknown operation is said."""
    try:
        run = target.read(file)
    except UnknownOpError as error:
        none = {"export": None, "source": None}
        nothing = {"agreement": None, "max_difference": None, "accuracy": none, "vacuous": False}
        print(f"{name}: unknown, its answers could not be computed here: no reader for {error}", file=sys.stderr)
        return {**nothing, "latency": None, "verified_by": [], "unknown_ops": str(error).split(", "), "logits": None}
    logits = run_all(run, source.images)
    if not np.isfinite(logits).all():
        raise ProjectError(f"{name}: the export answers numbers that are not finite")
    found = {**compare(source, logits), "verified_by": [target.READER], "unknown_ops": [], "logits": logits}
    found["latency"] = None  # measured later, when nothing else runs
    again = target.read_again(file, source.images) if hasattr(target, "read_again") else None
    if again is not None:
        second = {
            "difference": float(np.abs(again - logits).max()),
            "agreement": float((again.argmax(1) == logits.argmax(1)).mean()),
        }
        found |= {"verified_by": [target.READER, target.SECOND_READER], "readers": second}  # type: ignore[attr-defined]
    return found


def write_answers(path: Path, named: list[tuple[str, str]], logits: np.ndarray, classes: list[str]) -> None:
    """Write the export's answers as a table of predictions."""
    probabilities = softmax(logits)
    rows = [
        records.Prediction(name, label, classes[int(values.argmax())], tuple(float(value) for value in values))
        for (name, label), values in zip(named, probabilities, strict=True)
    ]
    records.write_predictions(path, rows, classes)
