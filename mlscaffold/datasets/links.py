"""`.mlscaffold/links.toml`: where pictures lie that are linked and not copied, on this machine only (git ignores the file).

A link below `data/raw/<source>` is read where it leads into a folder that this file names for that source, and nowhere else. The
file counts only for the clone that it was written in, so one that came with somebody else's commit opens nothing.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LINKS = Path(".mlscaffold/links.toml")
SCHEMA = 1


def roots_of(root: Path) -> dict[str, tuple[Path, ...]]:
    """Source → the folders that its links may lead into; nothing where the file is absent, broken or of another clone."""
    try:
        values = tomllib.loads((root / LINKS).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):  # a broken file declares nothing; the check of links says which lead out
        return {}
    return declared(values, root)


def declared(values: Mapping[str, Any], root: Path) -> dict[str, tuple[Path, ...]]:
    """What the parsed file says of the clone in `root`."""
    links = values.get("links", {})
    if values.get("here") != os.path.realpath(root) or not isinstance(links, dict):
        return {}
    found = {source: [links[source]] if isinstance(links[source], str) else links[source] for source in links}
    return {
        str(source): tuple(
            Path(os.path.realpath(place)) for place in places if isinstance(place, str) and Path(place).is_absolute()
        )
        for source, places in found.items()
        if isinstance(places, list)
    }


def declare(root: Path, source: str, place: Path) -> bool:
    """Write down that links of a source may lead into the folder `place`; False if that stood there already."""
    import tomli_w

    from mlscaffold.writing import write_text

    before = roots_of(root)
    folder = Path(os.path.realpath(place))
    if folder in before.get(source, ()):
        return False
    links = {name: [str(path) for path in paths] for name, paths in before.items()}
    links.setdefault(source, []).append(str(folder))
    table = {"schema": SCHEMA, "here": os.path.realpath(root), "links": dict(sorted(links.items()))}
    write_text(root / LINKS, tomli_w.dumps(table))
    return True


def leads_into(path: Path, places: Sequence[Path]) -> bool:
    """Whether a link, followed to its end, lies in one of the folders."""
    target = Path(os.path.realpath(path))
    return any(target.is_relative_to(place) for place in places)


def is_dangling(path: Path) -> bool:
    """Whether a link leads to what is not there now: a disk that is not mounted."""
    return path.is_symlink() and not path.exists()
