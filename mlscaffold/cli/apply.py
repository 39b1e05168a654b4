"""`mlscaffold apply`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlscaffold.cli.console import say

if TYPE_CHECKING:
    from mlscaffold.workflows.apply import Applied

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def apply(
    file: Path = typer.Argument(help="What came back: the CSV that the page saved, or the workbook."),
    *,
    by: str = typer.Option("", "--by", help="Who answered; by default the git user."),
    correct: bool = typer.Option(False, "--correct", help="Also write the labels that a spot check found wrong."),
) -> None:
    """Take back a sheet on which a person judged pictures: its answers are kept, and what they mean is said."""
    from mlscaffold.errors import ScaffoldError
    from mlscaffold.project import open_project
    from mlscaffold.reports.content import clean
    from mlscaffold.workflows import apply as workflow

    try:
        content = file.read_bytes()
    except OSError as problem:
        raise ScaffoldError(f"{file} cannot be read: {problem.strerror}.", reference="unreadable-file") from problem
    project = open_project()
    done = workflow.apply(project, content, file.name, by=by, correct=correct)
    say(f"{done.asked.kind}, answered by {done.by}: {len(done.judged)} of {len(done.asked.items)} decided")
    say(f"  {clean(done.verdict)}")
    for (was, now), count in done.pairs[:6]:
        say(f"    {clean(was)} → {clean(now)}  {count}")
    if done.unsure:
        say(f"  {done.unsure} cannot be told")
    if done.outdated:
        say(f"  {len(done.outdated)} changed since the sheet was made, and are left out: {done.outdated[0]}")
    for who, n, value in done.agreement:
        say(f"  with {who}: {n} in common" + (f", kappa {value:.2f}" if value is not None else ""))
    if done.relabelled:
        say(f"  {len(done.relabelled)} labels written; look at them: mlscaffold data diff")
    say(f"  written: {', '.join(done.written)}")
    say("")
    say(_next(done))


def _next(done: Applied) -> str:
    """The command that follows."""
    kind = done.asked.kind
    if kind == "human-level" and done.judged:
        n, share = len(done.judged), done.share
        return f'Next: into acceptance.toml:\n[human]\nmetric = "accuracy"\nvalue = {share:.4f}\nn = {n}\nby = "{done.by}"'
    if kind == "review":
        return "Next: mlscaffold data import data/review/labels.csv --source review"
    if done.relabelled:
        return "Next: mlscaffold data split, which refreshes the labels"
    return "Next: mlscaffold data relabel FILE" if done.pairs else "Next: mlscaffold check"
