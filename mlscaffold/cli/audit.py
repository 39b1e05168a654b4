"""`mlscaffold audit`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlscaffold.cli.console import counter, is_terminal, say, wants_colour, width

if TYPE_CHECKING:
    from mlscaffold.evidence.roles import Roles, Unclear
    from mlscaffold.reports.audit.content import Audit

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Format(StrEnum):
    """How the audit is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


@app.command()
def audit(
    predictions: Path = typer.Argument(help="A CSV or TSV with labels and predictions, gzip too."),
    train: Path = typer.Option(None, "--train", help="What the model was trained on: a CSV, a list of paths, or a folder."),
    images: Path = typer.Option(None, "--images", help="The folder that the paths start in: pictures are compared too."),
    looks: int = typer.Option(1, "--looks", help="How many models were measured on these rows before this one was chosen."),
    label: str = typer.Option("", "--label", help="Column of the true class."),
    prediction: str = typer.Option("", "--prediction", help="Column of the predicted class."),
    path: str = typer.Option("", "--path", help="Column that names the example: a file or an id."),
    text: str = typer.Option("", "--text", help="Column of the text, where examples are texts."),
    group: str = typer.Option("", "--group", help="Column of what hangs together: patient, video, customer."),
    probability: list[str] = typer.Option([], "--probability", help="Column of a class's probability; give it once a class."),
    score: str = typer.Option("", "--score", help="Column of one score: a confidence, or the probability of the positive class."),
    positive: str = typer.Option("", "--positive", help="The class whose probability the score is."),
    format_: Format = typer.Option(Format.TEXT, "--format", help="text, json or html."),
    output: Path = typer.Option(None, "--output", help="The file to write (html: audit.html by default)."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask for a column."),
) -> None:
    """Is this number real? Audit any table of predictions; exit code 1 if something makes its number wrong."""
    from mlscaffold.evidence.roles import Roles

    given = Roles(
        label=label,
        prediction=prediction,
        path=path,
        text=text,
        group=group,
        score=score,
        positive=positive,
        probabilities=tuple(("", column) for column in probability),
    )
    found = _asking(predictions, given, train=train, images=images, looks=looks, ask=is_terminal() and not no_input)
    _write(found, format_, output)
    if not found.holds:
        raise typer.Exit(1)


def _asking(predictions: Path, given: Roles, *, train: Path | None, images: Path | None, looks: int, ask: bool) -> Audit:
    """The audit; a column that is not recognised is asked for where somebody can answer."""
    from mlscaffold.evidence.roles import Unclear, assign
    from mlscaffold.workflows.audit import audit as run

    while True:
        try:
            return run(predictions, train=train, images=images, looks=looks, columns=given, progress=counter("pictures read"))
        except Unclear as unclear:
            if not ask:
                raise
            given = assign(given, unclear.role, _choose(unclear))


def _choose(unclear: Unclear) -> str:
    import questionary

    return str(questionary.select(f"Which column holds the {unclear.role}?", choices=list(unclear.candidates)).unsafe_ask())


def _write(found: Audit, kind: Format, output: Path | None) -> None:
    from importlib import import_module

    from mlscaffold.writing import write_text

    if kind is Format.TEXT and output is None:
        from mlscaffold.reports.audit.text import render

        say(render(found, width=width(), colour=wants_colour()).rstrip("\n"), colour=True)
        return
    rendered: str = import_module(f"mlscaffold.reports.audit.{kind.value}").render(found)
    if kind is Format.JSON and output is None:
        typer.echo(rendered, nl=False)
        return
    target = output or Path("audit.html")
    write_text(target, rendered)
    say(found.verdict)
    say(f"Wrote {target}")
