"""`mlscaffold acceptance`: change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from mlscaffold.cli.console import say

if TYPE_CHECKING:
    from mlscaffold.workflows.acceptance import Ranking

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Record what became of the metric and the thresholds."""


@app.command()
def change(
    reason: str = typer.Option(..., "--reason", help="Why the targets changed."),
    who: str = typer.Option("", "--as", help="Who decided it (default: the git user)."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Rank the models anew, and record nothing."),
) -> None:
    """Record a change that you made in acceptance.toml, and rank all models under it, without training."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.acceptance import change as record

    project = open_project()
    done = record(project, reason=reason, who=who, dry_run=dry_run)
    for text in done.text:
        say(f"Changed: {text}")
    if done.after_test:
        count = len(done.seen)
        said = "a test result was" if count == 1 else f"{count} test results were"
        say(f"  {said} known when it was changed; every report says so.")
    for ranking in done.rankings:
        _show(ranking)
    project.save()
    if dry_run:
        say("Nothing was recorded.\nNext: mlscaffold acceptance change --reason WHY")
    else:
        say(f"Recorded: {done.path} (commit it with acceptance.toml)\nNext: mlscaffold stage next --stage problem")


def _show(ranking: Ranking) -> None:
    say(f"\nOn {ranking.what} ({ranking.models[0].n} pictures), by {ranking.metric}:")
    for place, model in enumerate(ranking.models, start=1):
        if model.p is None:
            test = ""
        elif model.p < 0.05:
            test = f"worse beyond chance (p {model.p:.3f})"
        else:
            test = f"not told apart from the first (p {model.p:.2f})"
        say(f"  {place}. {model.name}  {model.value:.3f} ({model.low:.3f} to {model.high:.3f})  {test}".rstrip())
    if ranking.left_out:
        say(f"  {ranking.left_out} more answered other pictures, so they are not ranked.")
    for run, command in ranking.behind:
        say(f"  Not ranked: {run}, which did not answer these pictures. First: {command}")
    if not ranking.before or ranking.before == ranking.winner:
        say("  The winner is the same as before.")
    else:
        say(f"  The winner changes: {ranking.before} was the best before, {ranking.winner} is now.")
