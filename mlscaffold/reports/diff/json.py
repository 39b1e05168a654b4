"""The data's changes for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from mlscaffold.reports.diff.content import DataDiff


def render(found: DataDiff) -> str:
    """Every row that changed."""
    before, after = found.rows
    told: dict[str, Any] = {
        "schema": 1,
        "revision": found.revision,
        "commit": found.commit,
        "rows": {"before": before, "after": after},
        "classes": {"before": found.classes[0], "after": found.classes[1]},
        "test_touched": found.test_touched,
        "tests": list(found.tests),
        "turns": [
            {"split": split, "before": old, "after": new, "count": count}
            for split, turns in found.turns.items()
            for (old, new), count in turns.most_common()
        ],
    }
    for name in ("relabelled", "added", "removed", "moved", "renamed", "contents"):
        told[name] = [asdict(row) for row in getattr(found, name)]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
