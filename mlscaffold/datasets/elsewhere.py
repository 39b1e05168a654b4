"""Pictures that are not here and not gone: a pointer stands for them that DVC wrote, or a link to a disk that is not mounted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mlscaffold.datasets.links import is_dangling

POINTER = ".dvc"


def lies_elsewhere(raw: Path, name: str) -> bool:
    """Whether the picture `name` below `data/raw` is tracked by DVC (itself, or a folder above it), or its link leads nowhere now."""
    parts = name.split("/")
    tracked = ("/".join(parts[: n + 1]) for n in range(len(parts)))
    return is_dangling(raw / name) or any((raw / f"{path}{POINTER}").is_file() for path in tracked)


def tracked_by_dvc(pointers: Iterable[str], name: str) -> bool:
    """Whether a path is, or lies below, what one of DVC's files (paths with their ending) stands for."""
    known = {pointer.removesuffix(POINTER) for pointer in pointers}
    parts = name.split("/")
    return any("/".join(parts[: n + 1]) in known for n in range(len(parts)))
