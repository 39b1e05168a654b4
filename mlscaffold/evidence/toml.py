"""Any TOML file as a plain table, for fingerprints and for the records of the tool."""

from __future__ import annotations

from typing import Any

from mlscaffold.evidence.fields import read_toml


def read(data: bytes, path: str) -> dict[str, Any]:
    """The table; raises `Broken` with the line that does not parse, `NewerSchema` for a file of a newer tool."""
    return read_toml(data, path).values
