"""Any JSON file as a plain object, for fingerprints."""

from __future__ import annotations

from typing import Any

from mlscaffold.evidence.fields import read_json


def read(data: bytes, path: str) -> dict[str, Any]:
    """The object; raises `Broken` with the line that does not parse, `NewerSchema` for a file of a newer tool."""
    return read_json(data, path).values
