"""Where a picture of the collection has left traces in a project: its files, rows, copies, pages that hold it, reports that name it."""

from __future__ import annotations

import base64
import html
import json
import os
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from mlscaffold import git
from mlscaffold.datasets.sources import stays_inside
from mlscaffold.errors import ScaffoldError
from mlscaffold.evidence import data, predictions
from mlscaffold.evidence.judgements import read_asked
from mlscaffold.evidence.withdrawals import Tombstone, digest_of, left_prepared
from mlscaffold.project import Missing, Project, Unknown
from mlscaffold.trees import composed, on_disk

T = TypeVar("T")
COPIES = ("data/field", "data/review", "data/removed")
"""Folders beside the raw data in which the same bytes may lie."""
PAGES = (".html", ".xlsx", ".docx")
POLICY, BASE64 = "default-src 'none'", ("/9j/", "iVBORw0KGgo")
"""What every page of this tool says of itself, and how a JPEG and a PNG begin in base64."""
NOT_OURS = frozenset({"data", "runs", "exports", "logs", "node_modules", "site-packages"})
LARGEST = 1 << 30


@dataclass(frozen=True)
class Picture:
    """A picture of the collection; `path` under `data/raw`, `prepared` the row of its prepared copy, if there is one."""

    path: str
    digest: str
    split: str = ""
    label: str = ""
    prepared: data.Processed | None = None


@dataclass(frozen=True)
class Traces:
    """What is known of some pictures. Paths are from the project's root.

    `files` are theirs (raw, prepared, copies), `linked` leads out of the project, `pages` hold their pixels; `named` maps a table of
    predictions to how many of its rows name them; `committed` are files that git's history holds; `examples` are the same bytes
    among the examples of stage 1.
    """

    pictures: tuple[Picture, ...]
    files: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    named: dict[str, int] = field(default_factory=dict)
    committed: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    digests: frozenset[str] = frozenset()


def pictures_of(project: Project, digests: Collection[str], names: Collection[str] = ()) -> tuple[Picture, ...]:
    """Every picture with one of these digests, or a path (under `data/raw`) with one of these digests of names."""
    found = {composed(row.path): row.digest for row in data.manifest(project)} | data.raw_media(project)
    listed = {row.path: row.digest for row in data.manifest(project)}
    rows = {row.path: row for row in _or_none(lambda: data.splits(project))}
    labels = {row.path: row.label for row in _or_none(lambda: data.annotation_rows(project))}
    prepared = {row.origin: row for row in _or_none(lambda: data.processed(project)) if stays_inside(row.path)}
    paths = filter(stays_inside, found.keys() | rows.keys() | labels.keys() | prepared.keys())
    return tuple(
        Picture(
            path,
            listed.get(path) or found.get(path) or (rows[path].digest if path in rows else ""),
            rows[path].split if path in rows else (prepared[path].split if path in prepared else ""),
            labels.get(path, ""),
            prepared.get(path),
        )
        for path in sorted(paths)
        if {found.get(path), listed.get(path), rows[path].digest if path in rows else None} & set(digests)
        or (names and digest_of(path) in names)
    )


def traces_of(project: Project, pictures: tuple[Picture, ...], *, stones: Sequence[Tombstone] = ()) -> Traces:
    """All that is known of these pictures, and of those that tombstones stand for, in the project."""
    digests = {picture.digest for picture in pictures if picture.digest} | {stone.digest for stone in stones if stone.digest}
    files = [f"data/raw/{picture.path}" for picture in pictures]
    files += [f"data/processed/{picture.prepared.path}" for picture in pictures if picture.prepared]
    files += [f"data/processed/{path}" for path in left_prepared(project, stones)]
    files += [path for folder in COPIES for path, digest in project.digests(folder).items() if digest in digests]
    here = sorted({path for path in files if os.path.lexists(on_disk(project.root / path))})
    examples = [path for path, digest in project.digests("docs/examples").items() if digest in digests]
    own = frozenset(_content_digests(project, here))
    return Traces(
        pictures=pictures,
        files=tuple(here),
        linked=tuple(path for path in here if _leads_out(project, path)),
        pages=tuple(_pages(project, pictures)),
        named=_named(project, pictures),
        committed=tuple(path for path in [*here, *examples] if git.last_commit_of(path, project.root))
        if git.top(project.root)
        else (),
        examples=tuple(examples),
        digests=frozenset(digests) | own,
    )


def _or_none(read: Callable[[], list[T]]) -> list[T]:
    try:
        return read()
    except (Missing, Unknown):
        return []


def _content_digests(project: Project, paths: list[str]) -> Iterator[str]:
    for path in paths:
        try:
            yield project.digest(path)
        except Unknown:
            continue


def _leads_out(project: Project, path: str) -> bool:
    place = project.root / path
    return place.is_symlink() and not place.resolve().is_relative_to(project.root.resolve())


def _named(project: Project, pictures: tuple[Picture, ...]) -> dict[str, int]:
    """Tables of predictions that name the pictures → in how many rows."""
    wanted = {picture.prepared.path for picture in pictures if picture.prepared}
    found = {}
    for pattern in ("reports/**/*.csv", "exports/**/*.csv"):
        for path in project.glob(pattern):
            try:
                rows = project.read(predictions.read, path).rows
            except (ScaffoldError, Missing, Unknown):
                continue
            if n := sum(row.path in wanted for row in rows):
                found[path] = n
    return found


def _pages(project: Project, pictures: tuple[Picture, ...]) -> Iterator[str]:
    """Pages and documents that hold the pixels: thumbnails as this tool makes them, galleries that name them, sheets that ask for them."""
    small = set(_thumbnails(project, pictures))
    texts = {base64.b64encode(one).decode() for one in small}
    names = {picture.path for picture in pictures} | {p.prepared.path for p in pictures if p.prepared}
    spelt = {form for name in names for form in (name, html.escape(name), json.dumps(name)[1:-1])}
    sheets = set(_sheets(project, names))
    for place in _documents(project.root):
        path = place.relative_to(project.root).as_posix()
        try:
            if place.stat().st_size > LARGEST:
                continue
            content = place.read_bytes()
        except OSError:
            continue
        if place.suffix == ".html":
            text = content.decode("utf-8", "replace")
            ours = POLICY in text and any(start in text for start in BASE64)
            if (
                any(one in text for one in texts)
                or any(s in text for s in sheets)
                or (ours and any(name in text for name in spelt))
            ):
                yield path
        elif _holds(content, small, sheets):
            yield path


def _holds(content: bytes, pictures: Collection[bytes], sheets: Collection[str]) -> bool:
    """Whether an Office file holds one of the pictures, or is one of the sheets with pictures in it."""
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            media = [archive.read(m) for m in members if "/media/" in m.filename and m.file_size < LARGEST]
            if any(one in pictures for one in media):
                return True
            texts = (
                [archive.read(m) for m in members if m.filename.endswith(".xml") and m.file_size < LARGEST]
                if media and sheets
                else []
            )
            return any(sheet.encode() in text for sheet in sheets for text in texts)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return False


def _documents(root: Path) -> Iterator[Path]:
    """Pages and Office files of the project, not below folders that hold none of the tool's."""
    for inside, folders, names in os.walk(root):
        top = Path(inside) == root
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (top and name in NOT_OURS))
        for name in sorted(names):
            if name.lower().endswith(PAGES) and not Path(inside, name).is_symlink():
                yield Path(inside, name)


def _sheets(project: Project, names: Collection[str]) -> Iterator[str]:
    """Digests of the sheets on which these pictures were asked for."""
    wanted = {f"data/raw/{name}" for name in names}
    for path in project.glob("reports/collection/sheets/*/sheet.json"):
        try:
            asked = project.read(read_asked, path)
        except (ScaffoldError, Missing, Unknown):
            continue
        if any(item.path in wanted for item in asked.items):
            yield asked.digest


def _thumbnails(project: Project, pictures: tuple[Picture, ...]) -> Iterator[bytes]:
    """The small copies that reports, comparisons, sheets and scans make of them."""
    from mlscaffold.datasets.thumbnails import EDGE, SIDE, thumbnail
    from mlscaffold.workflows.data_diff import EDGE as DIFFERENCE
    from mlscaffold.workflows.judging import SMALL

    for picture in pictures:
        for path in [f"data/raw/{picture.path}", *([f"data/processed/{picture.prepared.path}"] if picture.prepared else [])]:
            try:
                content = project.content(path)
                yield thumbnail(content, edge=EDGE)
                for edge in (DIFFERENCE, SMALL, SIDE):
                    yield thumbnail(content, edge=edge, kind="JPEG")
            except Exception:  # Pillow raises anything at a damaged picture; of that no thumbnail was made either
                continue
