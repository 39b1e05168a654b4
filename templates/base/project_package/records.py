"""What the scripts write down and read again: digests, run ids, tables, provenance.

The digests and columns are those of the contract between this project and `mlscaffold check`.
"""

import csv
import hashlib
import io
import json
import os
import platform
import random
import re
import string
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from project_package import paths
from project_package.errors import ProjectError, not_yet

PACKAGES = ("torch", "torchvision", "pytorch-lightning", "numpy", "pillow", "scikit-learn", "optuna")


@dataclass(frozen=True)
class Row:
    """One prepared sample of `data/processed/<split>/annotations.csv`."""

    split: str
    path: str
    digest: str
    label: str
    origin: str

    @property
    def name(self) -> str:
        """The path under data/processed, which begins with the split."""
        return f"{self.split}/{self.path}"

    @property
    def source(self) -> str:
        """The source it comes from: the first folder under data/raw."""
        return self.origin.partition("/")[0]

    @property
    def file(self) -> Path:
        """The file itself."""
        return paths.inside(paths.PROCESSED / self.split, self.path)


@dataclass(frozen=True)
class Prediction:
    """One row of a table of predictions; `label` is empty where the truth is unknown."""

    path: str
    label: str
    prediction: str
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """The largest probability."""
        return max(self.probabilities)

    @property
    def right(self) -> bool:
        """Whether the prediction is the label."""
        return self.prediction == self.label


# Digests


def text_digest(text: str) -> str:
    """Return the sha256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path) -> str:
    """Return the digest of a folder: of the lines `<relative path>,<digest of the file>`, sorted."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = sorted(f"{path.relative_to(folder).as_posix()},{file_digest(path)}\n" for path in files)
    return text_digest("".join(lines))


def pixel_digest(mode: str, size: tuple[int, int], pixels: bytes) -> str:
    """Return the digest of a decoded picture; `size` is (width, height), as PIL has it."""
    return hashlib.sha256(f"{mode}:{size[0]}x{size[1]}:".encode() + pixels).hexdigest()


def classes_digest(names: Sequence[str]) -> str:
    """Return the digest of a class map: the names in their order."""
    return text_digest("\n".join(names))


def data_digest(split: str) -> str:
    """Return the digest of a split's data: its pixel digests and labels, in any order."""
    return text_digest("".join(sorted(f"{row.digest},{row.label}\n" for row in read_split(split))))


def json_digest(value: Any) -> str:
    """Return the digest of a JSON value, whatever the order of its keys."""
    return text_digest(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


# Files, each written whole or not at all


def write_text(path: Path, text: str) -> None:
    """Write a text file so that a kill leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_toml(path: Path, values: Mapping[str, Any]) -> None:
    """Write a flat TOML file of texts, numbers, booleans and lists of them; None is left out."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items() if value is not None]
    write_text(path, "".join(lines))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_text(path, text.getvalue())


def read_table(path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
    """Read a CSV file with a header; a missing file or column is an error that says which."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            found = reader.fieldnames or []
            rows = list(reader)
    except FileNotFoundError:
        raise ProjectError(f"{paths.shown(path)} is missing") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProjectError(f"{paths.shown(path)} cannot be read: {error}") from None
    if lacking := [column for column in columns if column not in found]:
        raise ProjectError(f"{paths.shown(path)} has no column {', '.join(lacking)}")
    return rows


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a missing or broken one is an error that says where."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise ProjectError(f"{paths.shown(path)} is missing") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectError(f"{paths.shown(path)} cannot be read: {error}") from None


def read_json(path: Path) -> Any:
    """Read a JSON file; a missing or broken one is an error that says where."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ProjectError(f"{paths.shown(path)} is missing") from None
    except (OSError, ValueError) as error:
        raise ProjectError(f"{paths.shown(path)} cannot be read: {error}") from None


# The data


def classes() -> list[str]:
    """Return the class names of data/schema.toml, in the order of the model's outputs."""
    names = read_toml(paths.SCHEMA).get("classes", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise ProjectError("data/schema.toml: `classes` must be a list of names")
    if len(names) < 2 or len(set(names)) != len(names):
        raise ProjectError(f"data/schema.toml: at least 2 different classes are needed, found {names}")
    return names


def read_split(split: str) -> list[Row]:
    """Return the prepared samples of a split; none is an error that says which command makes them."""
    path = paths.PROCESSED / split / "annotations.csv"
    if not path.is_file():
        raise not_yet(paths.shown(path), "prepare")
    found = read_table(path, ("path", "digest", "label", "origin"))
    if not found:
        raise ProjectError(f"{paths.shown(path)} has no rows: no image is in the split {split}")
    return [Row(split, row["path"], row["digest"], row["label"], row["origin"]) for row in found]


def has_split(split: str) -> bool:
    """Say whether a split was prepared and has at least one sample."""
    path = paths.PROCESSED / split / "annotations.csv"
    return path.is_file() and bool(read_table(path))


def test_sets() -> list[str]:
    """Return the test sets that were prepared: `test` first, then those with a name of their own."""
    return ["test", *sorted(path.name for path in paths.PROCESSED.glob("test-*") if has_split(path.name))]


def test_version(split: str) -> int | None:
    """Return the newest recorded version of a test set (data/splits/tests), or None where none was recorded."""
    tables = [read_toml(path) for path in sorted((paths.DATA_SPLITS / "tests").glob("*.toml"))]
    return max((int(table["version"]) for table in tables if table.get("set") == split), default=None)


def folds() -> dict[str, int]:
    """Return the fold of every picture that has one in data/splits (path under data/raw), for cross-validation."""
    found = {}
    for table in sorted(paths.DATA_SPLITS.glob("*.csv")):
        for line, row in enumerate(read_table(table, ("path",)), start=2):
            if fold := row.get("fold", ""):
                if not fold.isdecimal() or int(fold) < 1:
                    raise ProjectError(f"{paths.shown(table)}:{line}: fold {fold!r} is no number from 1 on")
                found[row["path"]] = int(fold)
    return found


def source_weights() -> dict[str, float]:
    """Return the weight of every extra source in training, as its source.toml says; a picture of any other counts 1."""
    found = {}
    for path in sorted(paths.RAW.glob("*/source.toml")):
        source = read_toml(path)
        weight = source.get("weight", 1)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1:
            raise ProjectError(f"{paths.shown(path)}: weight {weight!r} is not above 0 and at most 1")
        if source.get("role") == "extra":
            found[path.parent.name] = float(weight)
    return found


def acceptance() -> dict[str, Any]:
    """Return acceptance.toml, or nothing where the project has none yet."""
    return read_toml(paths.ACCEPTANCE) if paths.ACCEPTANCE.is_file() else {}


def optimised_metric() -> str:
    """Return the one metric that acceptance.toml optimises, by default accuracy."""
    return str(acceptance().get("metric", {}).get("optimise") or "accuracy")


# Predictions


def write_predictions(
    path: Path, predictions: Iterable[Prediction], names: Sequence[str], *, label: bool = True
) -> None:
    """Write a table of predictions: path, label, prediction and one probability a class."""
    columns = ["path", *(["label"] if label else []), "prediction", *(f"p:{name}" for name in names)]
    write_table(
        path,
        columns,
        (
            [p.path, *([p.label] if label else []), p.prediction, *(f"{value:.9g}" for value in p.probabilities)]
            for p in predictions
        ),
    )


def read_predictions(path: Path) -> tuple[list[Prediction], list[str]]:
    """Return the rows of a table of predictions, and the class names of its columns."""
    rows = read_table(path, ("path", "prediction"))
    names = [column.removeprefix("p:") for column in (rows[0] if rows else {}) if column.startswith("p:")]
    try:
        return [
            Prediction(
                row["path"], row.get("label", ""), row["prediction"], tuple(float(row[f"p:{name}"]) for name in names)
            )
            for row in rows
        ], names
    except ValueError as error:
        raise ProjectError(f"{paths.shown(path)}: a probability is not a number ({error})") from None


# Runs


def now() -> str:
    """Return the time in UTC, ISO 8601 with the zone."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def git(*arguments: str) -> str | None:
    """Return what git answers about this project, or None without git or repository."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-C", str(paths.ROOT), *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def author() -> str:
    """Return who runs this: git's user name, else the login."""
    return git("config", "user.name") or os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"


def new_run_id() -> str:
    """Return a new run id: UTC time, author, three letters."""
    who = re.sub(r"[^a-z0-9]", "", author().lower())[:16] or "unknown"
    letters = "".join(random.SystemRandom().choices(string.ascii_lowercase, k=3))
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{who}-{letters}"


def run_folder(run: str) -> Path:
    """Return the folder of a run, of this or another machine; a name that is no run id is refused."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", run):
        raise ProjectError(f"{run!r} is not the name of a run")
    return paths.RUNS / run


@cache
def packages() -> dict[str, str]:
    """Return the versions of the packages that decide a result."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"python": platform.python_version(), **found}


def hardware() -> dict[str, str]:
    """Return the machine, as far as it decides a result."""
    return {"machine": platform.machine(), "system": platform.system(), "accelerator": "cpu"}


def used(split: str) -> dict[str, Any]:
    """Return what is recorded of a split that was used: digest and samples, of a test set also its version."""
    version = test_version(split)
    found = {"digest": data_digest(split), "samples": len(read_split(split))}
    return found if version is None else {**found, "version": version}


def provenance(run: str, stage: str, splits: Iterable[str], **more: Any) -> dict[str, Any]:
    """Return where a result comes from; `more` overrides or adds keys (checkpoint, seed, decisions …)."""
    commit = git("rev-parse", "HEAD")
    status = git("status", "--porcelain", "--untracked-files=no") if commit else None
    module = getattr(sys.modules.get("__main__"), "__spec__", None)
    return {
        "schema": 1,
        "run": run,
        "stage": stage,
        "command": ["python", *(["-m", module.name] if module else sys.argv[:1]), *sys.argv[1:]],
        "commit": commit,
        "dirty": bool(status) if commit else None,
        "data": {split: used(split) for split in splits},
        "classes": classes_digest(classes()),
        "pipeline": json_digest(read_json(paths.PIPELINE)) if paths.PIPELINE.is_file() else None,
        "checkpoint": None,
        "parent": None,
        "resumed": False,
        "start": now(),
        "end": now(),
        "seed": None,
        "threads": None,
        "workers": None,
        "packages": packages(),
        "hardware": hardware(),
        "limits": {},
        "decisions": [],
        **more,
    }
