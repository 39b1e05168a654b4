"""`mlscaffold data`: bring data in, measure it, split it."""

from __future__ import annotations

import contextlib
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
    path: Annotated[Path, typer.Argument(help="A folder with a folder a class, or a CSV or TSV with paths and labels.")],
    *,
    source: Annotated[str, typer.Option(help="Name of the source; by default from the path.")] = "",
    layout: Annotated[str, typer.Option("--layout", help="class-folders or csv-list; recognised by default.")] = "",
    licence: Annotated[str, typer.Option(help="Licence, for source.toml.")] = "",
    origin: Annotated[str, typer.Option(help="Address, system or person it comes from.")] = "",
    collected: Annotated[str, typer.Option(help="Date, or from … to …")] = "",
    collected_by: Annotated[str, typer.Option(help="Who collected it.")] = "",
    method: Annotated[str, typer.Option(help="own, api, download, scraped or generated.")] = "",
    output: Annotated[str, typer.Option("--format", help="text or json; the name of a layout is taken too.")] = "text",
    no_input: NoInput = False,
) -> None:
    """Copy a data set into data/raw, with annotation files, source.toml and manifest."""
    from mlscaffold.workflows.import_data import import_data

    # `--format` names the data set's format in the contract, and the answer's elsewhere: the two share no word.
    if output not in (Format.TEXT, Format.JSON):
        layout, output = output, Format.TEXT
    given = {"licence": licence, "origin": origin, "collected": collected, "collected_by": collected_by, "method": method}
    done = import_data(_root(), path, source=source, format=layout, fields=given, progress=_progress("copied"))
    _print(answers.import_json(done) if output == Format.JSON else answers.import_text(done))


@app.command("stats")
def stats(output: Output = Format.TEXT, no_input: NoInput = False) -> None:
    """Count, measure and plot the collection; writes reports/collection/statistics.json."""
    from mlscaffold.workflows.data_stats import data_stats

    done = data_stats(_root(), progress=_progress("read"))
    _print(answers.stats_json(done) if output is Format.JSON else answers.stats_text(done))


@app.command("split")
def split(
    *,
    shares: Annotated[
        str,
        typer.Option(
            help="For example train=0.6,validation=0.15,eyeball=0.05,test=0.2 (the default); needed: what acceptance.toml asks for."
        ),
    ] = "",
    group: Annotated[str, typer.Option(help="Column of the annotations: rows of one value stay in one split.")] = "",
    time: Annotated[
        str, typer.Option(help="Column of the annotations with dates or numbers: the newest rows are the test set.")
    ] = "",
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
    as_needed = shares == "needed"
    done = split_data(
        root,
        shares=_shares(shares) if shares and not as_needed else None,
        as_needed=as_needed,
        group=group,
        time=time,
        seed=seed,
        again=again,
        keep_original=keep_original,
        progress=_progress("read"),
    )
    _print(answers.split_json(done) if output is Format.JSON else answers.split_text(done, _package(root)))


class Form(StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    MD = "md"
    JSON = "json"
    HTML = "html"


@app.command("diff")
def diff(
    revision: Annotated[str, typer.Argument(help="A commit, branch or tag.")] = "HEAD",
    *,
    form: Annotated[
        Form, typer.Option("--format", help="text; md for a pull request; json; html with the pictures.")
    ] = Form.TEXT,
    output: Annotated[Path | None, typer.Option(help="The file to write (html: data-diff.html by default).")] = None,
) -> None:
    """Compare the data with those of a commit: labels from class to class, what came, went, moved or was renamed."""
    from functools import partial
    from importlib import import_module

    from mlscaffold.project import open_project
    from mlscaffold.workflows.data_diff import data_diff, picture_of
    from mlscaffold.writing import write_text

    project = open_project(_root())
    found = data_diff(project, revision)
    module = import_module(f"mlscaffold.reports.diff.{form.value}")
    told = module.render(found, picture=partial(picture_of, project)) if form is Form.HTML else module.render(found)
    target = output or (Path("data-diff.html") if form is Form.HTML else None)
    if target is None:
        typer.echo(told, nl=False)
    else:
        write_text(target, told)
        typer.echo(f"Wrote {target}")


@app.command("sizes")
def sizes(
    *,
    error: Annotated[
        float | None, typer.Option(help="The error that you tolerate, 0 to 1; by default of acceptance.toml.")
    ] = None,
    expected: Annotated[
        float | None, typer.Option(help="The value that you expect of the metric; by default its threshold, else 0.9.")
    ] = None,
    total: Annotated[int | None, typer.Option(help="Labelled pictures; by default those that are there.")] = None,
    output: Output = Format.TEXT,
) -> None:
    """Explain how large test, validation and eyeball have to be, and what your data allow."""
    from mlscaffold.places import NoProject, find_root
    from mlscaffold.workflows.data_sizes import data_sizes

    root = None
    with contextlib.suppress(NoProject):  # the arithmetic needs no project
        root = find_root(Path.cwd())
    done = data_sizes(root, error=error, expected=expected, total=total)
    _print(answers.sizes_json(done) if output is Format.JSON else answers.sizes_text(done))


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
