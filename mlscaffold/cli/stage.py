"""`mlscaffold stage`: next, show, skip."""

from __future__ import annotations

import typer

from mlscaffold.cli.console import say

app = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Sign the next stage, show one, or leave one out."
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
) -> None:
    """Check the current stage, sign it, open the next one."""
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
