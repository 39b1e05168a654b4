"""`mlscaffold check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlscaffold.cli.console import say, wants_colour, width
from mlscaffold.errors import UsageError

if TYPE_CHECKING:
    from mlscaffold.kept import Kept
    from mlscaffold.workflows.check import Options

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
    lists: Path = typer.Option(None, "--lists", help="Write all pictures of each finding, one path a line, into this folder."),
) -> None:
    """Prove everything that can be proved now. Exit 1 on a finding that counts."""
    from mlscaffold.kept import Kept
    from mlscaffold.places import find_root

    if staged and since:
        raise UsageError("--staged and --since exclude each other", reference="usage", hint="Name one of them.")
    if format_ not in ("text", "json"):
        raise UsageError(f"No format {format_!r}", reference="no-such-format", hint="--format text or json")
    root = find_root(Path.cwd())
    colour = wants_colour() and output is None
    kept = None
    if not (staged or since or deep or no_cache or lists):
        kept = Kept(root, ("check", stage, str((all_, strict, colour, width() if format_ == "text" else 0)), format_))
    if kept and kept.answer:
        code, shown = kept.answer
    else:
        options = _options(root, stage=stage, everything=all_, staged=staged, since=since, deep=deep)
        code, shown = _fresh(
            options, staged=staged, use_cache=not no_cache, strict=strict, format_=format_, colour=colour, kept=kept, lists=lists
        )
    if output:
        from mlscaffold.writing import write_text

        write_text(output, shown + "\n")
        say(f"Wrote {output}")
    else:
        say(shown, colour=True)
    raise typer.Exit(code)


def _options(root: Path, *, stage: str, everything: bool, staged: bool, since: str, deep: bool) -> Options:
    from mlscaffold import git
    from mlscaffold.stages import find_stage
    from mlscaffold.workflows.check import Options

    paths = None
    if staged or since:
        git.need_repository(root)
        paths = tuple(git.staged_paths(root) if staged else git.changed_since(since, root))
    return Options(stage=find_stage(stage).slug if stage else "", everything=everything, deep=deep, paths=paths)


def _fresh(
    options: Options,
    *,
    staged: bool,
    use_cache: bool,
    strict: bool,
    format_: str,
    colour: bool,
    kept: Kept | None,
    lists: Path | None,
) -> tuple[int, str]:
    """Exit code and text of a new run; kept for the next one where it may be."""
    from dataclasses import replace

    from mlscaffold.project import open_project
    from mlscaffold.workflows.check import check_project, is_ok

    project = open_project(staged=staged, use_cache=use_cache)
    report = check_project(project, options)

    if lists:
        from mlscaffold.workflows.lists import write_lists

        written = write_lists(report, lists)
        typer.echo(f"Wrote {len(written)} list{'s' * (len(written) != 1)} of pictures into {lists}", err=True)

    def shown(seconds: float) -> str:
        timed = replace(report, seconds=seconds)
        if format_ == "json":
            from mlscaffold.reports import json

            return json.render(timed).rstrip("\n")
        from mlscaffold.reports import text

        everything = options.everything or bool(options.stage)
        return text.render(timed, width=width(), colour=colour, everything=everything).rstrip("\n")

    code = 0 if is_ok(report, strict=strict) else 1
    if kept:
        kept.keep(project.noted, code=code, text=shown(0.0), outside=project.outside)
    return code, shown(report.seconds)
