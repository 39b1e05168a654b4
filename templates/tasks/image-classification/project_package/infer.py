"""Predict new pictures from the real world: `python -m project_package.infer [FOLDER]`.

The answers, with the unsure ones marked, go to reports/tuning/<run>/inference.csv. Fill its column `verdict` (right,
wrong, or the right class); a later run keeps what is filled in.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from project_package import paths, records
from project_package.choose import chosen, find_checkpoint
from project_package.errors import ProjectError, not_yet, run_script
from project_package.pipeline import load_pipeline, read_array
from project_package.predict import open_model, predict_arrays

COLUMNS = ("path", "digest", "prediction", "confidence", "margin", "unsure", "verdict")
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


def find_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the pictures of a folder, by their names, and the other files."""
    if not folder.is_dir():
        raise ProjectError(f"{paths.shown(folder)} is no folder; put new pictures of the real world there")
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    pictures = [path for path in files if path.suffix.lower() in SUFFIXES]
    return pictures, [path for path in files if path.suffix.lower() not in SUFFIXES]


def infer(folder: Path, *, confidence: float, margin: float) -> tuple[Path, list[list[str]], list[str]]:
    """Predict a folder; return the table that was written, its rows, and what was not read."""
    choice = chosen("tuning")
    if choice is None:
        raise not_yet("reports/tuning/chosen.toml", "tune")
    pipeline = load_pipeline()
    model = open_model(find_checkpoint(choice.checkpoint, choice.run), pipeline)
    pictures, others = find_files(folder)
    left_out = [f"{path.relative_to(folder).as_posix()}: not a picture by its name" for path in others]
    table = paths.REPORTS / "tuning" / choice.run / "inference.csv"
    known = {row["digest"]: row["verdict"] for row in records.read_table(table, COLUMNS)} if table.is_file() else {}
    rows = []
    for path in pictures:
        name = path.relative_to(folder).as_posix()
        try:
            probabilities = predict_arrays(model, [read_array(path, pipeline)])[0]
        except ProjectError as error:
            left_out.append(f"{name}: {error}")
            continue
        second, first = np.sort(probabilities)[-2:].tolist()
        unsure = first < confidence or first - second < margin
        digest = records.file_digest(path)
        answer = model.classes[int(probabilities.argmax())]
        numbers = [f"{first:.9g}", f"{first - second:.9g}", str(int(unsure))]
        rows.append([name, digest, answer, *numbers, known.get(digest, "")])
    if not rows:
        more = f" ({'; '.join(left_out[:3])})" if left_out else ""
        raise ProjectError(f"{paths.shown(folder)} has no picture that can be read{more}")
    records.write_table(table, COLUMNS, rows)
    return table, rows, left_out


def main() -> int:
    """Predict a folder of new pictures from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.infer", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=paths.FIELD, help="by default data/field")
    parser.add_argument("--confidence", type=float, default=0.7, help="below this an answer is unsure")
    parser.add_argument("--margin", type=float, default=0.2, help="closer to the second than this is unsure")
    given = parser.parse_args()
    table, rows, left_out = infer(given.folder, confidence=given.confidence, margin=given.margin)
    unsure = [row for row in rows if row[5] == "1"]
    for row in unsure:
        print(f"unsure: {row[0]}  {row[2]} ({float(row[3]):.2f}, margin {float(row[4]):.2f})")
    for line in left_out:
        print(f"not read: {line}", file=sys.stderr)
    print(f"{len(rows)} pictures, {len(unsure)} unsure, {len(left_out)} not read: {paths.shown(table)}")
    print("Next: fill in the column verdict of that table, then mlscaffold check")
    return 0


if __name__ == "__main__":
    run_script(main)
