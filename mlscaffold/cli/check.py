"""`mlscaffold check`."""

from __future__ import annotations

from pathlib import Path

import typer

from mlscaffold.cli.console import say, wants_colour, width
from mlscaffold.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def check(
    stage: str = typer.Option("", "--stage", help="Only this stage (number or name)."),
    all_: bool = typer.Option(False, "--all", help="Let the findings of stages ahead count too."),
    staged: bool = typer.Option(False, "--staged", help="Check what is staged in git: the checks that the staged files concern."),
    since: str = typer.Option("", "--since", help="Only the checks that the files changed since this git revision concern."),
    deep: bool = typer.Option(False, "--deep", help="Run the deep checks too, in the project's own environment."),
    strict: bool = typer.Option(False, "--strict", help="Fail on unknown and on warnings as well."),
    no_cache: bool = typer.Option(False, "--no-cache", help="Compute everything anew."),
    format_: str = typer.Option("text", "--format", help="text or json."),
    output: Path = typer.Option(None, "--output", help="Write to this file instead of the terminal."),
) -> None:
    """Prove everything that can be proved now. Exit 1 on a finding that counts."""
    from mlscaffold import git
    from mlscaffold.places import find_root
    from mlscaffold.project import open_project
    from mlscaffold.reports import json as machine
    from mlscaffold.reports import text
    from mlscaffold.stages import find_stage
    from mlscaffold.workflows.check import Options, check_project, is_ok

    if staged and since:
        raise UsageError("--staged and --since exclude each other", reference="usage", hint="Name one of them.")
    if format_ not in ("text", "json"):
        raise UsageError(f"No format {format_!r}", reference="no-such-format", hint="--format text or json")
    if staged or since:
        git.need_repository(find_root(Path.cwd()))
    project = open_project(staged=staged, use_cache=not no_cache)
    slug = find_stage(stage).slug if stage else ""
    paths = None
    if staged:
        paths = tuple(git.staged_paths(project.root))
    elif since:
        paths = tuple(git.changed_since(since, project.root))
    report = check_project(project, Options(stage=slug, everything=all_, deep=deep, paths=paths))
    if format_ == "json":
        shown = machine.render(report)
    else:
        colour = wants_colour() and output is None
        shown = text.render(report, width=width(), colour=colour, everything=all_ or bool(stage))
    if output:
        from mlscaffold.writing import write_text

        write_text(output, shown.rstrip("\n") + "\n")
        say(f"Wrote {output}")
    else:
        say(shown.rstrip("\n"), colour=True)
    raise typer.Exit(0 if is_ok(report, strict=strict) else 1)
