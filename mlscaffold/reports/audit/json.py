"""The audit for machines; `docs/reference/audit.schema.json` describes it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from mlscaffold import __version__
from mlscaffold.model import Finding
from mlscaffold.reports.audit.content import Audit, ClassRow, Number

SCHEMA = 1


def render(audit: Audit) -> str:
    """The audit as JSON, keys in a fixed order, one line end at the end; what is undefined is null."""
    return json.dumps(_finite(document(audit)), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def document(audit: Audit) -> dict[str, Any]:
    """The audit as plain values."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "mlscaffold", "version": __version__},
        "source": {"name": audit.source, "digest": audit.digest},
        "rows": {"all": audit.rows, "labelled": audit.labelled, "counted": audit.counted},
        "columns": dict(audit.roles),
        "holds": audit.holds,
        "verdict": audit.verdict,
        "metrics": [_number(number) for number in audit.numbers],
        "baseline": asdict(audit.baseline) | {"beaten": audit.baseline.beaten},
        "ceiling": audit.ceiling,
        "groups": audit.groups,
        "looks": {"count": audit.looks, "luck": audit.luck},
        "classes": [_class(row) for row in audit.classes],
        "slices": {
            "looked_at": audit.slices_looked_at,
            "weak": [
                {"column": s.column, "value": s.value, "n": s.n, "accuracy": s.accuracy, "interval": list(s.interval)}
                for s in audit.weak
            ],
        },
        "calibration": None if audit.trust is None else asdict(audit.trust),
        "findings": [_finding(finding) for finding in audit.findings],
    }


def _number(number: Number) -> dict[str, Any]:
    return {
        "name": number.name,
        "reported": {"value": number.value, "interval": _pair(number.low, number.high)},
        "counted": {"value": number.counted, "interval": _pair(number.counted_low, number.counted_high)},
    }


def _class(row: ClassRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "support": row.support,
        "predicted": row.predicted,
        "recall": row.recall,
        "recall_interval": None if row.recall_interval is None else list(row.recall_interval),
        "precision": row.precision,
        "precision_interval": None if row.precision_interval is None else list(row.precision_interval),
        "f1": row.f1,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.check,
        "status": finding.status.value,
        "message": finding.message,
        "lines": [place.line for place in finding.evidence],
        "effect": None if finding.effect is None else asdict(finding.effect),
    }


def _pair(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]


def _finite(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value with null for what is no number."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
    return value
