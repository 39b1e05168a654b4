"""Pictures as they come: what the service makes of an original of data/raw, beside what training saw of it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from project_package import paths, pipeline, records
from project_package.serve.engine import Engine

MOST = 20  # originals asked about; they may be large


def find_originals() -> list[records.Row]:
    """Return test samples whose original and prepared picture are on this machine, evenly over the split."""
    rows = records.read_split("test") if records.has_split("test") else []
    here = [row for row in rows if row.file.is_file() and paths.inside(paths.RAW, row.origin).is_file()]
    return here[:: -(-len(here) // MOST)] if here else []


def grey_levels(engine: Engine, row: records.Row) -> float:
    """Return by how many grey levels (of 255) the service's picture differs from the prepared one, on average."""
    original = pipeline.open_image(paths.inside(paths.RAW, row.origin))
    mine, theirs = engine.prepare(original), pipeline.open_image(row.file)
    if mine.size != theirs.size or mine.mode != theirs.mode:
        return 255.0
    return float(np.abs(np.asarray(mine, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)).mean())


def try_originals(
    engine: Engine, table: list[records.Prediction], ask: Callable[[bytes], tuple[int, Any]]
) -> dict[str, Any]:
    """Send originals to the running service; return how its pictures and answers differ from those of the prepared."""
    known = {row.path: row for row in table}
    rows = [row for row in find_originals() if row.name in known]
    levels, same, largest = [], 0, 0.0
    for row in rows:
        status, answer = ask(paths.inside(paths.RAW, row.origin).read_bytes())
        wanted = known[row.name]
        levels.append(grey_levels(engine, row))
        if status != 200 or answer is None:
            largest = 1.0
            continue
        same += answer["label"] == wanted.prediction
        shares = np.array(list(answer["probabilities"].values()))
        largest = max(largest, float(np.abs(shares - np.array(wanted.probabilities)).max()))
    if not rows:
        return {"compared": 0, "agreement": None, "max_difference": None, "grey_levels": None}
    mean = float(np.mean(levels))
    return {"compared": len(rows), "agreement": same / len(rows), "max_difference": largest, "grey_levels": mean}
