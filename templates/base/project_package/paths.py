"""Where everything lies: the one module that knows the names of folders.

Use the names as `paths.RAW`, so that a test can point them elsewhere.
"""

import os
import re
import tomllib
from pathlib import Path, PurePosixPath

from project_package.errors import ProjectError

SPLITS = ("train", "validation", "eyeball", "test")  # that every project has
OTHER_SPLITS = re.compile(r"augmented|test-[a-z0-9]+(-[a-z0-9]+)*")  # held out of extra data; test sets with a name


def is_split(name: str) -> bool:
    """Say whether this is the name of a split."""
    return name in SPLITS or OTHER_SPLITS.fullmatch(name) is not None


def find_root() -> Path:
    """Return the folder that holds mlscaffold.toml, looked for upwards from here, then from this file."""
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / "mlscaffold.toml").is_file():
                return folder
    return Path(__file__).resolve().parent.parent


def find_runs(root: Path) -> Path:
    """Return the folder of runs and checkpoints: `[paths] runs` of mlscaffold.toml, by default `runs`."""
    settings = root / "mlscaffold.toml"
    try:
        with settings.open("rb") as file:
            runs = tomllib.load(file).get("paths", {}).get("runs", "runs")
    except (OSError, tomllib.TOMLDecodeError):  # `mlscaffold check` says what is wrong with the settings
        runs = "runs"
    return root / Path(str(runs)).expanduser()


ROOT = find_root()
RUNS = find_runs(ROOT)

SCHEMA = ROOT / "data" / "schema.toml"
RAW = ROOT / "data" / "raw"
DATA_SPLITS = ROOT / "data" / "splits"
PROCESSED = ROOT / "data" / "processed"
FIELD = ROOT / "data" / "field"
PIPELINE = ROOT / "pipeline.json"
ACCEPTANCE = ROOT / "acceptance.toml"
LINKS = ROOT / ".mlscaffold" / "links.toml"
CONFIGS = ROOT / "configs"
REPORTS = ROOT / "reports"
EXPORTS = ROOT / "exports"


def inside(base: Path, relative: str) -> Path:
    """Return `base / relative`; refuse a path that is absolute or leads out of `base`."""
    path = PurePosixPath(relative)
    if not relative or path.is_absolute() or ".." in path.parts or "\\" in relative or "\0" in relative:
        raise ProjectError(f"the path {relative!r} leads out of {shown(base)}; it was not read")
    return base / path


def may_read(origin: Path) -> bool:
    """Return whether a picture of RAW may be read: it lies there, or its link leads into a declared folder.

    `mlscaffold data link` declares folders, of this machine; they count only for the clone they were declared in.
    """
    place = origin.resolve()
    if place.is_relative_to(RAW.resolve()):
        return True
    try:
        with LINKS.open("rb") as file:
            told = tomllib.load(file)
        folders = [Path(folder) for folder in told["links"][origin.relative_to(RAW).parts[0]]]
        here = told["here"] == os.path.realpath(LINKS.parent.parent)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return False
    return here and any(folder.is_absolute() and place.is_relative_to(folder.resolve()) for folder in folders)


def shown(path: Path) -> str:
    """Return a path as people read it: relative to the project where it lies inside."""
    try:
        return path.relative_to(ROOT).as_posix()
    except ValueError:
        return str(path)
