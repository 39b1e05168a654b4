"""Watch the service: `python -m project_package.monitor [--log FILE] [--drill]`.

The last requests of the log are compared with what the served model answered for the test images. And the alarm is
tried: half of the test images, untouched, must not ring against the other half; darkened and blurred, they must.
Exit code 1 is an alarm.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from project_package import paths, pipeline, records
from project_package.drift import Drift, Sample, measure_drift
from project_package.errors import ProjectError, not_yet, run_script
from project_package.serve.engine import Engine, load_engine
from project_package.serve.log import Entry, read_log
from project_package.serve.settings import LOG, Settings, load_settings

DRILL_LEAST = 10  # half of a small test set still tells dark from light
MOST = 1000  # test images of a drill


def find_reference(checkpoint: str) -> tuple[str, Path]:
    """Return the newest evaluation of a model: its run and its predictions."""
    found = []
    for path in paths.REPORTS.glob("evaluation/*/provenance.json"):
        told = records.read_json(path)
        if (told.get("checkpoint") or {}).get("digest") == checkpoint:
            found.append((str(told.get("end", "")), path.parent.name, path.with_name("predictions.csv")))
    if not found:
        raise not_yet(f"an evaluation of the served model ({checkpoint[:12]}…) in reports/evaluation", "evaluate")
    _, run, table = max(found)
    return run, table


def look_at(files: list[Path], steps: pipeline.Pipeline) -> tuple[np.ndarray, np.ndarray] | None:
    """Return brightness and contrast of prepared pictures; None where a picture is not on this machine."""
    if not all(file.is_file() for file in files):
        return None
    seen = []
    for file in files:
        prepared = pipeline.prepare_image(pipeline.open_image(file), steps)
        grey = np.asarray(prepared.convert("L"), dtype=np.float64) / 255
        seen.append((grey.mean(), grey.std()))
    values = np.array(seen)
    return values[:, 0], values[:, 1]


def sample_reference(table: Path, engine: Engine) -> Sample:
    """Return what the evaluated model answered, and how its pictures look where they are here."""
    rows, names = records.read_predictions(table)
    if not rows:
        raise ProjectError(f"{paths.shown(table)} has no rows")
    if set(names) != set(engine.classes):
        raise ProjectError(f"{paths.shown(table)} is about the classes {names}, the service about {engine.classes}")
    looks = look_at([paths.inside(paths.PROCESSED, row.path) for row in rows], engine.steps)
    label, confidence = np.array([row.prediction for row in rows]), np.array([row.confidence for row in rows])
    return Sample(label, confidence, *(looks or (None, None)))


def sample_log(entries: list[Entry]) -> Sample:
    """Return what the service answered."""
    return Sample(
        np.array([entry.label for entry in entries], dtype=str),
        np.array([entry.confidence for entry in entries], dtype=float),
        np.array([entry.mean for entry in entries], dtype=float),
        np.array([entry.std for entry in entries], dtype=float),
    )


def answer_all(images: list[Image.Image], engine: Engine) -> Sample:
    """Return what the service would answer."""
    answers = [engine.answer(image) for image in images]
    return Sample(
        np.array([answer.label for answer in answers]),
        np.array([answer.confidence for answer in answers]),
        np.array([answer.mean for answer in answers]),
        np.array([answer.std for answer in answers]),
    )


def spoil(image: Image.Image) -> Image.Image:
    """Return a picture as a dirty lens in a dark room would take it."""
    blurred = image.filter(ImageFilter.GaussianBlur(max(image.size) / 32))
    return blurred.point(lambda value: value * 0.35)


def drill(engine: Engine, settings: Settings) -> dict[str, Drift]:
    """Try the alarm: every second test image is the reference, the others come clean, spoiled and inverted."""
    rows = records.read_split("test")
    rows = rows[:: -(-len(rows) // MOST)]
    if lost := [row.name for row in rows if not row.file.is_file()]:
        raise ProjectError(f"the drill needs the test images; {len(lost)} are not on this machine ({lost[0]})")
    rows = sorted(rows, key=lambda row: (row.label, row.path))  # so that both halves hold every class alike
    images = [pipeline.prepare_image(pipeline.open_image(row.file), engine.steps) for row in rows]
    reference, rest = answer_all(images[::2], engine), images[1::2]
    windows = {
        "clean": rest,
        "shifted": [spoil(image) for image in rest],
        "inverted": [ImageOps.invert(image) for image in rest],
    }
    limits: dict[str, Any] = {"psi": settings.psi, "confidence_drop": settings.confidence_drop, "least": DRILL_LEAST}
    return {name: measure_drift(reference, answer_all(window, engine), **limits) for name, window in windows.items()}


def show(name: str, drift: Drift) -> None:
    """Print one line a column."""
    before, after = drift.confidence
    why = f" ({drift.why})" if drift.verdict == "too few" else ""
    print(f"{name}: {drift.verdict}, {drift.n} pictures against {drift.reference}{why}")
    if not drift.shifts:
        return
    print("                  PSI   noise   watch   alarm")
    for column, shift in drift.shifts.items():
        mark = "  alarm" if shift.psi > shift.alarm else "  watch" if shift.psi > shift.watch else ""
        print(f"  {column:<12}{shift.psi:7.3f} {shift.floor:7.3f} {shift.watch:7.3f} {shift.alarm:7.3f}{mark}")
    print(f"  mean confidence {before:.3f}, now {after:.3f}")


def watch_log(log: Path, reference: Sample, engine: Engine, settings: Settings) -> tuple[Drift, float | None]:
    """Return the verdict on the last requests, and their p95 in ms."""
    entries = read_log(log, digest=engine.digest, last=settings.window)
    drift = measure_drift(reference, sample_log(entries), psi=settings.psi, confidence_drop=settings.confidence_drop)
    return drift, float(np.percentile([entry.latency_ms for entry in entries], 95)) if entries else None


def main() -> int:
    """Watch the log and try the alarm, from the command line."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}.monitor", description="Watch the service for drift."
    )
    parser.add_argument("--log", type=Path, default=paths.ROOT / LOG, help="the request log of the service")
    parser.add_argument(
        "--reference", type=Path, help="predictions.csv to compare with (default: the newest evaluation)"
    )
    parser.add_argument("--drill", action="store_true", help="only try the alarm, without a log")
    given = parser.parse_args()
    settings = load_settings()
    engine = load_engine(settings)
    run, table = (
        (given.reference.parent.name, given.reference) if given.reference else find_reference(engine.checkpoint)
    )
    reference = sample_reference(table, engine)
    nothing = answer_all([], engine)
    drift, p95, slow = (
        measure_drift(reference, nothing, psi=settings.psi, confidence_drop=settings.confidence_drop),
        None,
        False,
    )
    if not given.drill:
        drift, p95 = watch_log(given.log, reference, engine, settings)
        slow = settings.p95_ms is not None and p95 is not None and p95 > settings.p95_ms
        show("log", drift)
        if reference.brightness is None:
            print("  brightness and contrast are not compared: the test images are not on this machine")
        if slow:
            print(f"  p95 {p95:.1f} ms, promised {settings.p95_ms:.1f} ms: alarm")
    here = (paths.PROCESSED / "test" / "annotations.csv").is_file() and reference.brightness is not None
    tried = drill(engine, settings) if given.drill or here else {}
    for name, one in tried.items():
        show(f"drill, {name}", one)
    found = {
        "schema": 1,
        "reference": {"run": run, "n": reference.n},
        **drift.as_json(),
        "verdict": "alarm" if slow else drift.verdict,
        "p95_ms": p95,
        "export": {"target": engine.target, "digest": engine.digest},
        "when": records.now(),
        "drill": {name: one.as_json() for name, one in tried.items()},
    }
    records.write_json(paths.REPORTS / "deployment" / "monitoring.json", found)
    print("Written: reports/deployment/monitoring.json")
    failed = [
        name for name, one in tried.items() if (one.verdict == "alarm") == (name == "clean") and name != "inverted"
    ]
    for name in failed:
        said = "rings on untouched images" if name == "clean" else "does not ring on spoiled images"
        print(
            f"error: the alarm {said} ({tried[name].n} against {tried[name].reference}); mend [alarms] in deploy.toml",
            file=sys.stderr,
        )
    return 1 if failed or found["verdict"] == "alarm" else 0


if __name__ == "__main__":
    run_script(main)
