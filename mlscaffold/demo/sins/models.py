"""Stages 5 and 6: whether the model can learn, and how its weights were picked."""

from __future__ import annotations

import math
from pathlib import Path

from mlscaffold.demo.sins import layout, sin
from mlscaffold.writing import write_text


@sin("model", "MO-07", "Model is ready")
def batch_not_learned(root: Path) -> None:
    """The run on one batch never got below guessing, and was ticked off all the same."""
    path = layout.first(root, "reports/model/*/overfit.json", "a record of the run on one batch")
    record = layout.read_json(path)
    guessing, n = math.log(max(2, record["outputs"])), len(record["losses"])
    losses = [round(guessing * (1 - 0.05 * i / n), 6) for i in range(n)]
    layout.edit_json(
        path, lambda r: r.update(losses=losses, accuracies=[round(1 / record["outputs"], 6)] * n, initial_loss=losses[0])
    )


@sin("training", "TR-12", "Monitor what counts")
def picked_on_test(root: Path) -> None:
    """The epoch whose weights were kept was the one with the best accuracy on test."""
    folder = layout.run_folder(root, "training")

    def change(record: dict[str, object]) -> None:
        record["checkpoint"] = {**record["checkpoint"], "monitor": "test_acc", "mode": "max"}  # type: ignore[dict-item]
        record["decisions"] = [{"what": "checkpoint", "by": "test_acc", "split": "test"}]

    layout.edit_json(folder / "provenance.json", change)
    settings = folder / "params.yaml"
    if settings.is_file():
        write_text(settings, settings.read_text(encoding="utf-8").replace("monitor: val_loss", "monitor: test_acc"))
