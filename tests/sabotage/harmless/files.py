"""How files are written and named: line ends, times, order, encodings, odd names."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomli_w
import yaml

from tests.sabotage.corpus import harmless
from tests.sabotage.rebuilding import RECORDS, files, quote, sign_again, tracked, write_rows
from tests.sabotage.target import Row, Target
from tests.whole.command import mlscaffold

TEXT = (".csv", ".toml", ".json", ".md", ".yaml", ".yml", ".txt", ".py", ".svg", ".gitignore")
MARKED = (".csv", ".toml", ".json", ".md", ".yaml")
# Tables in which a picture is named, of whatever stage.
TABLES = ("data/raw/**/annotations.csv", "data/manifest/*.csv", "data/splits/*.csv", "data/processed/*/annotations.csv", "reports/**/*.csv", "exports/*/predictions.csv")  # fmt: skip


def bytes_of(project: Target, change: Callable[[bytes], bytes], *endings: str) -> None:
    """Change the bytes of every tracked text."""
    for path in tracked(project, *endings):
        before = (project.root / path).read_bytes()
        project.write({path: change(before)})


@harmless("OK-08")
def line_ends_of_windows(project: Target) -> None:
    """Every tracked text checked out with CRLF."""
    bytes_of(project, lambda text: text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), *TEXT)


@harmless("OK-08b")
def byte_order_marks(project: Target) -> None:
    """Tables, settings, records and documents saved with a byte order mark."""
    bytes_of(project, lambda text: text if text.startswith(b"\xef\xbb\xbf") else b"\xef\xbb\xbf" + text, *MARKED)


@harmless("OK-08c")
def no_final_newline(project: Target) -> None:
    """The final newline is missing everywhere."""
    bytes_of(project, lambda text: text.rstrip(b"\r\n"), *TEXT)


@harmless("OK-09")
def annotations_of_excel(project: Target) -> None:
    """Annotation files saved by Excel as Unicode text: UTF-16, tabs, CRLF."""
    for path in project.annotations():
        write_rows(project, path, project.rows(path), delimiter="\t", encoding="utf-16")


@harmless("OK-09b")
def annotations_of_a_german_excel(project: Target) -> None:
    """Annotation and split tables saved by a German Excel: cp1252, semicolons."""
    for path in (*project.annotations(), project.splits, "docs/examples/answers.csv"):
        write_rows(project, path, project.rows(path), delimiter=";", encoding="cp1252")
    mlscaffold(project.root, "data", "stats")  # our own commands read them too


@harmless("OK-09c")
def numbers_with_decimal_commas(project: Target) -> None:
    """Curves and predictions saved by a German Excel: semicolons and decimal commas."""
    for path in (
        f"{project.run('training')}/metrics.csv",
        f"{project.evaluation()}/predictions.csv",
        f"{project.run('training')}/validation.csv",
    ):
        rows = [{name: comma(cell) for name, cell in row.items()} for row in project.rows(path)]
        write_rows(project, path, rows, delimiter=";", encoding="cp1252")


def comma(cell: str) -> str:
    """A number as Germans write it."""
    return cell.replace(".", ",") if re.fullmatch(r"-?\d+\.\d+(?:e-?\d+)?", cell) else cell


@harmless("OK-10")
def odd_names(project: Target) -> None:
    """Blanks, parentheses, #, %, emoji, Chinese in file names, everywhere alike."""
    odd = ("a b (1)", "50% #2", "blüte 🌷", "图片 三", "it's & so on", "[v2]", "a;b+c=d")
    rename(project, lambda name, k: f"{name} {odd[k % len(odd)]}")


@harmless("OK-10b")
def two_forms_of_letters(project: Target) -> None:
    """File names with marks are composed in the tables and decomposed on the disk."""
    rename(project, lambda name, k: f"blüte é å {name}")
    for folder in ("data/raw", "data/processed"):
        for path in sorted((project.root / folder).rglob("blüte*")):
            path.rename(path.with_name(unicodedata.normalize("NFD", path.name)))


@harmless("OK-10c")
def the_other_form(project: Target) -> None:
    """The tables were written on a Mac: decomposed there, composed on the disk."""
    rename(project, lambda name, k: f"blüte é å {name}")
    for path in files(project, TABLES):
        project.write({path: unicodedata.normalize("NFD", project.read(path))})
    sign_again(project)


def rename(project: Target, new: Callable[[str, int], str], *, every: int = 3, split: str = "") -> int:
    """Give pictures other names, in raw and processed folders, tables and records; signed again, since predictions name them."""
    chosen = [r for r in project.rows(project.splits) if not split or r["split"] == split][::every]
    of_raw, of_processed = dict[str, str](), dict[str, str]()
    origins = {
        r["origin"]: f"{s}/{r['path']}"
        for s in ("train", "validation", "eyeball", "test")
        for r in project.rows(f"data/processed/{s}/annotations.csv")
    }
    for k, row in enumerate(chosen):
        picture = Path(row["path"])
        name = new(picture.stem, k)
        of_raw[row["path"]] = picture.with_name(name + picture.suffix).as_posix()
        shown = Path(origins[row["path"]])
        of_processed[shown.as_posix()] = shown.with_name(name + shown.suffix).as_posix()
    for base, names in (("data/raw", of_raw), ("data/processed", of_processed)):
        for before, after in names.items():
            (project.root / base / before).rename(project.root / base / after)
    for path in files(project, TABLES):
        rows, base = project.rows(path), path.rpartition("/")[0]
        if not rows or "path" not in rows[0]:
            continue
        told = [renamed(row, base, of_raw, of_processed) for row in rows]
        if told != rows:
            write_rows(project, path, told)
    project.write({project.document(7): replaced(project.read(project.document(7)), of_processed)})
    quote(project, of_processed, (*RECORDS, "reports/**/*.md"))
    (project.root / "data/processed/.prepared.csv").unlink(missing_ok=True)
    sign_again(project)
    return len(chosen)


def renamed(row: Row, base: str, of_raw: dict[str, str], of_processed: dict[str, str]) -> Row:
    """A row with the new names of its pictures, whatever its paths are relative to."""
    told = dict(row)
    for column in ("path", "origin"):
        if column not in row:
            continue
        for names, prefix in ((of_raw, "data/raw"), (of_processed, "data/processed")):
            if column == "path" and base.startswith("data/processed" if prefix == "data/raw" else "data/raw"):
                continue
            inside = base.removeprefix(prefix).strip("/") if base.startswith(f"{prefix}/") and column == "path" else ""
            full = f"{inside}/{row[column]}" if inside else row[column]
            if full in names:
                told[column] = names[full].removeprefix(f"{inside}/") if inside else names[full]
                break
    return told


def replaced(text: str, names: dict[str, str]) -> str:
    """A text with the new names of pictures."""
    for before, after in names.items():
        text = text.replace(before, after)
    return text


@harmless("OK-27")
def files_are_touched(project: Target) -> None:
    """Files checked out again or copied: new times, same bytes."""
    for path in project.root.rglob("*"):
        if path.is_file() and ".git/" not in path.as_posix() and not path.name.startswith("cache.sqlite"):
            os.utime(path)


@harmless("OK-28")
def written_anew_by_other_programs(project: Target) -> None:
    """JSON, TOML and YAML written anew: other order of keys, other indentation, numbers in another form, comments."""
    for path in tracked(project, ".json"):
        project.write({path: json.dumps(turned(project.json(path)), indent=7, ensure_ascii=True)})
    for path in tracked(project, ".toml"):
        if path == "pyproject.toml":
            continue
        text = tomli_w.dumps(turned(project.toml(path)), multiline_strings=False)
        text = re.sub(r"(?m)(= )0\.0(\d+)$", lambda m: f"{m[1]}{float('0.0' + m[2]):e}", text)
        project.write({path: "# sorted by a formatter\n" + text})
    for path in tracked(project, "params.yaml"):
        value = yaml.safe_load(project.read(path))
        project.write({path: "# checked\n" + yaml.safe_dump(turned(value), sort_keys=False, indent=4, default_flow_style=None)})


def turned(value: Any) -> Any:  # noqa: ANN401 - whatever a file holds
    """The same tables with their keys in the opposite order; lists keep theirs."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(list(value))}
    return [turned(item) for item in value] if isinstance(value, list) else value


@harmless("OK-42")
def test_files_renamed(project: Target) -> None:
    """All test pictures renamed, their tables rebuilt, the digests the same."""
    rename(project, lambda name, k: f"exam-{k:05}", every=1, split="test")


@harmless("OK-42b")
def raw_files_renamed(project: Target) -> None:
    """Raw pictures of the test split renamed and the tables rebuilt; what was prepared keeps its name."""
    names = {}
    for k, row in enumerate(project.in_split("test")):
        picture = Path(row["path"])
        names[row["path"]] = picture.with_name(f"photo_{k:05}{picture.suffix}").as_posix()
        (project.root / "data/raw" / picture).rename(project.root / "data/raw" / names[row["path"]])
    for path in files(project, TABLES[:4]):
        rows = [renamed(row, path.rpartition("/")[0], names, {}) for row in project.rows(path)]
        write_rows(project, path, rows)
