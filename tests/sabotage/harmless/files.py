"""How files are written: line ends, times, order, encodings."""

from __future__ import annotations

import os

from tests.sabotage.corpus import harmless
from tests.sabotage.target import Target


@harmless("OK-27")
def files_are_touched(project: Target) -> None:
    """Files checked out again or copied: new times, same bytes."""
    for path in project.root.rglob("*"):
        if path.is_file() and ".git/" not in path.as_posix() and not path.name.startswith("cache.sqlite"):
            os.utime(path)
