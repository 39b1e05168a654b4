"""Where a project and the tool itself lie, and what tells without reading that a file is unchanged; cheap to load."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from mlscaffold.errors import ScaffoldError

FILE = "mlscaffold.toml"
SETTLED_AFTER = 2_000_000_000  # nanoseconds: a file written in the clock tick of its scan may change unseen (git's racy rule)

# What the hosts of CI say of themselves: most set CI; Azure Pipelines, Jenkins, TeamCity and CodeBuild have a word of their own.
CI_VARIABLES = ("CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "CODEBUILD_BUILD_ID")

Stamp = tuple[int, int, int, int]
"""Size, mtime, ctime (ns) and inode."""


class NoProject(ScaffoldError):
    """There is no project here."""

    def __init__(self, where: Path) -> None:
        super().__init__(
            f"No project here: {where} has no {FILE}, nor has any folder above it",
            reference="no-project",
            hint="Go into a project's folder, or start one: mlscaffold new",
        )


def find_root(start: Path) -> Path:
    """The nearest folder upwards that holds `mlscaffold.toml`; raises `NoProject`."""
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise NoProject(here)


def in_ci() -> bool:
    """Whether this runs in CI, where nobody commits and nobody can be asked."""
    return any(os.environ.get(name, "").casefold() not in ("", "0", "false") for name in CI_VARIABLES)


@lru_cache(maxsize=1)
def code_version() -> str:
    """A digest of the tool's own files, by name, size and time: what another version computed is not used."""
    package = Path(__file__).parent
    rows = []
    pending = [str(package)]
    while pending:
        for entry in os.scandir(pending.pop()):
            if entry.name.startswith(("__pycache__", ".")) or entry.name == "_templates":
                continue
            if entry.is_dir():
                pending.append(entry.path)
            elif entry.name.endswith((".py", ".toml")):
                found = entry.stat()
                rows.append(f"{entry.path}:{found.st_size}:{found.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(rows)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def stamp_of(found: os.stat_result) -> Stamp:
    """What changes with a file: its size, its times and its inode."""
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
