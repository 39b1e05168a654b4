"""`mlscaffold research literature`: add."""

from __future__ import annotations

import sys

import typer

from mlscaffold.cli.console import say

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)
literature = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="The works in docs/references.bib."
)
app.add_typer(literature, name="literature")


@app.callback()
def _group() -> None:
    """Keep what stage 2 rests on."""


@literature.callback()
def _works() -> None:
    """The works in docs/references.bib."""


@literature.command()
def add(
    references: list[str] = typer.Argument(help="A DOI, an arXiv number, an address of one, a BibTeX or RIS file, or - (stdin)."),
    title: str = typer.Option("", "--title", help="Title, where only an identifier is given."),
    author: str = typer.Option("", "--author", help="Authors, separated by semicolons."),
    year: str = typer.Option("", "--year", help="Year."),
    venue: str = typer.Option("", "--venue", help="Journal or conference."),
    online: bool = typer.Option(False, "--online", help="Look an identifier up at doi.org or arxiv.org (default: no network)."),
) -> None:
    """Add works to docs/references.bib.

    One that is there already is recognised by DOI, arXiv number or title.
    """
    from mlscaffold.project import open_project
    from mlscaffold.workflows.add_literature import FILE, Told
    from mlscaffold.workflows.add_literature import add as add_works

    project = open_project()
    stdin = sys.stdin.read() if "-" in references else None
    done = add_works(project, references, told=Told(title, author, year, venue), online=online, stdin=stdin)
    for key, name in done.added:
        say(f"Added {key}: {name}")
    for what in done.merged:
        say(f"There already: {what}")
    for what in done.known:
        say(f"There already: {what}; nothing to add")
    for note in done.notes:
        say(f"  {note}")
    works = "1 work" if done.distinct == 1 else f"{done.distinct} different works"
    say(f"{FILE} names {works} (commit it with docs/02-research).\nNext: mlscaffold check --stage research")
