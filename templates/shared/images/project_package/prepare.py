"""Make data/processed from the splits: `python -m project_package.prepare`.

Every picture that data/splits names is decoded, converted and resized as configs/prepare.toml says, and written as PNG.
A file whose origin and recipe are unchanged is left alone; one that is in no split any more is removed.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from project_package import paths, records
from project_package.errors import ProjectError, run_script
from project_package.pipeline import Pipeline, open_image, parse_pipeline, prepare_image

CACHE = ".prepared.csv"  # what was done, so that it is not done again; git ignores it
COLUMNS = ("path", "origin", "stamp", "recipe", "digest", "file", "sums", "squares")
PARALLEL_FROM = 300


@dataclass(frozen=True)
class Job:
    """One picture to prepare: `name` under data/processed, `origin` under data/raw, `wanted` digest of the origin."""

    split: str
    name: str
    origin: str
    label: str
    wanted: str


@dataclass(frozen=True)
class Done:
    """What became of a picture: its row of the cache, or why there is none."""

    job: Job
    row: dict[str, str]
    error: str = ""
    fresh: bool = False


def read_recipe(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return pipeline.json without its statistics, and the settings of cleaning."""
    settings = records.read_toml(path)
    try:
        image, resize, clean = settings["image"], settings["resize"], settings.get("clean", {})
        channels = len(image["colour"])
        recipe = {
            "schema": 1,
            "colour": image["colour"],
            "range": [0.0, 1.0],
            "size": [int(side) for side in image["size"]],
            "resize": {"method": resize["method"], "filter": resize["filter"], "fill": int(resize.get("fill", 0))},
            "mean": [0.0] * channels,
            "std": [1.0] * channels,
            "statistics_of": "train",
            "statistics_n": 0,
            "splits": {name: [] for name in paths.SPLITS},
        }
        recipe["splits"]["train"] = augmentation(settings.get("augmentation", {}))
        if min(parse_pipeline(recipe).size) < 8:
            raise ValueError(f"size {recipe['size']} is below 8 pixels")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProjectError(f"{paths.shown(path)} cannot be used: {error!r}") from None
    return recipe, clean


def augmentation(settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the random steps of train, in their order; a step that is off is left out."""
    known = {"rotate", "zoom", "crop", "flip_horizontal", "flip_vertical", "colour"}
    if unknown := sorted(set(settings) - known):
        raise ValueError(f"[augmentation] knows no {', '.join(unknown)}")
    zoom = [float(value) for value in settings.get("zoom", [1, 1])]
    steps: list[dict[str, Any]] = []
    if settings.get("rotate"):
        steps.append({"op": "rotate", "degrees": settings["rotate"]})
    if zoom != [1.0, 1.0]:
        steps.append({"op": "zoom", "scale": [min(zoom), max(zoom)]})
    if not 0 < (crop := float(settings.get("crop", 1))) <= 1:
        raise ValueError(f"crop {crop} is a share of the area, above 0 and at most 1")
    if crop < 1:
        steps.append({"op": "crop", "share": crop})
    for name in ("flip_horizontal", "flip_vertical"):
        if settings.get(name):
            steps.append({"op": name, "probability": 0.5})
    if settings.get("colour"):
        steps.append({"op": "colour", "strength": settings["colour"]})
    return [{**step, "random": True, "at": "load"} for step in steps]


def read_jobs() -> list[Job]:
    """Return every picture that the split tables name; a row that cannot be meant is an error with its line."""
    tables = sorted(paths.DATA_SPLITS.glob("*.csv"))
    if not tables:
        raise ProjectError("data/splits has no table; run `mlscaffold data split` first")
    names = set(records.classes())
    seen: dict[str, str] = {}
    found: list[tuple[str, str, str, str]] = []
    for table in tables:
        for line, row in enumerate(records.read_table(table, ("path", "label", "split")), start=2):
            where = f"{paths.shown(table)}:{line}"
            if not paths.is_split(row["split"]):
                named = "augmented or a test set with a name (test-night)"
                raise ProjectError(f"{where}: split {row['split']!r} is none of {', '.join(paths.SPLITS)}, {named}")
            if row["label"] not in names:
                raise ProjectError(f"{where}: label {row['label']!r} is no class of data/schema.toml")
            paths.inside(paths.RAW, row["path"])
            if (before := seen.setdefault(row["path"], where)) != where:
                raise ProjectError(f"{where}: {row['path']} stands in {before} too; a picture is in one split")
            found.append((row["split"], row["path"], row["label"], row.get("digest", "")))
    if not found:
        raise ProjectError("data/splits has no rows; run `mlscaffold data split` first")
    targets = Counter((split, png_name(origin).casefold()) for split, origin, _, _ in found)
    jobs = []
    for split, origin, label, digest in found:
        name = png_name(origin)
        if targets[split, name.casefold()] > 1:  # a.jpg and a.png, or A.jpg and a.jpg on a disk that ignores case
            name = f"{origin}-{records.text_digest(origin)[:6]}.png"
        jobs.append(Job(split, name, origin, label, digest))
    place = {name: i for i, name in enumerate(splits_of(jobs))}
    return sorted(jobs, key=lambda job: (place[job.split], job.name))


def splits_of(jobs: list[Job]) -> list[str]:
    """Return the four splits, and the others that the tables name or that were prepared before."""
    folders = {path.name for path in paths.PROCESSED.glob("*") if path.is_dir() and paths.is_split(path.name)}
    return [*paths.SPLITS, *sorted((folders | {job.split for job in jobs}) - set(paths.SPLITS))]


def png_name(origin: str) -> str:
    """Return the path of a prepared picture: its origin's, as PNG."""
    return PurePosixPath(origin).with_suffix(".png").as_posix()


def stamp(path: Path) -> str:
    """Return size and time of a file, by which a change is noticed without reading it."""
    found = path.stat()
    return f"{found.st_size}:{found.st_mtime_ns}"


def prepare_one(job: Job, recipe: dict[str, Any], key: str, known: dict[str, str] | None) -> Done:
    """Prepare one picture, or find that it is prepared already."""
    source = paths.inside(paths.RAW, job.origin)
    target = paths.PROCESSED / job.split / job.name
    try:
        if not paths.may_read(source):
            return Done(job, {}, "leads out of data/raw by a link; it was not read")
        row = {"path": f"{job.split}/{job.name}", "stamp": stamp(source), "recipe": key}
        origin = known["origin"] if known and known["stamp"] == row["stamp"] else records.file_digest(source)
        if job.wanted and origin != job.wanted:
            return Done(job, {}, "has changed since the split tables were made; run `mlscaffold data split` again")
        row["origin"] = origin
        same = known is not None and known["recipe"] == key and known["origin"] == origin
        if known is not None and same and target.is_file() and known["file"] == stamp(target):
            return Done(job, {**known, **row})
        return Done(job, {**row, **write_picture(source, target, parse_pipeline(recipe))}, fresh=True)
    except FileNotFoundError:
        return Done(job, {}, "is missing")
    except ProjectError as error:
        return Done(job, {}, f"cannot be decoded: {error}")
    except OSError as error:
        return Done(job, {}, f"cannot be prepared: {error}")


def write_picture(source: Path, target: Path, pipeline: Pipeline) -> dict[str, str]:
    """Decode, convert, resize and write one picture; return its digest, its stamp and its sums for mean and std."""
    image = prepare_image(open_image(source), pipeline)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    image.save(part, format="PNG")
    part.replace(target)
    pixels = np.asarray(image, dtype=np.uint64).reshape(-1, pipeline.channels)
    return {
        "digest": records.pixel_digest(image.mode, image.size, image.tobytes()),
        "file": stamp(target),
        "sums": " ".join(str(value) for value in pixels.sum(axis=0)),
        "squares": " ".join(str(value) for value in (pixels**2).sum(axis=0)),
    }


def prepare_all(jobs: list[Job], recipe: dict[str, Any], key: str, known: dict[str, dict[str, str]]) -> Iterator[Done]:
    """Prepare all pictures, on all cores where there are many, in their order."""
    before = [known.get(f"{job.split}/{job.name}") for job in jobs]
    arguments = (jobs, [recipe] * len(jobs), [key] * len(jobs), before)
    if len(jobs) < PARALLEL_FROM:
        yield from map(prepare_one, *arguments)
        return
    with ProcessPoolExecutor() as pool:
        yield from pool.map(prepare_one, *arguments, chunksize=32)


def statistics(rows: list[dict[str, str]], pixels: int) -> tuple[list[float], list[float]]:
    """Return mean and std of each channel, from 0 to 1, over pictures of `pixels` pixels each."""
    n = len(rows) * pixels
    sums = np.array([[int(value) for value in row["sums"].split()] for row in rows], dtype=np.float64).sum(axis=0)
    squares = np.array([[int(value) for value in row["squares"].split()] for row in rows], dtype=np.float64)
    mean = sums / n
    std = np.sqrt(np.maximum(squares.sum(axis=0) / n - mean**2, 0)) / 255
    return [round(float(v) / 255, 7) for v in mean], [round(max(float(v), 1e-3), 7) for v in std]


def remove_others(split: str, names: set[str]) -> int:
    """Remove the pictures of a split that are in it no more, and folders that became empty; return how many."""
    folder, removed = paths.PROCESSED / split, 0
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.suffix in {".png", ".part"} and path.relative_to(folder).as_posix() not in names:
            path.unlink()
            removed += 1
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    if split not in paths.SPLITS and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return removed


def report_failures(failed: list[Done], *, drop: bool) -> None:
    """Say what could not be prepared: as a message where cleaning drops it, else as an error."""
    lines = [f"data/raw/{done.job.origin} {done.error}" for done in failed]
    dropped = drop and all(done.error.startswith("cannot be decoded") for done in failed)
    if failed and not dropped:
        more = f"; and {len(lines) - 3} more" if len(lines) > 3 else ""
        hint = "" if drop else " ([clean] drop_undecodable in configs/prepare.toml leaves out what cannot be decoded)"
        raise ProjectError("; ".join(lines[:3]) + more + (hint if "decoded" in lines[0] else ""))
    for line in lines:
        print(f"left out: {line}", file=sys.stderr)


def write_results(done: list[Done], recipe: dict[str, Any]) -> None:
    """Write pipeline.json, the annotations of each split and the cache."""
    train = [item.row for item in done if item.job.split == "train"]
    if not train:
        raise ProjectError("no picture is in train; look at data/splits")
    mean, std = statistics(train, recipe["size"][0] * recipe["size"][1])
    records.write_json(paths.PIPELINE, {**recipe, "mean": mean, "std": std, "statistics_n": len(train)})
    for split in splits_of([item.job for item in done]):
        rows = [item for item in done if item.job.split == split]
        table = paths.PROCESSED / split / "annotations.csv"
        if not rows and split not in paths.SPLITS:
            table.unlink(missing_ok=True)
        elif rows or table.is_file():
            records.write_table(
                table,
                ("path", "digest", "label", "origin"),
                [(item.job.name, item.row["digest"], item.job.label, item.job.origin) for item in rows],
            )
    cached = [[item.row[column] for column in COLUMNS] for item in done]
    records.write_table(paths.PROCESSED / CACHE, COLUMNS, cached)


def main() -> int:
    """Prepare the pictures of all splits."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.prepare", description=__doc__)
    parser.add_argument("--config", type=Path, default=paths.CONFIGS / "prepare.toml")
    given = parser.parse_args()
    recipe, clean = read_recipe(given.config)
    jobs = read_jobs()
    key = records.json_digest({"colour": recipe["colour"], "size": recipe["size"], "resize": recipe["resize"]})
    cache = paths.PROCESSED / CACHE
    known = {row["path"]: row for row in records.read_table(cache, COLUMNS)} if cache.is_file() else {}
    results = []
    for n, done in enumerate(prepare_all(jobs, recipe, key, known), start=1):
        results.append(done)
        if sys.stderr.isatty() and (n % 50 == 0 or n == len(jobs)):
            print(f"\rprepare: {n} of {len(jobs)}", end="\n" if n == len(jobs) else "", file=sys.stderr, flush=True)
    report_failures([done for done in results if done.error], drop=bool(clean.get("drop_undecodable")))
    results = [done for done in results if not done.error]
    write_results(results, recipe)
    splits = splits_of(jobs)
    removed = sum(
        remove_others(split, {item.job.name for item in results if item.job.split == split}) for split in splits
    )
    fresh = sum(done.fresh for done in results)
    counts = Counter(done.job.split for done in results)
    print(", ".join(f"{split} {counts[split]}" for split in splits if split in paths.SPLITS or counts[split]))
    print(f"{fresh} written, {len(results) - fresh} unchanged, {removed} removed")
    print(f"Next: python -m {__package__}.train --overfit-batch")
    return 0


if __name__ == "__main__":
    run_script(main)
