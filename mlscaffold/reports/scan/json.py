"""A scan for machines; `docs/reference/scan.schema.json` describes it."""

from __future__ import annotations

import json
from typing import Any

from mlscaffold import __version__
from mlscaffold.datasets.inspection import Scan

SCHEMA = 1


def render(scan: Scan) -> str:
    """The scan as JSON, every picture of every finding in it; names that are no text keep their bytes as escapes."""
    text = json.dumps(document(scan), indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def document(scan: Scan) -> dict[str, Any]:
    """The scan as plain values."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "mlscaffold", "version": __version__},
        "folder": scan.name,
        "sound": scan.sound,
        "pictures": {"total": scan.total, "read": scan.read, "refused": scan.refused, "bytes": scan.bytes},
        "passed_over": scan.passed,
        "formats": scan.formats,
        "modes": scan.modes,
        "sizes": {side: dict(zip(("min", "median", "max"), values, strict=True)) for side, values in scan.sizes.items()},
        "classes": scan.classes,
        "findings": [
            {
                "kind": one.kind,
                "status": "note" if one.status.value == "pass" else one.status.value,
                "count": one.count,
                "message": one.message,
                "fix": one.fix,
                "items": [{"paths": list(item.paths), "words": item.words} for item in one.items],
            }
            for one in scan.found
        ],
    }
