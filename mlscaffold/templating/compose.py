"""Lay template layers over each other into one temporary cookiecutter tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlscaffold.errors import ScaffoldError

PLACEHOLDER = "project_package"
FOLDER = "{{ cookiecutter.name }}"
SUFFIX = ".jinja"
# What tools leave behind when they work on the templates themselves.
LEFTOVERS = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".venv", ".DS_Store"})
_WORD = re.compile(rb"(?<![A-Za-z0-9_])project_package(?![A-Za-z0-9_])")


@dataclass(frozen=True)
class Source:
    """A template file, and whether it is rendered or copied."""

    file: Path
    rendered: bool


def plan(root: Path, layers: Iterable[str], package: str, *, without: Iterable[str] = ()) -> dict[str, Source]:
    """Path in the project → the template file it comes from; later layers cover earlier ones, `without` leaves paths out."""
    sources: dict[str, Source] = {}
    for layer in layers:
        folder = root / layer
        if not folder.is_dir():
            raise ScaffoldError(
                f"the template layer {layer} is missing from {root}", reference="no-layer", hint="Install mlscaffold again."
            )
        for file in _files(folder):
            if file == folder / "task.toml":
                continue
            path, rendered = _target(file.relative_to(folder), package)
            sources[path] = Source(file, rendered)
    dropped = [PurePosixPath(path) for path in without]
    return {path: sources[path] for path in sorted(sources) if not any(PurePosixPath(path).is_relative_to(d) for d in dropped)}


def compose(sources: Mapping[str, Source], into: Path, *, package: str, extra: Mapping[str, Path] | None = None) -> list[str]:
    """Write the tree that cookiecutter reads; returns the paths that it must copy without rendering.

    `extra` are files copied as they are, from elsewhere. A folder without a rendered file is copied whole, which is faster.
    """
    tree = into / FOLDER
    for path, source in sources.items():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_renamed(source.file.read_bytes(), package))
    for path, file in (extra or {}).items():
        (tree / path).write_bytes(file.read_bytes())
    return _copied({path: source.rendered for path, source in sources.items()} | dict.fromkeys(extra or {}, False))


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name in LEFTOVERS or entry.suffix == ".pyc":
            continue
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry


def _target(path: Path, package: str) -> tuple[str, bool]:
    parts = [package if part == PLACEHOLDER else part for part in path.parts]
    name = parts[-1].removesuffix(SUFFIX)
    # Ignore files are stored under another name, or they would hide template files from git and from the wheel.
    parts[-1] = ".gitignore" if name == "_gitignore" else name
    return "/".join(parts), path.name.endswith(SUFFIX)


def _renamed(data: bytes, package: str) -> bytes:
    return data if b"\0" in data else _WORD.sub(package.encode(), data)


def _copied(rendered: Mapping[str, bool]) -> list[str]:
    """The largest folders, and otherwise the files, that hold nothing to render; as patterns for cookiecutter."""
    rendering = {str(parent) for path, is_rendered in rendered.items() if is_rendered for parent in PurePosixPath(path).parents}
    copied = set()
    for path, is_rendered in rendered.items():
        if not is_rendered:
            lineage = [*reversed(PurePosixPath(path).parents[:-1]), PurePosixPath(path)] if "/" in path else [PurePosixPath(path)]
            copied.add(next(str(place) for place in lineage if str(place) not in rendering))
    return sorted(re.sub(r"([*?\[])", r"[\1]", place) for place in copied)
