"""`mlscaffold stage`: next, show, skip, sheet, reopen."""

from __future__ import annotations

from pathlib import Path

import typer

from mlscaffold.cli.console import say

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Sign the next stage, show one, leave one out, write its form, or open it again.",
)


@app.command("next")
def next_stage(
    stage: str = typer.Option("", "--stage", help="Sign this stage instead of the current one."),
    through: str = typer.Option("", "--through", help="Go on signing up to this stage, while each is proved."),
    who: str = typer.Option("", "--as", help="Who signs (default: the git user)."),
    role: str = typer.Option("", "--role", help="As what (default: the signer's one fitting role)."),
    confirm: list[str] = typer.Option([], "--confirm", help="Answer a checklist item (its id) with yes; can be repeated."),
    yes: bool = typer.Option(False, "--yes", help="Answer the whole checklist with yes; never a failing check."),
    accept_unknown: list[str] = typer.Option(
        [], "--accept-unknown", help="Sign although this check is unknown here; can be repeated."
    ),
    returned: Path = typer.Option(None, "--from", help="Sign with the answers of a returned sheet."),
    transcribed_by: str = typer.Option("", "--transcribed-by", help="Who brings the sheet in (default: the git user)."),
) -> None:
    """Check the current stage, sign it, open the next one."""
    if returned:
        from mlscaffold.cli.sheets import record

        others = {"--stage": stage, "--through": through, "--as": who, "--role": role, "--confirm": confirm, "--yes": yes}
        record(returned, transcribed_by, others=[name for name, value in others.items() if value])
        return
    from mlscaffold.cli.signing import sign_stages

    sign_stages(stage, through=through, who=who, role=role, confirmed=confirm, yes=yes, accepted=accept_unknown)


@app.command()
def show(stage: str = typer.Argument("", help="Number or name (default: the current stage).")) -> None:
    """Show what a stage wants, who signs it and how far it is."""
    from mlscaffold.project import open_project
    from mlscaffold.reports.pages import stage_page
    from mlscaffold.stages import find_stage
    from mlscaffold.workflows.check import check_project

    project = open_project()
    report = check_project(project)
    slug = find_stage(stage).slug if stage else (report.current or report.stages[-1].stage.slug)
    status = next(s for s in report.stages if s.stage.slug == slug)
    say(stage_page(status, report))


@app.command()
def skip(
    stage: str = typer.Argument(help="Number or name."),
    reason: str = typer.Option(..., "--reason", help="Why this project has no such stage."),
    owner: str = typer.Option("", "--owner", help="Who decided it (default: the git user)."),
    until: str = typer.Option("", "--until", help="When to look at it again (YYYY-MM-DD)."),
) -> None:
    """Leave a stage out, with a reason that every report shows."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.waive import skip as record

    path = record(open_project(), stage, reason=reason, owner=owner, until=until)
    say(f"Skipped: {path} (commit it)\nNext: mlscaffold status")


@app.command()
def sheet(
    stage: str = typer.Option("", "--stage", help="Number or name (default: the current stage)."),
    format_: str = typer.Option("html", "--format", help="html or docx."),
    output: Path = typer.Option(None, "--output", help="The file to write (default: PROJECT-NN-STAGE.html)."),
) -> None:
    """Write a form for a person who signs without a terminal."""
    from mlscaffold.cli.sheets import write

    write(stage, format_=format_, output=output)


@app.command()
def reopen(
    stage: str = typer.Argument(help="Number or name."),
    reason: str = typer.Option(..., "--reason", help="Why the sign-off does not hold any more."),
    who: str = typer.Option("", "--as", help="Who decided it (default: the git user)."),
) -> None:
    """Take the sign-off of a stage back, with a reason that every report shows."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.reopen import reopen as take_back

    path = take_back(open_project(), stage, reason=reason, who=who)
    say(f"Reopened: {path} (commit it)\nNext: mlscaffold status")
