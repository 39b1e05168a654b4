"""`mlscaffold demo`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import typer

from mlscaffold.cli.console import printable, say, width

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def demo(
    folder: Path = typer.Argument(Path("digits-demo"), help="Where to create the project."),
    fast: bool = typer.Option(False, "--fast", help="Fewer epochs and trials; never fewer stages."),
) -> None:
    """Lead a small project through all ten stages, for real: about four minutes on two cores."""
    from mlscaffold.project import open_project
    from mlscaffold.reports import html
    from mlscaffold.workflows.demo import demo as lead
    from mlscaffold.workflows.demo import summary
    from mlscaffold.workflows.report import gather
    from mlscaffold.writing import write_bytes

    target = folder.absolute()
    run = lead(target, fast=fast, say=say, show=_progress())
    page = target / "report.html"
    rendered: bytes | str = html.render(gather(open_project(target)))
    write_bytes(page, rendered.encode() if isinstance(rendered, str) else rendered)
    say(f"\n{summary(run)}\nProject: {target}\nReport:  {page}\nNext: cd {folder} && mlscaffold status")


def _progress() -> Callable[[str], None]:
    """What shows a line in the place of the one before, on a terminal only; an empty one clears the place."""
    if not sys.stdout.isatty():
        return lambda line: None

    def show(line: str) -> None:
        sys.stdout.write(f"\r\x1b[K{printable(line)[: width() - 1]}")
        sys.stdout.flush()

    return show
