"""`mlscaffold report`."""

from __future__ import annotations

from pathlib import Path

import typer

from mlscaffold.cli.console import say
from mlscaffold.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False)
FORMATS = ("html", "md", "docx", "xlsx", "json")


@app.command()
def report(
    format_: str = typer.Option("html", "--format", help="html, md, docx, xlsx or json."),
    output: Path = typer.Option(
        None, "--output", help="The file to write (default: report.html, report.md …; json goes to the terminal)."
    ),
) -> None:
    """Write a report: where the project stands, what was measured, who signed what."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.report import gather
    from mlscaffold.writing import write_bytes

    if format_ not in FORMATS:
        raise UsageError(f"No format {format_!r}", reference="no-such-format", hint=f"--format {', '.join(FORMATS)}")
    project = open_project()
    data = _render(format_, gather(project))
    if output is None and format_ == "json":
        say(data.decode().rstrip())
        return
    target = output or project.root / f"report.{format_}"
    write_bytes(target, data)
    say(f"Wrote {target}")


def _render(format_: str, content: object) -> bytes:
    from importlib import import_module

    renderer = import_module(f"mlscaffold.reports.{format_}")
    rendered: bytes | str = renderer.render(content.report if format_ == "json" else content)  # type: ignore[attr-defined]
    return rendered.encode() if isinstance(rendered, str) else rendered
