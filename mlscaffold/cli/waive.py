"""`mlscaffold waive`."""

from __future__ import annotations

import typer

from mlscaffold.cli.console import say

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def waive(
    check: str = typer.Argument(help="The check that is waived, for instance training.not-better-than-baseline."),
    reason: str = typer.Option(..., "--reason", help="Why, in a sentence."),
    until: str = typer.Option(..., "--until", help="The last day on which the waiver holds (YYYY-MM-DD)."),
    owner: str = typer.Option("", "--owner", help="Who answers for it (default: the git user)."),
) -> None:
    """Record a reasoned, dated exception to a check. It is shown in every report."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.waive import waive as record

    path = record(open_project(), check, reason=reason, until=until, owner=owner)
    say(f"Waived until {until}: {path} (commit it)\nNext: mlscaffold check")
