"""Manifests: path, size and digest of every medium of a source, committed, so that evidence exists without the media."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mlscaffold.datasets.elsewhere import lies_elsewhere
from mlscaffold.datasets.scan import file_digest
from mlscaffold.datasets.sources import RAW, media_of, sources
from mlscaffold.datasets.tables import read_table, write_table
from mlscaffold.errors import ScaffoldError

MANIFEST = Path("data/manifest")
COLUMNS = ("path", "bytes", "digest")
IMPORTED = "imported"


@dataclass(frozen=True)
class ManifestRow:
    """A medium: `path` under `data/raw`, size in bytes, digest of the file; `imported` is the label that its data set last gave it.

    What a label was when it came tells a correction here from a correction there when the data set is imported again.
    """

    path: str
    size: int
    digest: str
    imported: str = ""


@dataclass(frozen=True)
class ManifestChange:
    """What a refresh did to a source; `absent` says that none of its media are on this machine, so nothing was touched."""

    source: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    absent: bool = False


def read_manifest(path: Path) -> list[ManifestRow]:
    """The rows of one manifest; raises what a person can mend."""
    rows = []
    for line, cells in read_table(path, COLUMNS):
        if not cells["bytes"].isdecimal():
            where = MANIFEST / path.name
            raise ScaffoldError(f"{where}:{line} has no number of bytes.", reference="broken-table", hint="mlscaffold data stats")
        rows.append(ManifestRow(cells["path"], int(cells["bytes"]), cells["digest"], cells.get(IMPORTED, "")))
    return rows


def read_manifests(root: Path) -> dict[str, ManifestRow]:
    """All rows of all manifests by path."""
    folder = root / MANIFEST
    return {row.path: row for path in sorted(folder.glob("*.csv")) for row in read_manifest(path)} if folder.is_dir() else {}


def write_manifest(path: Path, rows: Iterable[ManifestRow]) -> bool:
    """Write a manifest, sorted by path; False if nothing changed."""
    ordered = sorted(rows, key=lambda row: row.path)
    columns = (*COLUMNS, *([IMPORTED] if any(row.imported for row in ordered) else []))
    values = ({"path": r.path, "bytes": r.size, "digest": r.digest, IMPORTED: r.imported} for r in ordered)
    return write_table(path, columns, ({name: row[name] for name in columns} for row in values))


def refresh_manifests(root: Path, *, digest: Callable[[Path], tuple[str, int]] = file_digest) -> list[ManifestChange]:
    """Bring every manifest in line with what lies in `data/raw`, and say what changed, a source each.

    A source without a single medium on this machine keeps its manifest: a clone without pictures is no deletion. So does a medium
    that DVC tracks, or whose link leads to a disk that is not mounted. A folder that no committed file speaks of is no source yet:
    git leaves pictures there when it goes from a branch that has the source to one that has not.
    """
    return [_refresh(root, source, digest) for source in sources(root) if _is_spoken_of(root, source)]


def _is_spoken_of(root: Path, source: str) -> bool:
    """Whether a source has a manifest, annotations, or its own `source.toml`."""
    folder = root / RAW / source
    return (
        (root / MANIFEST / f"{source}.csv").is_file()
        or (folder / "source.toml").is_file()
        or any(folder.rglob("annotations.csv"))
    )


def _refresh(root: Path, source: str, digest: Callable[[Path], tuple[str, int]]) -> ManifestChange:
    """Bring one manifest in line."""
    path = root / MANIFEST / f"{source}.csv"
    before = {row.path: row for row in read_manifest(path)} if path.is_file() else {}
    raw = root / RAW
    after: dict[str, ManifestRow] = {}
    imported = {row.digest: row.imported for row in before.values()}
    for medium in media_of(raw / source):
        name = medium.relative_to(raw).as_posix()
        found, size = digest(medium)
        label = before[name].imported if name in before else imported.get(found, "")  # a renamed file is known by its digest
        after[name] = ManifestRow(name, size, found, label)
    if not after:
        return ManifestChange(source, absent=bool(before))
    after |= {name: before[name] for name in before.keys() - after.keys() if lies_elsewhere(raw, name)}
    write_manifest(path, after.values())
    return ManifestChange(
        source,
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(name for name in after.keys() & before.keys() if after[name] != before[name])),
        tuple(sorted(before.keys() - after.keys())),
    )


def manifest_digest(rows: Iterable[ManifestRow]) -> str:
    """The digest of a whole collection: of its files' digests, sorted, a line each."""
    return sha256("".join(f"{digest}\n" for digest in sorted(row.digest for row in rows)).encode("ascii")).hexdigest()
