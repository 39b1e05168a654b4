"""What is done with one target, in a process of its own: convert, measure, ask."""

import io
import shutil
import sys
import tempfile
import time
from contextlib import redirect_stdout
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from project_package import paths, pipeline, records
from project_package.errors import ProjectError, not_yet
from project_package.export import Target, UnknownOpError, load_target, run_all
from project_package.export.compare import RUNS, measure_latency, read_back, write_answers
from project_package.export.source import Source, load_images, load_source


def digest_of(file: Path) -> str:
    """Return the digest of an export: a file's, or a folder's."""
    return records.folder_digest(file) if file.is_dir() else records.file_digest(file)


def bytes_of(file: Path) -> int:
    """Return the size of an export: a file's, or that of all files of a folder."""
    files = [path for path in file.rglob("*") if path.is_file()] if file.is_dir() else [file]
    return sum(path.stat().st_size for path in files)


def still_valid(folder: Path, target: Target, source: Source, dtype: str) -> bool:
    """Say whether the export there was made from this source in this way, and is still the file that the card names."""
    file, card = folder / target.FILE, folder / "card.json"
    if not file.exists() or not card.is_file():
        return False
    found = records.read_json(card)
    made = (found.get("source", {}).get("checkpoint"), found.get("quantisation"), found.get("classes"))
    same_input = found.get("input", {}).get("shape") == list(source.shape)
    return made == (source.checkpoint, dtype, source.classes) and same_input and found.get("digest") == digest_of(file)


def convert_anew(folder: Path, target: Target, source: Source, dtype: str) -> None:
    """Write the export beside its place, then move it there, so that a crash leaves the old one."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".convert-") as temporary:
        made, place = Path(temporary, target.FILE), folder / target.FILE
        with redirect_stdout(io.StringIO()):  # converters tell every pass they make
            target.convert(source.network, source.shape, made, dtype=dtype, classes=source.classes)
        (folder / "card.json").unlink(missing_ok=True)  # the old card is not about the new file
        if place.is_dir():
            shutil.rmtree(place)
        made.replace(place)


def versions(target: Target) -> dict[str, str]:
    """Return the versions of what made and read the export."""
    names = [*target.PACKAGES, *(["tensorflow-cpu", "tensorflow"] if hasattr(target, "read_again") else [])]
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def convert_here(name: str, dtype: str | None) -> None:
    """Convert one target in this process, compare it with its source, and write its card and predictions."""
    target, folder = load_target(name), paths.EXPORTS / name
    dtype = dtype or target.DTYPES[0]
    if dtype not in target.DTYPES:
        raise ProjectError(f"{name} is converted as {', '.join(target.DTYPES)}, not as {dtype}")
    source = load_source()
    kept = still_valid(folder, target, source, dtype)
    started = time.monotonic()
    if not kept:
        convert_anew(folder, target, source, dtype)
    seconds = time.monotonic() - started
    file = folder / target.FILE
    found = read_back(name, target, file, source)
    logits = found.pop("logits")
    card = {
        "schema": 1,
        "target": name,
        "file": target.FILE,
        "digest": digest_of(file),
        "bytes": bytes_of(file),
        "quantisation": dtype,
        "source": {"checkpoint": source.checkpoint, "run": source.run},
        "classes": source.classes,
        "pipeline": pipeline.pipeline_digest(paths.PIPELINE),
        "input": {"name": "image", "shape": list(source.shape), "dtype": "float32", "layout": "NCHW"},
        "output": {"name": "logits", "shape": [1, len(source.classes)], "dtype": "float32"},
        "evaluation": {"split": "test", "data": records.data_digest("test"), "n": len(source.rows)},
        "calibration": None,
        **found,
        "versions": versions(target),
        "options": {"dtype": dtype},
    }
    if logits is None:
        (folder / "predictions.csv").unlink(missing_ok=True)
    else:
        named = [(row.name, row.label) for row in source.rows]
        write_answers(folder / "predictions.csv", named, logits, source.classes)
    records.write_json(folder / "card.json", card)
    say(card, source, logits, "kept, measured anew" if kept else f"converted in {seconds:.1f} s")


def say(card: dict[str, Any], source: Source, logits: np.ndarray | None, how: str) -> None:
    """Print what was found, in a few lines."""
    print(f"{card['target']}: {how}, {card['quantisation']}, {card['bytes'] / 1000:.0f} kB")
    if logits is None:
        return
    accuracy, readers = card["accuracy"], ", ".join(card["verified_by"])
    print(f"  agrees with the model on {card['agreement']:.2%} of {len(source.rows)} test images by {readers}")
    print(f"  accuracy {accuracy['export']:.4f}, source {accuracy['source']:.4f}")
    print(f"  largest difference of a logit {card['max_difference']:.2g}")
    for i in np.flatnonzero(source.logits.argmax(1) != logits.argmax(1))[:5]:
        print(f"  differs: {source.rows[i].name}")
    if card["vacuous"]:
        why = "the model answers nearly the same for every test image, so its agreement proves nothing; train it first"
        print(f"{card['target']}: VACUOUS: {why}", file=sys.stderr)


def measure_here(name: str) -> None:
    """Measure how fast the export answers, and add it to its card; nothing else may be running."""
    target, folder = load_target(name), paths.EXPORTS / name
    card, file = records.read_json(folder / "card.json"), folder / target.FILE
    run = target.read(file)
    images = load_images([row.file for row in records.read_split("test")[:RUNS]])
    latency = measure_latency(run, images)
    records.write_json(folder / "card.json", {**card, "latency": latency})
    print(f"{name}: p50 {latency['p50_ms']:.2f} ms, p95 {latency['p95_ms']:.2f} ms an image on this machine")


def predict_here(name: str, table: Path, output: Path) -> None:
    """Ask the existing export about the images of a table (column `path`, optional `label`)."""
    target, folder = load_target(name), paths.EXPORTS / name
    file = folder / target.FILE
    if not file.exists() or not (folder / "card.json").is_file():
        raise not_yet(paths.shown(file), f"convert {name}")
    card, rows = records.read_json(folder / "card.json"), records.read_table(table, ("path",))
    if not rows:
        raise ProjectError(f"{paths.shown(table)} names no image")
    try:
        run = target.read(file)
    except UnknownOpError as error:
        raise ProjectError(f"{name} cannot be computed on this machine: no reader for {error}") from None
    logits = run_all(run, load_images([find_image(row["path"], table) for row in rows]))
    write_answers(output, [(row["path"], row.get("label", "")) for row in rows], logits, card["classes"])
    print(f"{len(rows)} images answered by {name}: {output}")


def find_image(name: str, table: Path) -> Path:
    """Return the image that a table names: under data/processed, the project, or beside the table."""
    for base in (paths.PROCESSED, paths.ROOT, table.parent):
        if (base / name).is_file():
            return base / name
    raise ProjectError(f"{paths.shown(table)} names {name}, which is not there")
