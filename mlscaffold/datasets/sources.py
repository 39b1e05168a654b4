"""Sources under `data/raw`: their names, their media, and what `source.toml` says of where they came from."""

from __future__ import annotations

import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlscaffold.datasets.links import is_dangling, leads_into, roots_of
from mlscaffold.datasets.record import is_clutter, is_media, leads_out
from mlscaffold.datasets.tables import write_atomic
from mlscaffold.errors import ScaffoldError, UsageError

RAW = Path("data/raw")
FIELDS = ("name", "origin", "licence", "collected", "collected_by", "method", "policy", "notes")
METHODS = ("own", "api", "download", "scraped", "generated")
_GENERIC = frozenset(
    {"images", "image", "imgs", "img", "data", "dataset", "labels", "annotations", "train", "pictures", "photos"}
)


def source_name(path: Path) -> str:
    """A name for what lies at the path: its own, or its folder's where its own says nothing (`images`, `labels.csv`)."""
    path = path.resolve()
    candidate = path.stem if path.is_file() else path.name
    if candidate.lower() in _GENERIC and path.parent.name:
        candidate = path.parent.name
    plain = unicodedata.normalize("NFKD", candidate).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "source"


def check_source_name(name: str) -> str:
    """The name itself, if it can be a folder on every system; raises otherwise."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", name):
        raise UsageError(
            f'"{name}" cannot name a source.',
            reference="source-name",
            hint="Use small letters, digits, dot, dash and underscore.",
        )
    return name


def sources(root: Path) -> list[str]:
    """Names of the folders under `data/raw`, sorted."""
    raw = root / RAW
    if not raw.is_dir():
        return []
    return sorted(child.name for child in raw.iterdir() if child.is_dir() and not is_clutter(child.name))


def media_of(folder: Path) -> Iterator[Path]:
    """Every picture of the source in this folder, in order; hidden files and links that lead nowhere or out are passed over.

    A link may lead into a folder that was declared for this source (`data import --link`).
    """
    declared: tuple[Path, ...] | None = None
    for inside, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_clutter(name))
        for name in sorted(names):
            path = Path(inside, name)
            if not is_media(path) or is_clutter(name):
                continue
            if path.is_symlink() and leads_out(path, folder):
                if declared is None:
                    declared = roots_of(folder.parent.parent.parent).get(folder.name, ())
                if not leads_into(path, declared):
                    continue
            if not is_dangling(path):
                yield path


def stays_inside(path: str) -> bool:
    """Whether a path of a table, read as one below a folder, leads nowhere else: neither up, nor to a root, a home or a drive."""
    plain = path.replace("\\", "/")
    drive = re.match(r"[A-Za-z]:", plain) is not None
    return bool(plain) and not drive and not plain.startswith(("/", "~")) and ".." not in plain.split("/") and plain.isprintable()


def write_source(folder: Path, values: Mapping[str, str]) -> list[str]:
    """Write `source.toml`, or fill in what is empty in the one that is there; names of the fields that are still empty.

    What a person has written stays. An unknown field stays an empty text, so that a check can ask for it.
    """
    path = folder / "source.toml"
    if path.is_file():
        text = path.read_text(encoding="utf-8-sig")
        present = read_source(path)
        for name in FIELDS:
            given = values.get(name, "")
            if given and not present.get(name):
                line = f"{name} = {quoted(given)}"
                # A backslash in a replacement would be read as an escape.
                text, found = re.subn(rf"(?m)^{name}[ \t]*=.*$", line.replace("\\", r"\\"), text, count=1)
                text = text if found else f"{text.rstrip()}\n{line}\n"
    else:
        text = "".join(f"{name} = {quoted(values.get(name, ''))}\n" for name in FIELDS)
    write_atomic(path, text.encode("utf-8"))
    now = read_source(path)
    # A policy is asked for only where something was scraped; notes are never owed.
    owed = [name for name in FIELDS if name != "notes" and (name != "policy" or now.get("method") == "scraped")]
    return [name for name in owed if not now.get(name)]


def read_source(path: Path) -> dict[str, str]:
    """The fields of a `source.toml`, as text; raises what a person can mend."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScaffoldError(
            f"{RAW / path.parent.name / path.name} cannot be read: {error}.", reference="broken-toml", hint="Mend that line."
        ) from error
    return {name: "" if values.get(name) is None else str(values.get(name)) for name in FIELDS}


def quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
