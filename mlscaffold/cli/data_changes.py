"""The commands of `mlscaffold data` for data that change: linked, withdrawn, rid of duplicates, named."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mlscaffold.cli.console import counter, say
from mlscaffold.cli.data_root import data_root


class Format(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    JSON = "json"


Output = Annotated[Format, typer.Option("--format", help="How the answer is printed.")]


def link(
    source: Annotated[str, typer.Argument(help="A source; by default all that were declared on this machine.")] = "",
    folder: Annotated[
        Path | None, typer.Argument(help="Where its pictures lie: a NAS, a mounted disk, a checkout of DVC.")
    ] = None,
    *,
    output: Output = Format.TEXT,
) -> None:
    """Link pictures that are listed and not here to where they lie on this machine, found by content."""
    from dataclasses import asdict

    from mlscaffold.datasets.links import LINKS
    from mlscaffold.workflows.link_data import is_shared, link_data

    root = data_root()
    done = link_data(root, source, folder, progress=counter("looked for"))
    if output is Format.JSON:
        typer.echo(json.dumps({"schema": 1, "sources": [asdict(one) for one in done]}, ensure_ascii=False, indent=2))
        return
    for one in done:
        say(f"{one.source}: {one.linked} linked into {one.folder}, {one.here} here already")
        if one.missing:
            say(f"  {len(one.missing)} not found there: {', '.join(one.missing[:3])}{' …' * (len(one.missing) > 3)}")
    if not done:
        say("No source is linked on this machine. One is with: mlscaffold data link SOURCE FOLDER")
    elif is_shared(root):
        say(f"  {LINKS} names folders of this machine; let git ignore it: add that line to .gitignore")
    say("Next: mlscaffold check")
