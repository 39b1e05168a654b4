"""`mlscaffold apply`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlscaffold.cli.console import say

if TYPE_CHECKING:
    from mlscaffold.project import Project
    from mlscaffold.workflows.apply import Applied, Received

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
    received = workflow.receive(project, content, file.name, by=by)
    if received.asked.kind == "causes":
        _causes(project, received, correct=correct)
        return
    done = workflow.apply(project, received, correct=correct)
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


def _causes(project: Project, received: Received, *, correct: bool) -> None:
    """Count the causes on a sheet of mistakes, and print the paragraph that the document wants."""
    from mlscaffold.errors import UsageError
    from mlscaffold.reports.causes.md import render
    from mlscaffold.workflows.causes import WRONG_LABELS, sort_mistakes

    if correct:
        raise UsageError(
            "A sheet of causes says which labels are wrong, not which are right.",
            reference="nothing-to-correct",
            hint="Apply it without --correct, then: mlscaffold data relabel FILE",
        )
    done = sort_mistakes(project, received)
    say(f"causes, sorted by {done.by}: {len(done.looked)} of {len(done.asked.items)} mistakes looked at")
    if done.outdated:
        say(f"  {len(done.outdated)} are no mistakes of that table any more, and are left out: {done.outdated[0]}")
    if done.newer:
        say(f"  the sheet was made for checkpoint {done.asked.checkpoint[:12]}; the model is {done.newer[:12]} now")
    say("")
    say(render(done).rstrip())
    say("")
    say(f"The lines above are kept in {done.folder}/report.md: put them into docs/07-evaluation, each cause with its remedy.")
    wrong = f"{done.folder}/{WRONG_LABELS}"
    mend = wrong in done.written and done.labels is not None and done.labels.action != "leave"
    say(f"Next: mlscaffold data relabel {wrong}" if mend else "Next: mlscaffold check")
