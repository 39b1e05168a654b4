"""`data/schema.toml`: the classes in the order of the model's outputs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlscaffold.datasets.sources import quoted
from mlscaffold.datasets.tables import write_atomic
from mlscaffold.errors import ScaffoldError

SCHEMA = Path("data/schema.toml")


def read_classes(root: Path) -> list[str]:
    """The declared classes, in order; none without the file. Raises where the file is broken."""
    return [str(name) for name in _read(root).get("classes", [])]


def declared_attributes(root: Path) -> dict[str, list[str]]:
    """Attributes and their allowed values."""
    return {str(name): [str(v) for v in values] for name, values in _read(root).get("attributes", {}).items()}


def declared_column(root: Path, what: str) -> str:
    """The column of the annotations that says which medium belongs together (`group`) or when it was taken (`time`), if declared."""
    value = _read(root).get(what, "")
    if not isinstance(value, str):
        raise ScaffoldError(
            f"{SCHEMA}: {what} is not the name of a column.", reference="broken-schema", hint=f'For example: {what} = "taken"'
        )
    return value


def fill_classes(root: Path, labels: Iterable[str]) -> list[str]:
    """Write the labels as classes where none are declared yet; the labels that a declared list lacks (it is never changed)."""
    labels = sorted({label for label in labels if label}, key=natural)
    declared = read_classes(root)
    if declared:
        return [label for label in labels if label not in set(declared)]
    if not labels:
        return []
    path = root / SCHEMA
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    line = f"classes = [{', '.join(map(quoted, labels))}]"
    text, found = re.subn(r"(?ms)^classes[ \t]*=[ \t]*\[[^\[\]\"']*?\]", lambda _: line, text, count=1)
    write_atomic(path, (text if found else f"{line}\n{text}").encode("utf-8"))
    return []


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key with which 2 comes before 10, and numbers before words."""
    parts = [part for part in re.split(r"(\d+)", text) if part]
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _read(root: Path) -> dict[str, Any]:
    """The parsed file."""
    path = root / SCHEMA
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScaffoldError(f"{SCHEMA} cannot be read: {error}.", reference="broken-toml", hint="Mend that line.") from error
