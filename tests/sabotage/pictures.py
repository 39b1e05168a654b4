"""What people do to the pictures of a finished project: copies that come in again, pictures that are saved anew."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from tests.sabotage.target import Row, Target

SPLITS = ("train", "validation", "eyeball", "test")


def bring_in(project: Target, split: str, twins: Sequence[tuple[Row, str, bytes]]) -> list[str]:
    """New pictures (the row each resembles, its new name, its bytes), annotated, listed and dealt to a split; returns their paths."""
    paths = []
    for row, name, content in twins:
        folder = PurePosixPath(row["path"]).parent
        path = f"{folder}/{name}"
        paths.append(path)
        project.write({f"data/raw/{path}": content})
        digest = hashlib.sha256(content).hexdigest()
        add_rows(project, f"data/raw/{folder}/annotations.csv", {"path": name, "label": row["label"]})
        add_rows(project, project.manifest, {"path": path, "bytes": str(len(content)), "digest": digest})
        add_rows(project, project.splits, {**row, "path": path, "digest": digest, "split": split})
    return paths


def add_rows(project: Target, table: str, *rows: Row) -> None:
    """Append rows to a table; columns that they do not name stay empty."""
    project.edit_csv(table, lambda known: known + [{c: row.get(c, "") for c in known[0]} for row in rows])


def picture(project: Target, row: Row) -> Any:  # noqa: ANN401 - a PIL image
    """The raw picture of a row of the split table."""
    from PIL import Image

    image = Image.open(project.root / "data/raw" / row["path"])
    image.load()
    return image


def saved(image: Any, kind: str = "PNG", **options: object) -> bytes:  # noqa: ANN401 - a PIL image
    """The bytes of an image."""
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def detailed(project: Target, rows: Sequence[Row], n: int) -> list[Row]:
    """The first `n` rows whose pictures show something: of a blank one every copy is alike."""
    from PIL import ImageStat

    found: list[Row] = []
    for row in rows:
        if max(ImageStat.Stat(picture(project, row).convert("L")).stddev) > 20:
            found.append(row)
        if len(found) == n:
            break
    assert len(found) == n, f"only {len(found)} pictures show something"
    return found


def tables(project: Target, folder: str) -> list[str]:
    """The tables of all sources in `data/splits` or `data/manifest`."""
    return sorted(p.relative_to(project.root).as_posix() for p in (project.root / folder).glob("*.csv"))


def dealt(project: Target, *splits: str) -> list[Row]:
    """The rows of all split tables that belong to these splits (default: to any)."""
    return [r for t in tables(project, "data/splits") for r in project.rows(t) if r["split"] in (splits or SPLITS)]


def set_split(project: Target, moved: Collection[str], split: str) -> None:
    """Deal the pictures of these paths to another split."""
    for table in tables(project, "data/splits"):
        project.set_cells(table, "split", lambda row: split if row["path"] in moved else row["split"])


def counts(project: Target, label: str) -> dict[str, int]:
    """Split → how many pictures of a label it has."""
    return {s: sum(r["label"] == label for r in dealt(project, s)) for s in SPLITS}


def follow(project: Target, renamed: Mapping[str, str]) -> None:
    """Carry new names and contents of raw pictures through annotations, manifests, splits and processed annotations."""
    raw = project.root / "data/raw"
    content = {old: (raw / new).read_bytes() for old, new in renamed.items()}
    digest = {old: hashlib.sha256(data).hexdigest() for old, data in content.items()}
    for file in sorted(raw.rglob("annotations.csv")):
        folder, table = file.parent.relative_to(raw).as_posix(), file.relative_to(project.root).as_posix()
        names = {
            PurePosixPath(old).name: PurePosixPath(new).name
            for old, new in renamed.items()
            if str(PurePosixPath(old).parent) == folder
        }
        project.set_cells(table, "path", lambda r, names=names: names.get(r["path"], r["path"]))  # type: ignore[misc]
    for table in tables(project, "data/manifest") + tables(project, "data/splits"):
        project.set_cells(table, "digest", lambda r: digest.get(r["path"], r["digest"]))
        if "manifest" in table:
            project.set_cells(table, "bytes", lambda r: str(len(content[r["path"]])) if r["path"] in content else r["bytes"])
        project.set_cells(table, "path", lambda r: renamed.get(r["path"], r["path"]))
    for split in SPLITS:
        table = f"data/processed/{split}/annotations.csv"
        if (project.root / table).is_file():
            project.set_cells(table, "origin", lambda r: renamed.get(r["origin"], r["origin"]))
