"""What people do after a legal change: run the scripts again, write the records anew, sign again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mlscaffold.evidence import testsets
from mlscaffold.evidence.fingerprints import fingerprint
from mlscaffold.stages import all_stages
from mlscaffold.writing import write_toml
from tests.sabotage.target import Row, Target
from tests.whole.command import mlscaffold

SPLITS = ("train", "validation", "eyeball", "test")
# The committed records that quote digests and counts of data, classes, pipeline, checkpoint and exports.
RECORDS = ("reports/**/*.json", "reports/**/*.toml", "exports/*/card.json", "deploy.toml", "runs/**/provenance.json")


def sign_again(project: Target) -> None:
    """Sign today's evidence of every stage that was signed, by the same people."""
    for stage in all_stages():
        for path in sorted(project.root.glob(f".mlscaffold/signoffs/*/{stage.number:02}-{stage.slug}.toml"))[-1:]:
            today, table = project.open(), tomllib.loads(path.read_text(encoding="utf-8-sig"))
            table["evidence"] = {n: fingerprint(today, n) or "absent" for n in stage.evidence}
            table["inputs"] = {n: fingerprint(today, n, as_input=True) or "absent" for n in stage.inputs}
            table["when"] = datetime.now(UTC).isoformat(timespec="seconds")
            write_toml(path, table)


def script(project: Target, verb: str, *arguments: str) -> None:
    """Run one of the project's own scripts."""
    command = [sys.executable, "-m", f"{project.package}.{verb}", *arguments]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=project.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{verb}: {done.stdout}\n{done.stderr}"


def digest_of(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digests(project: Target) -> dict[str, str]:
    """The digests that records quote, as docs/reference/evidence.md defines them."""
    found = {"classes": _sha("\n".join(project.classes)), "pipeline": _sha(_canonical(project.json("pipeline.json")))}
    for split in SPLITS:
        rows = project.rows(f"data/processed/{split}/annotations.csv")
        found[split] = _sha("".join(sorted(f"{r['digest']},{r['label']}\n" for r in rows)))
    return found


def counts(project: Target) -> dict[str, int]:
    """Rows of each processed split."""
    return {split: len(project.rows(f"data/processed/{split}/annotations.csv")) for split in SPLITS}


@contextmanager
def made_again(project: Target) -> Iterator[None]:
    """What is changed inside is followed by new manifests, split digests, processed pictures, statistics and records, and new signatures.

    Predictions stay: the rows of validation, eyeball and test are the same ones, and what a picture of train looks like decides
    nothing of them that can be seen without running the model.
    """
    before, n_before = digests(project), counts(project)
    yield
    refresh_tables(project)
    mlscaffold(project.root, "data", "stats")
    script(project, "prepare")
    after, n_after = digests(project), counts(project)
    quote(project, {before[key]: after[key] for key in before})
    for path in files(project, RECORDS):
        if path.endswith("provenance.json"):
            record = project.json(path)
            for split, used in (record.get("data") or {}).items():
                if used["samples"] == n_before[split]:
                    used["samples"] = n_after[split]
            project.write({path: json.dumps(record, indent=2)})
    for copy in files(project, ("reports/*/*/pipeline.json",)):
        project.copy("pipeline.json", copy)
    sign_again(project)


def refresh_tables(project: Target) -> None:
    """Manifests and split tables with the bytes of today; a picture that is not listed joins the manifest, one that is gone leaves."""
    for file in sorted((project.root / "data/manifest").glob("*.csv")):
        source = file.stem
        here = sorted(
            p
            for p in (project.root / "data/raw" / source).rglob("*")
            if p.is_file() and p.suffix.lower() in (".png", ".jpg", ".jpeg")
        )
        rows = [
            {"path": p.relative_to(project.root / "data/raw").as_posix(), "bytes": str(p.stat().st_size), "digest": digest_of(p)}
            for p in here
        ]
        of = {row["path"]: row["digest"] for row in rows}
        write_rows(project, f"data/manifest/{source}.csv", rows)
        split = project.rows(f"data/splits/{source}.csv")
        write_rows(project, f"data/splits/{source}.csv", [{**row, "digest": of.get(row["path"], row["digest"])} for row in split])
    refresh_versions(project)


def refresh_versions(project: Target) -> None:
    """The newest version of every test set, of the pictures of today: as if the set had been so when it was dealt."""
    held = testsets.held(project.open())
    for path in sorted((project.root / testsets.FOLDER).glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        digests = held.get(table["set"], [])
        write_toml(path, {**table, "rows": len(digests), "digest": testsets.digest_of(digests)})


def quote(project: Target, changed: dict[str, str], patterns: tuple[str, ...] = RECORDS) -> None:
    """Write other words (digests, paths) wherever records hold the old ones."""
    changed = {old: new for old, new in changed.items() if old != new}
    if not changed:
        return
    wanted = re.compile("|".join(re.escape(old) for old in sorted(changed, key=len, reverse=True)))
    for path in files(project, patterns):
        text = project.read(path)
        told = wanted.sub(lambda found: changed[found[0]], text)
        if told != text:
            project.write({path: told})


def files(project: Target, patterns: tuple[str, ...]) -> list[str]:
    """Files that match any of the patterns."""
    return sorted(
        {p.relative_to(project.root).as_posix() for pattern in patterns for p in project.root.glob(pattern) if p.is_file()}
    )


def tracked(project: Target, *endings: str) -> list[str]:
    """The files that git knows, with one of the endings."""
    listed = project.git("-c", "core.quotePath=false", "ls-files", "-z").split("\0")
    return [path for path in listed if path.endswith(endings) and (project.root / path).is_file()]


def write_rows(project: Target, path: str, rows: list[Row], *, delimiter: str = ",", encoding: str = "utf-8") -> None:
    """Write a table as a program does, quoted where it must be."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, lineterminator="\n" if delimiter == "," else "\r\n")
    writer.writeheader()
    writer.writerows(rows)
    project.write({path: stream.getvalue().encode(encoding)})


def add_rows(project: Target, path: str, rows: list[Row]) -> None:
    """Append rows to a table; cells that a row lacks are empty."""
    table = project.rows(path)
    write_rows(project, path, [*table, *({name: row.get(name, "") for name in table[0]} for row in rows)])


def add_picture(project: Target, like: Row, content: bytes, *, name: str) -> str:
    """Put a new picture beside one of a split, with its label and its split; returns its path below data/raw."""
    folder = like["path"].rpartition("/")[0]
    path = f"{folder}/{name}"
    project.write({f"data/raw/{path}": content})
    add_rows(
        project, f"data/raw/{folder}/annotations.csv", [{"path": name, "label": like["label"], "group": like.get("group", "")}]
    )
    add_rows(project, project.splits, [{**like, "path": path, "digest": hashlib.sha256(content).hexdigest()}])
    return path


def change_rows(project: Target, path: str, change: Callable[[Row], Row | None]) -> None:
    """Change or drop (None) each row of a table."""
    write_rows(project, path, [new for row in project.rows(path) if (new := change(dict(row))) is not None])


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
