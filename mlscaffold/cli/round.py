"""`mlscaffold round`: start."""

from __future__ import annotations

import typer

from mlscaffold.cli.console import say

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Turn the loop: data, model, evaluation, production, and again."""


@app.command()
def start(
    because: str = typer.Option(..., "--because", help="Why: a sentence, or a file of the project that tells it."),
    who: str = typer.Option("", "--as", help="Who opens it (default: the git user)."),
) -> None:
    """Open the next round. What did not move stays signed; what moves is signed again in this round."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.release import production
    from mlscaffold.workflows.round import start_round

    path = start_round(open_project(), because, who=who)
    say(f"Opened: {path} (commit it)\nIn production: {production(open_project())}\nNext: mlscaffold status")
