"""Real photographs: six unbalanced classes, from `new` through every command and script to a signed stage 10."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.whole.command import mlscaffold
from tests.whole.recipes import CLOTHES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("clothing"),
    pytest.mark.skipif(not CLOTHES.is_dir(), reason="this clone has no ../shared/datasets/clothing-cls"),
]


def test_clothing_from_new_to_a_signed_stage_ten(finished_clothing: Path) -> None:
    report = json.loads(mlscaffold(finished_clothing, "check", "--all", "--format", "json"))
    evaluated = next((finished_clothing / "reports/evaluation").glob("*/metrics.json"))
    evaluation = json.loads(evaluated.read_text(encoding="utf-8"))
    accuracy = evaluation["metrics"]["accuracy"]["value"]
    print(
        f"clothing: accuracy {accuracy:.3f} on {evaluation['n']} photographs, baseline {evaluation['baseline']['accuracy']:.3f}"
    )

    assert {s["state"] for s in report["stages"]} == {"signed"}
    assert accuracy > evaluation["majority"]["accuracy"]
    assert "clothing-sorter" in mlscaffold(finished_clothing, "status")
