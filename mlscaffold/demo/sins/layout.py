"""Where the evidence of a finished project of the standard layout lies, whatever its pictures are, and how to rewrite it."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlscaffold.errors import ScaffoldError
from mlscaffold.writing import write_text, write_toml

Row = dict[str, str]


class NotFinished(ScaffoldError):
    """The project lacks what this sin would spoil."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This sin needs {what}", reference="nothing-to-spoil", hint="mlscaffold demo --break list")


def read_rows(path: Path) -> list[Row]:
    """The rows of a table."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def write_rows(path: Path, rows: list[Row]) -> None:
    """Write a table anew; its columns are those of the first row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, out.getvalue())


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """The content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def edit_json(path: Path, change: Callable[[Any], object]) -> None:
    """Change a JSON file in place."""
    value = read_json(path)
    change(value)
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def edit_toml(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a TOML file; its comments go."""
    table = read_toml(path)
    change(table)
    write_toml(path, table)


def first(root: Path, pattern: str, what: str) -> Path:
    """The first file of a pattern; raises `NotFinished`."""
    found = next(iter(sorted(root.glob(pattern))), None)
    if found is None:
        raise NotFinished(f"{what} ({pattern})")
    return found


def split_table(root: Path) -> Path:
    """The split table of the largest source."""
    first(root, "data/splits/*.csv", "a table of splits")
    return max(sorted((root / "data/splits").glob("*.csv")), key=lambda path: path.stat().st_size)


def optimised(root: Path) -> str:
    """The metric that stage 1 optimises."""
    return str(read_toml(root / "acceptance.toml")["metric"]["optimise"])


def run_folder(root: Path, stage: str) -> Path:
    """The report folder of the run that a stage has chosen; what tuning kept of training lies with training."""
    file = first(root, f"reports/{stage}/chosen.toml", f"a chosen run of {stage}")
    table = read_toml(file)
    name = "training" if stage == "tuning" and table.get("keep") == "training" else stage
    folder = root / "reports" / name / str(table["run"])
    if not folder.is_dir():
        raise NotFinished(f"the report of {stage}'s run")
    return folder


def evaluations(root: Path) -> list[Path]:
    """The folders of the evaluations, oldest first."""
    found = {path.parent: str(read_json(path).get("end", "")) for path in root.glob("reports/evaluation/*/provenance.json")}
    if not found:
        raise NotFinished("an evaluation")
    return sorted(found, key=lambda folder: (found[folder], folder.name))


def evaluation_of(root: Path, stage: str) -> Path:
    """The newest evaluation of a stage's chosen checkpoint."""
    wanted = read_toml(first(root, f"reports/{stage}/chosen.toml", f"a chosen run of {stage}"))["checkpoint"]
    mine = [folder for folder in evaluations(root) if read_json(folder / "provenance.json")["checkpoint"]["digest"] == wanted]
    if not mine:
        raise NotFinished(f"an evaluation of {stage}'s model")
    return mine[-1]


def copy_new(source: Path, target: Path) -> None:
    """Copy a file, if it is on this machine."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
