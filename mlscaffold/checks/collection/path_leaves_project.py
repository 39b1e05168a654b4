"""collection.path-leaves-project."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from mlscaffold.checks import at, check, fail
from mlscaffold.datasets import links
from mlscaffold.evidence import tables, toml
from mlscaffold.evidence.wording import count, few
from mlscaffold.model import Evidence, Finding
from mlscaffold.project import Project

# Tables that name files, and the columns in which they do.
TABLES = (
    "data/raw/**/annotations.csv",
    "data/manifest/*.csv",
    "data/splits/*.csv",
    "data/processed/*/annotations.csv",
    "docs/examples/answers.csv",
)
COLUMNS = ("path", "origin", "file")
LINKS = links.LINKS.as_posix()
# Absolute, of a home or a drive; upwards; with control characters.
OUTWARDS = re.compile(r"^[/\\~]|^[a-zA-Z]:[/\\]|(?:^|[/\\])\.\.(?:[/\\]|\Z)|[\x00-\x1f\x7f]")
PLACES = ("data/raw", "data/processed", "data/field", "docs/examples")


@check(proves="raw-data", reads=("data", "docs/examples", LINKS), always=True)
def path_leaves_project(project: Project) -> Iterator[Finding]:
    """No table and no link leads out of the project.

    ## Why
    A row that names `../../.ssh/id_rsa` makes whoever opens the data set read, and publish, what is none of its business.

    ## Evidence
    Every path in annotations, manifests, splits and processed tables: absolute, upwards, with a drive, or with control
    characters. Links of single files whose target lies outside; a folder that is a link as a whole (a data disk) is allowed, and
    so are links of a source into the folders that `data import --link` or `data link` declared for it on this machine.
    Nothing else outside is opened.

    ## Fix
    Take the row or the link out, and ask where the data came from.
    """
    for pattern in TABLES:
        for file in project.glob(pattern):
            table = project.read(tables.read, file)
            columns = [c for c in COLUMNS if c in table.header]
            bad = [
                (row.line, row[c]) for row in table.rows for c in columns if leads_out(row[c], addresses=file.startswith("docs/"))
            ]
            if bad:
                shown = few([ascii(path)[1:81] for _, path in bad], 2)
                yield fail(
                    f"{count(len(bad), 'row')} {'names' if len(bad) == 1 else 'name'} a path outside the project, "
                    f"which was not read: {shown}",
                    *(at(file, line) for line, _ in bad[:3]),
                    fix=f"take the row out of {file}",
                )
    yield from _links(project)


def leads_out(path: str, *, addresses: bool = False) -> bool:
    """Whether a path of a table is none below its base; `addresses` allows those of the web and of other disks."""
    if addresses and ("://" in path or path.startswith(("/", "\\\\"))):
        return False
    return OUTWARDS.search(path) is not None


def _links(project: Project) -> Iterator[Finding]:
    """Links of single files that lead out of the folder they are listed in and of the project."""
    allowed = [Path(os.path.realpath(project.root))]
    allowed += [Path(os.path.realpath(project.root / place)) for place in ("data", *PLACES)]
    allowed += [Path(os.path.realpath(project.root / path)) for path in project.settings.paths.values()]
    declared = links.declared(project.read(toml.read, LINKS), project.root) if project.exists(LINKS) else {}
    out: list[Evidence] = []
    for place in PLACES:
        for path in project.digests(place):
            if not os.path.islink(f"{project.root}/{path}"):  # noqa: PTH114 - a path object for each of many files is slow
                continue
            file = project.root / path
            folder = Path(os.path.realpath(file.parent))
            target = Path(os.path.realpath(file))
            of_source = declared.get(path.split("/")[2], ()) if place == "data/raw" else ()
            if not any(target.is_relative_to(base) for base in (folder, *allowed, *of_source)):
                out.append(at(path))
    if out:
        yield fail(
            f"{count(len(out), 'link')} {'leads' if len(out) == 1 else 'lead'} out of the project: {few([e.path for e in out])}",
            *out[:3],
            fix="copy the file in its place, declare its folder (mlscaffold data link SOURCE FOLDER), or name it under [paths] in"
            " mlscaffold.toml",
        )
