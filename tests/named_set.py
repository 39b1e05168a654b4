"""A named test set in the finished project: thirty new pictures from a phone, at night, that both models have seen."""

from __future__ import annotations

import io

import tomli_w

from mlscaffold.evidence import pipelines
from mlscaffold.workflows.record_tests import record_tests
from tests import finished as first
from tests.conftest import Sandbox

NIGHT = "test-night"
FOLDERS = (f"reports/evaluation/{first.EVALUATED}", f"reports/evaluation/{first.RETESTED}")


def night(project: Sandbox, *, n: int = 30, seen: bool = True, accuracy: float = 0.8, recorded: bool = True) -> None:
    """Add the set; with `seen` to both evaluations, with `recorded` as version 1 (of `test` too)."""
    pictures(project, n, split=NIGHT)
    if recorded:
        record_tests(project.root, who="Ada Byron", how={NIGHT: "named"}, where="light=night")
    if seen:
        for folder in FOLDERS:
            evaluate(project, folder, accuracy=accuracy)


def pictures(
    project: Sandbox, n: int, *, split: str = "", source: str = "phone", light: str = "night", seed: int = 200_000
) -> None:
    """New pictures of a source; with `split` also in the tables and prepared."""
    from PIL import Image

    manifest, dealt, prepared = [], [], []
    raw: dict[str, list[dict[str, str]]] = {c: [] for c in first.CLASSES}
    files: dict[str, str | bytes] = {}
    for i in range(n):
        label, data = first.CLASSES[i % 3], first._png(seed + i, tint=i % 3)
        path = f"{source}/{label}/{light}{i:04d}.png"
        files[f"data/raw/{path}"] = data
        raw[label].append({"path": f"{light}{i:04d}.png", "label": label, "light": light})
        manifest.append({"path": path, "bytes": len(data), "digest": first._sha(data)})
        dealt.append({"path": path, "digest": first._sha(data), "label": label, "group": "", "split": split})
        pixels = first._sha(b"RGB:16x16:" + Image.open(io.BytesIO(data)).tobytes())
        prepared.append({"path": path, "digest": pixels, "label": label, "origin": path})
        if split:
            files[f"data/processed/{split}/{path}"] = data
    for label, annotated in raw.items():
        files[f"data/raw/{source}/{label}/annotations.csv"] = first.csv_bytes(annotated)
    files[f"data/manifest/{source}.csv"] = first.csv_bytes(manifest)
    files[f"data/raw/{source}/source.toml"] = tomli_w.dumps(
        {
            "schema": 1, "name": source, "origin": "a phone at the belt", "licence": "own pictures, internal use",
            "collected": "2026-11-20", "collected_by": "Ada Byron", "method": "own", "policy": "", "notes": "",
        }
    )  # fmt: skip
    if split:
        files[f"data/splits/{source}.csv"] = first.csv_bytes(dealt)
        files[f"data/processed/{split}/annotations.csv"] = first.csv_bytes(prepared)
    project.write(files)


def evaluate(project: Sandbox, folder: str, *, split: str = NIGHT, accuracy: float = 0.8) -> None:
    """Let an evaluation have seen a named test set, as it lies there."""
    rows = first.rows_of((project.root / f"data/processed/{split}/annotations.csv").read_bytes())
    rows = [{**row, "path": f"{split}/{row['path']}"} for row in rows]
    table, baseline = (first.predictions(rows, share, seed=41) for share in (accuracy, 0.4))
    project.write(
        {
            f"{folder}/predictions-{split}.csv": first.csv_bytes(table),
            f"{folder}/baseline-{split}.csv": first.csv_bytes(baseline),
            f"{folder}/confusion-{split}.csv": first.csv_bytes(first.confusion(table)),
        }
    )
    project.edit_json(
        f"{folder}/metrics.json", lambda m: m.setdefault("sets", {}).update({split: first.numbers(table, baseline)})
    )
    used = {"digest": pipelines.data_digest(project.open(), split), "samples": len(rows), "version": 1}
    project.edit_json(f"{folder}/provenance.json", lambda p: p["data"].update({split: used}))
