"""`mlscaffold release`."""

from __future__ import annotations

import typer

from mlscaffold.cli.console import say

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def release(
    note: str = typer.Option("", "--note", help="A sentence about this release."),
    who: str = typer.Option("", "--as", help="Who releases it (default: the git user)."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be released, and write nothing."),
) -> None:
    """Freeze what goes live: model, data, evaluation and exports, by their digests. Later changes never make it stale."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.release import freeze
    from mlscaffold.workflows.release import release as record

    project = open_project()
    frozen = (freeze if dry_run else record)(project, note=note, who=who)
    result = frozen.table["result"]
    numbers = (
        f"{result['metric']} {result['value']:.3f} ({result['low']:.3f} to {result['high']:.3f}) on {result['n']} test pictures"
    )
    say(f"Release {frozen.number}, round {frozen.table['round']}: {numbers}")
    for name, digest in frozen.table["digests"].items():
        say(f"  {name:18} {digest[:19]}")
    if frozen.over:
        say(f"  Released over {', '.join(frozen.over)}, not signed or stale; the record says so.")
    if frozen.against:
        say(frozen.against.text)
    project.save()
    if dry_run:
        say("Nothing was written.\nNext: mlscaffold release")
    else:
        say(f"Released: {frozen.path} (commit it)\nNext: mlscaffold round start --because WHY")
