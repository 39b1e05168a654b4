"""How findings speak of many things: the first few, and numbers with their nouns."""

from __future__ import annotations

from collections.abc import Sequence


def few(items: Sequence[object], limit: int = 3) -> str:
    """The first few, and how many more there are: `a, b, c and 4 more`."""
    shown = ", ".join(str(item) for item in items[:limit])
    return f"{shown} and {len(items) - limit} more" if len(items) > limit else shown


def count(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 picture`, `3 pictures`."""
    return f"{n} {noun if n == 1 else plural or noun + 's'}"
