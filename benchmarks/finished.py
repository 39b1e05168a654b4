"""The tests' finished project with real photographs in it, as many as are asked for."""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks import photographs
from mlscaffold.project import Project
from mlscaffold.workflows.data_stats import data_stats

SHARES = {"train": 0.6, "validation": 0.15, "eyeball": 0.05, "test": 0.2}
SIDE = 224  # of a prepared picture
PIXELS = (480, 800)  # the longer side of a photograph


def project(folder: Path, count: int, *, originals: list[Path]) -> Path:
    """A finished project with `count` photographs, all ten stages signed, committed; its pictures are ignored by git."""
    from tests import finished
    from tests.conftest import Sandbox

    taken = photographs.make(folder / "photographs", count, originals=originals, longest=PIXELS)

    class Remembering(Sandbox):
        """Signs with what an earlier signing has read."""

        def open(self, *, cached: bool = True) -> Project:
            return super().open(cached=cached)

    sandbox = Remembering(folder / "photo-sorter")
    sizes = {split: round(count * share) // 3 * 3 for split, share in SHARES.items()}
    before = finished.SIZES.copy(), finished._pictures, finished._pipeline
    try:
        finished.SIZES.update(sizes)
        finished._pictures = lambda files: _pictures(files, sorted(taken.rglob("*.jpg")), sandbox.root)
        finished._pipeline = _pipeline
        files = finished.finished.__wrapped__()
    finally:
        finished.SIZES.update(before[0])
        finished._pictures, finished._pipeline = before[1:]
    files[".gitignore"] += b"data/raw/**/*.jpg\n"
    sandbox.write(files)
    data_stats(sandbox.root)
    sandbox.commit("finished")
    sandbox.sign()
    sandbox.commit("signed")
    return sandbox.root


def _pictures(files: dict[str, bytes], taken: list[Path], root: Path) -> dict[str, list[dict[str, str]]]:
    """What the tests' own function writes, with photographs moved into data/raw and prepared ones beside them."""
    import tomli_w

    from tests import finished

    plan = [(split, finished.CLASSES[i % 3]) for split, size in finished.SIZES.items() for i in range(size)]
    work = []
    for number, ((split, label), photograph) in enumerate(zip(plan, taken, strict=False)):
        name = f"belt/{label}/img{number:05d}"
        work.append((str(photograph), str(root / f"data/raw/{name}.jpg"), str(root / f"data/processed/{split}/{name}.png")))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        made = list(pool.map(_place, work, chunksize=50))
    raw: dict[str, list[dict[str, Any]]] = {c: [] for c in finished.CLASSES}
    manifest: list[dict[str, Any]] = []
    rows: dict[str, list[dict[str, str]]] = {s: [] for s in finished.SIZES}
    splits = []
    for number, ((split, label), (size, digest, pixels)) in enumerate(zip(plan, made, strict=True)):
        name = f"belt/{label}/img{number:05d}"
        raw[label].append({"path": f"img{number:05d}.jpg", "label": label})
        manifest.append({"path": f"{name}.jpg", "bytes": size, "digest": digest})
        splits.append({"path": f"{name}.jpg", "digest": digest, "label": label, "group": "", "split": split})
        rows[split].append({"path": f"{split}/{name}.png", "label": label, "digest": pixels, "origin": f"{name}.jpg"})
    for label, annotated in raw.items():
        files[f"data/raw/belt/{label}/annotations.csv"] = finished.csv_bytes(annotated)
    for split, listed in rows.items():
        inner = [r | {"path": r["path"].removeprefix(f"{split}/")} for r in listed]
        files[f"data/processed/{split}/annotations.csv"] = finished.csv_bytes(inner)
    files["data/manifest/belt.csv"] = finished.csv_bytes(manifest)
    files["data/splits/belt.csv"] = finished.csv_bytes(splits)
    source = {"schema": 1, "name": "belt", "origin": "camera over lane two", "licence": "own pictures", "collected": "2026-10-05"}
    source |= {"collected_by": "Ada Byron", "method": "own", "policy": "", "notes": ""}
    files["data/raw/belt/source.toml"] = tomli_w.dumps(source).encode()
    files["reports/collection/statistics.json"] = b"{}\n"  # `data stats` writes it
    return rows


def _place(work: tuple[str, str, str]) -> tuple[int, str, str]:
    """Move a photograph to its place and prepare it; its size and digest, and the digest of the prepared one's pixels."""
    photograph, raw, prepared = map(Path, work)
    for path in (raw, prepared):
        path.parent.mkdir(parents=True, exist_ok=True)
    photograph.replace(raw)
    data = raw.read_bytes()
    with Image.open(io.BytesIO(data)) as image:
        small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    small.save(prepared)
    pixels = hashlib.sha256(f"RGB:{SIDE}x{SIDE}:".encode() + small.tobytes()).hexdigest()
    return len(data), hashlib.sha256(data).hexdigest(), pixels


def _pipeline(files: dict[str, bytes]) -> str:
    """The tests' recipe for pictures of another size."""
    import json

    value = {
        "schema": 1, "colour": "RGB", "range": [0.0, 1.0], "size": [SIDE, SIDE], "resize": {"method": "squash", "filter": "bilinear"},
        "mean": None, "std": None, "splits": {"train": [], "validation": [], "eyeball": [], "test": []},
    }  # fmt: skip
    files["pipeline.json"] = json.dumps(value).encode()
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
