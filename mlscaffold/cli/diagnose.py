"""`mlscaffold diagnose`."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict

import typer

from mlscaffold.cli.console import say, width
from mlscaffold.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def diagnose(format_: str = typer.Option("text", "--format", help="text or json.")) -> None:
    """Say the one thing that holds the project back most now, why, and what to do next."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.diagnose import diagnose_project

    if format_ not in ("text", "json"):
        raise UsageError(f"No format {format_!r}", reference="no-such-format", hint="--format text or json")
    project = open_project()
    found = diagnose_project(project)
    project.save()
    if format_ == "json":
        say(json.dumps({"schema": 1, **asdict(found)}, ensure_ascii=False, indent=2))
        return
    say(f"{found.headline}.")
    for line in textwrap.wrap(found.reason, min(width(), 100), initial_indent="  ", subsequent_indent="  "):
        say(line)
    say(f"Next: {found.command}")
