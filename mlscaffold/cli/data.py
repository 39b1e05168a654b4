"""`mlscaffold data`: bring data in, measure it, split it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mlscaffold.cli import data_answers as answers

app = typer.Typer(name="data", help="Bring data in, measure it, split it.", no_args_is_help=True, rich_markup_mode=None)


class Format(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    JSON = "json"


NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask. These commands ask nothing today.")]
Output = Annotated[Format, typer.Option("--format", help="How the answer is printed.")]


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A folder, a list or a zip, in any format of docs/reference/formats.md.")],
    *,
    source: Annotated[str, typer.Option(help="Name of the source; by default from the path.")] = "",
    layout: Annotated[
        str, typer.Option("--from", "--layout", help="Its format: coco, yolo, csv-list …; recognised by default.")
    ] = "",
    label_from: Annotated[
        str, typer.Option("--label-from", help="boxes: take the class of a picture from its objects where all agree.")
    ] = "",
    licence: Annotated[str, typer.Option(help="Licence, for source.toml.")] = "",
    origin: Annotated[str, typer.Option(help="Address, system or person it comes from.")] = "",
    collected: Annotated[str, typer.Option(help="Date, or from … to …")] = "",
    collected_by: Annotated[str, typer.Option(help="Who collected it.")] = "",
    method: Annotated[str, typer.Option(help="own, api, download, scraped or generated.")] = "",
    output: Annotated[str, typer.Option("--format", help="text or json; the name of a format is taken too.")] = "text",
    no_input: NoInput = False,
) -> None:
    """Copy a data set into data/raw, with annotation files, source.toml and manifest."""
    from mlscaffold.workflows.import_data import import_data

    # `--format` names the data set's format in the contract, and the answer's elsewhere: the two share no word.
    if output not in (Format.TEXT, Format.JSON):
        layout, output = output, Format.TEXT
    given = {"licence": licence, "origin": origin, "collected": collected, "collected_by": collected_by, "method": method}
    done = import_data(
        _root(), path, source=source, format=layout, label_from=label_from, fields=given, progress=_progress("copied")
    )
    _print(answers.import_json(done) if output == Format.JSON else answers.import_text(done))


@app.command("export")
def export(
    path: Annotated[Path, typer.Argument(help="A project, or a data set: a folder, a list, a zip.")],
    *,
    target: Annotated[str, typer.Option("--format", help="Format to write; docs/reference/formats.md lists them.")],
    output: Annotated[Path, typer.Option(help="A new or empty folder.")],
    source: Annotated[str, typer.Option("--from", help="Format of the data set; recognised by default.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    no_input: NoInput = False,
) -> None:
    """Write data in another format, with its pictures; says what that format cannot hold."""
    from mlscaffold.cli.data_export import export_json, export_text
    from mlscaffold.workflows.export_data import export_data

    done = export_data(path, output, format=target, source=source, progress=_progress("copied"))
    _print(export_json(done) if as_json else export_text(done))


@app.command("stats")
def stats(output: Output = Format.TEXT, no_input: NoInput = False) -> None:
    """Count, measure and plot the collection; writes reports/collection/statistics.json."""
    from mlscaffold.workflows.data_stats import data_stats

    done = data_stats(_root(), progress=_progress("read"))
    _print(answers.stats_json(done) if output is Format.JSON else answers.stats_text(done))


@app.command("split")
def split(
    *,
    shares: Annotated[str, typer.Option(help="For example train=0.6,validation=0.15,eyeball=0.05,test=0.2 (the default).")] = "",
    seed: Annotated[int, typer.Option(help="Another number deals new rows otherwise.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Start anew: rows that have a split lose it.")] = False,
    keep_original: Annotated[
        bool, typer.Option("--keep-original", help="Follow the splits that the data set came with.")
    ] = False,
    output: Output = Format.TEXT,
    no_input: NoInput = False,
) -> None:
    """Deal rows into train, validation, eyeball and test; a row that has a split keeps it."""
    from mlscaffold.workflows.split_data import split_data

    root = _root()
    wanted = _shares(shares) if shares else None
    done = split_data(root, shares=wanted, seed=seed, again=again, keep_original=keep_original, progress=_progress("read"))
    _print(answers.split_json(done) if output is Format.JSON else answers.split_text(done, _package(root)))


def _root() -> Path:
    """The project that this folder lies in."""
    from mlscaffold.errors import UsageError

    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "mlscaffold.toml").is_file():
            return folder
    raise UsageError(f"{here} lies in no project: there is no mlscaffold.toml.", reference="no-project", hint="mlscaffold new")


def _package(root: Path) -> str:
    """The name of the project's package, for the next command."""
    import tomllib

    try:
        return str(tomllib.loads((root / "mlscaffold.toml").read_text(encoding="utf-8-sig")).get("package", "PACKAGE"))
    except (OSError, ValueError):
        return "PACKAGE"


def _shares(text: str) -> dict[str, float]:
    """The shares that an option names."""
    from mlscaffold.errors import UsageError

    try:
        pairs = [part.split("=") for part in text.split(",")]
        return {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        raise UsageError(
            f'"{text}" names no shares.', reference="shares-syntax", hint="For example --shares train=0.7,validation=0.1,test=0.2"
        ) from None


def _progress(verb: str) -> Callable[[int, int], None] | None:
    """A line that counts, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\r\x1b[K" if done >= total else ""
        sys.stderr.write(f"\r{done} of {total} {verb}{end}")
        sys.stderr.flush()

    return show


def _print(lines: Iterable[str] | dict[str, Any]) -> None:
    """Print lines, or a JSON object."""
    if isinstance(lines, dict):
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            typer.echo(line)
