"""What a row demands of a model more than stage 1 did."""

from __future__ import annotations

import tomli_w

from tests.sabotage.target import Target


def demand(project: Target, metric: str, **bound: float | str) -> None:
    """Add a threshold to acceptance.toml, however it is written."""
    table = project.toml("acceptance.toml")
    table["thresholds"] = [*table.get("thresholds", []), {"metric": metric, **bound}]
    project.write({"acceptance.toml": tomli_w.dumps(table)})
