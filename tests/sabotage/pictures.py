"""What people do to the pictures of a finished project: copies that come in again, pictures that are saved anew."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
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


def set_split(project: Target, moved: Sequence[str], split: str) -> None:
    """Deal the pictures of these paths to another split."""
    project.set_cells(project.splits, "split", lambda row: split if row["path"] in set(moved) else row["split"])


def counts(project: Target, label: str) -> dict[str, int]:
    """Split → how many pictures of a label it has."""
    return {s: sum(r["label"] == label for r in project.in_split(s)) for s in SPLITS}
