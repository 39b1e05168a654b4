"""`mlscaffold status`."""

from __future__ import annotations

import typer

from mlscaffold.cli.console import say, wants_colour, width
from mlscaffold.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def status(
    why: bool = typer.Option(False, "--why", help="Say for each stale stage which files made it so."),
    format_: str = typer.Option("text", "--format", help="text or json."),
) -> None:
    """Show the ten stages at a glance, and what is next."""
    from mlscaffold.project import open_project
    from mlscaffold.reports import text
    from mlscaffold.workflows.check import check_project
    from mlscaffold.workflows.release import production

    if format_ not in ("text", "json"):
        raise UsageError(f"No format {format_!r}", reference="no-such-format", hint="--format text or json")
    project = open_project()
    report = check_project(project)
    if format_ == "json":
        from mlscaffold.reports import json as machine

        say(machine.render(report).rstrip())
    elif why:
        from mlscaffold.reports import pages

        say(pages.why(report))
    else:
        turn = next((s.stage.roles[0] for s in report.stages if s.stage.slug == report.current), "")
        live = production(project)
        say(text.status(report, width=width(), colour=wants_colour(), production=live, turn=turn).rstrip("\n"), colour=True)
