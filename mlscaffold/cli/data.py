"""`mlscaffold data`: look at data, bring it in, measure it, split it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mlscaffold.cli import data_answers as answers
from mlscaffold.cli import data_changes, data_forget, data_look, data_scan, data_sheets, data_version
from mlscaffold.cli.console import counter
from mlscaffold.cli.data_root import data_root

app = typer.Typer(
    name="data", help="Look at data, bring it in, measure it, split it.", no_args_is_help=True, rich_markup_mode=None
)


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
    extra: Annotated[bool, typer.Option("--extra", help="Data to learn more from and never to measure on.")] = False,
    weight: Annotated[float | None, typer.Option(help="With --extra: what a picture counts beside your own, 0 to 1.")] = None,
    batch: Annotated[
        str, typer.Option(help="Sub-folder of what is new in a source that is known; by default today's date.")
    ] = "",
    labels: Annotated[
        str, typer.Option(help="keep: a label corrected here stays; take: the data set's is written over it.")
    ] = "keep",
    link: Annotated[bool, typer.Option("--link", help="Leave the pictures where they are, and link them.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    output: Annotated[str, typer.Option("--format", help="text or json; the name of a format is taken too.")] = "text",
    no_input: NoInput = False,
) -> None:
    """Copy a data set into data/raw, with annotation files, source.toml and manifest; of a known source, what is new."""
    from mlscaffold.workflows.import_data import import_data

    # `--format` names the data set's format in the contract, and the answer's elsewhere: the two share no word.
    if output not in (Format.TEXT, Format.JSON):
        layout, output = output, Format.TEXT
    given = {"licence": licence, "origin": origin, "collected": collected, "collected_by": collected_by, "method": method}
    done = import_data(
        data_root(),
        path,
        source=source,
        format=layout,
        label_from=label_from,
        fields=given,
        extra=extra,
        weight=weight,
        batch=batch,
        labels=labels,
        link=link,
        dry_run=dry_run,
        progress=counter("copied"),
    )
    _print(answers.import_json(done) if output == Format.JSON else answers.import_text(done))


app.command("scan")(data_scan.scan)


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

    done = export_data(path, output, format=target, source=source, progress=counter("copied"))
    _print(export_json(done) if as_json else export_text(done))


@app.command("stats")
def stats(output: Output = Format.TEXT, no_input: NoInput = False) -> None:
    """Count, measure and plot the collection; writes reports/collection/statistics.json."""
    from mlscaffold.workflows.data_stats import data_stats

    done = data_stats(data_root(), progress=counter("read"))
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
    folds: Annotated[
        int | None, typer.Option(help="Number train and validation from 1 to this, for cross-validation; 0 takes it back.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another number deals new rows otherwise.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Start anew: rows that have a split lose it.")] = False,
    keep_original: Annotated[
        bool, typer.Option("--keep-original", help="Follow the splits that the data set came with.")
    ] = False,
    named: Annotated[
        str, typer.Option("--named", help="Make a test set with a name (night: the split test-night) of what --where selects.")
    ] = "",
    extend: Annotated[str, typer.Option("--extend", help="Deal new pictures, and only them, to this test set.")] = "",
    replace: Annotated[
        str, typer.Option("--replace", help="Draw this test set anew, of pictures that were never trained on.")
    ] = "",
    where: Annotated[
        str, typer.Option(help='Its pictures: a column of the annotations, source or group; "source=iphone; light=night".')
    ] = "",
    taken_from: Annotated[
        list[str] | None,
        typer.Option("--from", help="Take its pictures from this split too: test; validation where a set is replaced."),
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="How many pictures are dealt to it.")] = None,
    old: Annotated[
        str, typer.Option(help="Where a replaced set goes: keep (as test-v1, the default), validation, eyeball or train.")
    ] = "",
    reason: Annotated[
        str, typer.Option(help="Why a test set changes: distribution, overfitted, metric, or a sentence of your own.")
    ] = "",
    who: Annotated[str, typer.Option("--as", help="Who changes a test set (default: the git user).")] = "",
    output: Output = Format.TEXT,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask for the reason.")] = False,
) -> None:
    """Deal rows into train, validation, eyeball and test (extra sources: train and augmented); a row that has a split keeps it.

    Or make, extend or replace one test set.
    """
    from mlscaffold.cli import data_tests
    from mlscaffold.workflows.split_data import split_data

    sources = tuple(taken_from or ())
    wish = data_tests.Wish(named, extend, replace, where, sources, count, old, reason, who, seed)
    root = data_root()
    as_needed = shares == "needed"
    if wish.concerns:
        dealing = {
            "--time": time,
            "--again": again,
            "--keep-original": keep_original,
            "--group": group,
            "--folds": folds is not None,
        }
        _refuse_together(wish.concerns, dealing)
        share = _shares(shares).get("test") if shares and not as_needed else None
        changed = data_tests.change(root, wish, share=share, ask=not no_input and output is Format.TEXT)
        form = data_tests.as_json if output is Format.JSON else data_tests.text
        _print(form(changed, _package(root), data_tests.then(root)))
        return
    done = split_data(
        root,
        shares=_shares(shares) if shares and not as_needed else None,
        as_needed=as_needed,
        group=group,
        time=time,
        folds=folds,
        seed=seed,
        again=again,
        keep_original=keep_original,
        reason=reason,
        progress=counter("read"),
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
    revision: Annotated[str, typer.Argument(help="A commit, branch or tag, or a named version of the data.")] = "HEAD",
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

    project = open_project(data_root())
    found = data_diff(project, revision)
    module = import_module(f"mlscaffold.reports.diff.{form.value}")
    told = module.render(found, picture=partial(picture_of, project)) if form is Form.HTML else module.render(found)
    target = output or (Path("data-diff.html") if form is Form.HTML else None)
    if target is None:
        typer.echo(told, nl=False)
    else:
        write_text(target, told)
        typer.echo(f"Wrote {target}")


app.command("look")(data_look.look)
app.command("spot-check")(data_sheets.spot_check)
app.command("causes")(data_sheets.causes)
app.command("human-level")(data_sheets.human_level)
app.command("relabel")(data_sheets.relabel)
app.command("review")(data_sheets.review)
app.command("link")(data_changes.link)
app.command("dedupe")(data_changes.dedupe)
app.command("version")(data_version.version)
app.command("forget")(data_forget.forget)


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


def _refuse_together(option: str, others: dict[str, object]) -> None:
    """Raise where an option is given with others that it does not go with."""
    from mlscaffold.errors import UsageError

    for name, value in others.items():
        if value:
            raise UsageError(f"{name} deals all splits: it does not go with {option}.", reference="options-conflict")


def _print(lines: Iterable[str] | dict[str, Any]) -> None:
    """Print lines, or a JSON object."""
    if isinstance(lines, dict):
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            typer.echo(line)
