"""Any TOML file as a plain table, for fingerprints and for the records of the tool."""

from __future__ import annotations

import tomllib
from typing import Any

from mlscaffold.evidence import SCHEMA, Broken, NewerSchema


def read(data: bytes, path: str) -> dict[str, Any]:
    """The table; raises `Broken` with the line that does not parse, `NewerSchema` for a file of a newer tool."""
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise Broken(path, f"not valid TOML: {problem}") from None
    schema = table.get("schema", 1)
    if isinstance(schema, int) and schema > SCHEMA:
        raise NewerSchema(path, schema)
    return table
