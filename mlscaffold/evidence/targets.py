"""The targets of a project, as they were agreed and as they are: what changed, and what became easier."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from mlscaffold import git
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import records
from mlscaffold.evidence.acceptance import METRICS, Acceptance, plain, read
from mlscaffold.evidence.fields import canonical
from mlscaffold.project import Project

FILE = "acceptance.toml"
KEYS = ("metric", "thresholds", "tolerable")
"""The parts of `acceptance.toml` that say when the problem is solved; baseline and human level do not."""


@dataclass(frozen=True)
class Targets:
    """The metric, the thresholds and the tolerable error, as plain values."""

    table: dict[str, Any] = field(default_factory=dict)

    @property
    def metric(self) -> str:
        """The metric to optimise."""
        return str(self.table.get("metric", {}).get("optimise", ""))

    @property
    def thresholds(self) -> dict[str, dict[str, Any]]:
        """What each threshold is about (`recall of rose on test`) → its bounds."""
        found: dict[str, dict[str, Any]] = {}
        for item in self.table.get("thresholds", []):
            about = {key: value for key, value in item.items() if key not in ("min", "max")}
            of = "".join(f" of {about[key]}" for key in ("class", "target") if about.get(key))
            export = METRICS[item["metric"]].of_export if item.get("metric") in METRICS else False
            where = "" if export else f" on {about.get('split', 'test')}"
            where += "".join(f" {word} {about[key]}" for key, word in (("slice", "in"), ("device", "on")) if about.get(key))
            found[f"{item.get('metric', '?')}{of}{where}"] = {key: item[key] for key in ("min", "max") if key in item}
        return found


def targets_of(parsed: Acceptance) -> Targets:
    """The targets in a parsed `acceptance.toml`, in an order of their own."""
    value = canonical(parsed.raw)
    kept = {key: value[key] for key in KEYS if key in value} if isinstance(value, dict) else {}
    if isinstance(kept.get("thresholds"), list):
        kept["thresholds"] = sorted(kept["thresholds"], key=lambda item: json.dumps(item, sort_keys=True))
    return Targets(kept)


def differences(before: Targets, now: Targets) -> tuple[str, ...]:
    """What changed, a sentence each: `accuracy on test: at least 0.92, now at least 0.9`."""
    found = [f"metric to optimise: {before.metric or 'none'}, now {now.metric or 'none'}"] if before.metric != now.metric else []
    old, new = before.thresholds, now.thresholds
    for about in dict.fromkeys((*old, *new)):
        if old.get(about) != new.get(about):
            found.append(f"{about}: {_bounds(old.get(about))}, now {_bounds(new.get(about))}")
    was, became = before.table.get("tolerable", {}), now.table.get("tolerable", {})
    for key in sorted({*was, *became}):
        if was.get(key) != became.get(key):
            found.append(f"tolerable {key}: {was.get(key, 'none')}, now {became.get(key, 'none')}")
    return tuple(found)


def easier(before: Targets, now: Targets) -> tuple[str, ...]:
    """What of the changes lets a model pass that did not pass before: another metric, a threshold lowered or gone, more tolerated."""
    found = [f"metric to optimise: {before.metric}, now {now.metric or 'none'}"] if before.metric not in ("", now.metric) else []
    for about, bounds in before.thresholds.items():
        today = now.thresholds.get(about, {})
        lowered = "min" in bounds and today.get("min", float("-inf")) < bounds["min"]
        raised = "max" in bounds and today.get("max", float("inf")) > bounds["max"]
        if lowered or raised:
            found.append(f"{about}: {_bounds(bounds)}, now {_bounds(today)}")
    was, became = before.table.get("tolerable", {}), now.table.get("tolerable", {})
    for key in sorted(was):
        if isinstance(was[key], int | float) and isinstance(became.get(key), int | float) and became[key] > was[key]:
            found.append(f"tolerable {key}: {plain(was[key])}, now {plain(became[key])}")
    return tuple(found)


def first_result(project: Project) -> str:
    """The commit that brought the first evaluation of this round, or nothing."""
    turn = records.current_round(project)
    start = git.last_commit_of(f"{records.FOLDER}/rounds/{turn:02d}.toml", project.root) if turn > 1 else ""
    if turn > 1 and not start:  # opened and not committed: nothing of this round is in the history
        return ""
    span = f"{start}..HEAD" if start else "HEAD"
    log = ["log", "--diff-filter=A", "--reverse", "--format=%H", span, "--", ":(glob)reports/evaluation/*/metrics.json"]
    found = git.run_git(log, project.root, check=False)
    return found.text.splitlines()[0] if found.code == 0 and found.text else ""


def targets_at(project: Project, commit: str) -> Targets | None:
    """The targets as a commit holds them; None where there are none, or none that can be read."""
    data = git.show(f"{commit}:./{FILE}", project.root) if commit else None
    if data is None:
        return None
    try:
        return targets_of(read(data, f"{FILE} of {commit[:12]}"))
    except ScaffoldError:  # what could not be read then was no agreement
        return None


def _bounds(bounds: dict[str, Any] | None) -> str:
    said = [f"at least {plain(bounds['min'])}"] if bounds and "min" in bounds else []
    said += [f"at most {plain(bounds['max'])}"] if bounds and "max" in bounds else []
    return " and ".join(said) or "none"
