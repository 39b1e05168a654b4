"""The report for machines; `docs/reference/report.schema.json` describes it."""

from __future__ import annotations

import json

from mlscaffold import __version__
from mlscaffold.model import Finding, Report, StageStatus

SCHEMA = 1


def render(report: Report) -> str:
    """The report as JSON, keys in a fixed order, one line end at the end."""
    return json.dumps(document(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def document(report: Report) -> dict[str, object]:
    """The report as plain values."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "mlscaffold", "version": __version__},
        "project": {"name": report.name, "task": report.task, "commit": report.commit, "dirty": report.dirty},
        "round": report.round,
        "current_stage": report.current,
        "ok": report.ok,
        "deep_not_run": report.deep_not_run,
        "checks": report.checks,
        "stages": [_stage(status) for status in report.stages],
        "findings": [_finding(finding) for finding in report.findings],
    }


def _stage(status: StageStatus) -> dict[str, object]:
    deliverables = [
        {"id": item.id, "state": status.deliverables.get(item.id, "todo"), "title": item.title}
        for item in status.stage.deliverables
    ]
    return {
        "number": status.stage.number,
        "slug": status.stage.slug,
        "state": status.state.value,
        "signed_by": status.signoff.who if status.signoff else None,
        "signed_at": status.signoff.when if status.signoff else None,
        "transcribed_by": (status.signoff.transcribed_by or None) if status.signoff else None,
        "stale_because": list(status.stale_because) or None,
        "culprits": list(status.culprits),
        "deliverables": deliverables,
    }


def _finding(finding: Finding) -> dict[str, object]:
    effect = finding.effect
    return {
        "check": finding.check,
        "stage": finding.stage,
        "deliverable": finding.deliverable or None,
        "status": finding.status.value,
        "counts": finding.counts,
        "message": finding.message,
        "evidence": [{"path": place.path, "line": place.line} for place in finding.evidence],
        "effect": None if effect is None else _effect(effect.metric, effect.reported, effect.corrected),
        "fix": finding.fix or None,
        "waiver": finding.waiver,
        "deep": finding.deep,
        "items": [{"path": place.path, "line": place.line} for place in finding.items],
        "because": finding.because or None,
    }


def _effect(metric: str, reported: float, corrected: float) -> dict[str, object]:
    values = {"reported": reported, "corrected": corrected}
    return {"metric": metric} | {name: value if abs(value) < float("inf") else None for name, value in values.items()}
