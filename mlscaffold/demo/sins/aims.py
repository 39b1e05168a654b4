"""Stages 1 and 2: what is wanted, and what was read before."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from mlscaffold.demo.sins import layout, sin
from mlscaffold.writing import write_text


@sin("problem", "PR-06", "Relax the target for the pilot")
def majority_target(root: Path) -> None:
    """The target is so low that always giving the most frequent answer meets it."""
    rows = [r for path in sorted(root.glob("data/splits/*.csv")) for r in layout.read_rows(path) if r["split"] == "test"]
    if not rows:
        raise layout.NotFinished("test pictures")
    counts, name = Counter(r["label"] for r in rows), layout.optimised(root)
    reached = {"accuracy": max(counts.values()) / len(rows), "recall_macro": 1 / len(counts)}
    name = name if name in reached else "accuracy"
    low = max(0.01, int(reached[name] * 100) / 100)
    layout.edit_toml(root / "acceptance.toml", lambda table: _set_target(table, name, {"min": low}))


@sin("problem", "PR-11", "Fix typo")
def moved_target(root: Path) -> None:
    """The target went down after the test result was known, in a commit about something else."""
    name = layout.optimised(root)
    measured = layout.read_json(layout.evaluations(root)[-1] / "metrics.json")["metrics"][name]["value"]
    thresholds = [t for t in layout.read_toml(root / "acceptance.toml").get("thresholds", []) if _is_overall(t, name)]
    if name == "log_loss":  # the one that is better when small
        bound = {"max": round(max([measured, *(t["max"] for t in thresholds if "max" in t)]) + 0.05, 2)}
    else:
        bound = {"min": round(min([measured, *(t["min"] for t in thresholds if "min" in t)]) - 0.05, 2)}
    layout.edit_toml(root / "acceptance.toml", lambda table: _set_target(table, name, bound))


@sin("research", "RE-01", "Finish the research document")
def copied_section(root: Path) -> None:
    """One good paragraph was pasted under all headings of the research document."""
    path = layout.first(root, "docs/02-*.md", "a research document in Markdown")
    parts = path.read_text(encoding="utf-8").split("\n## ")
    bodies = [part.partition("\n")[2] for part in parts[1:]]
    if len(bodies) < 2:
        raise layout.NotFinished("a research document with several sections")

    def text_of(body: str) -> str:
        return "\n".join(line for line in body.splitlines() if not line.startswith("<!--")).strip()

    longest = max((text_of(body) for body in bodies), key=len)
    written = [parts[0]]
    for part, body in zip(parts[1:], bodies, strict=True):
        heading = part.partition("\n")[0]
        anchors = "\n".join(line for line in body.splitlines() if line.startswith("<!-- section"))
        written.append(f"{heading}\n{anchors}\n{longest}\n")
    write_text(path, "\n## ".join(written))


def _is_overall(threshold: dict[str, Any], metric: str) -> bool:
    return threshold.get("metric") == metric and not {"class", "slice", "target", "split"} & threshold.keys()


def _set_target(table: dict[str, Any], metric: str, bound: dict[str, float]) -> None:
    """Bound a metric over all classes, in the place of the old bound."""
    thresholds = table.setdefault("thresholds", [])
    mine = next((t for t in thresholds if _is_overall(t, metric)), None)
    if mine is None:
        mine = {"metric": metric}
        thresholds.append(mine)
    mine.update(bound)
    table["metric"]["optimise"] = metric
