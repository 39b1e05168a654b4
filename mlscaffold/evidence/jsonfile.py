"""Any JSON file as a plain object, for fingerprints."""

from __future__ import annotations

import json
from typing import Any

from mlscaffold.evidence import SCHEMA, Broken, NewerSchema


def read(data: bytes, path: str) -> dict[str, Any]:
    """The object; raises `Broken` with line and column, `NewerSchema` for a file of a newer tool."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as problem:
        raise Broken(path, f"not valid JSON: {problem.msg}", line=problem.lineno) from None
    except (UnicodeDecodeError, RecursionError):
        raise Broken(path, "not valid JSON: it is no UTF-8 text, or nested without end") from None
    if not isinstance(value, dict):
        raise Broken(path, "holds no JSON object")
    schema = value.get("schema", 1)
    if isinstance(schema, int) and schema > SCHEMA:
        raise NewerSchema(path, schema)
    return value
