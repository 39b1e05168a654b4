"""`mlscaffold data version`: name the state of the data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlscaffold.cli.console import say
from mlscaffold.cli.data_changes import Format, Output
from mlscaffold.cli.data_root import data_root

if TYPE_CHECKING:
    from mlscaffold.evidence.versions import State, Version
    from mlscaffold.workflows.data_version import DataVersion, UsedBy


def version(
    name: Annotated[str, typer.Argument(help="Record today's state under this name; without one it is only printed.")] = "",
    *,
    note: Annotated[str, typer.Option(help="What this state is.")] = "",
    listing: Annotated[bool, typer.Option("--list", help="List the named versions.")] = False,
    run: Annotated[str, typer.Option("--of", help="A run: which named versions was it made with?")] = "",
    output: Output = Format.TEXT,
) -> None:
    """Print the digest of the data, name it, or tell which named version a run was made with."""
    from mlscaffold.errors import UsageError
    from mlscaffold.evidence.versions import versions
    from mlscaffold.project import open_project
    from mlscaffold.workflows.data_version import data_version, used_by

    if sum((bool(name), listing, bool(run))) > 1:
        raise UsageError("Name a version, or list them, or ask for a run.", reference="version-what")
    project = open_project(data_root())
    lines: Iterable[str]
    answer: dict[str, Any]
    if listing:
        known = versions(project)
        lines, answer = _list_lines(known), {"versions": [asdict(one) for one in known]}
    elif run:
        found = used_by(project, run)
        lines, answer = _run_lines(found), asdict(found)
    else:
        done = data_version(project, name, note=note)
        lines, answer = _state_lines(done, name), asdict(done)
    if output is Format.JSON:
        typer.echo(json.dumps({"schema": 1, **answer}, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            say(line)


def _state_lines(done: DataVersion, name: str) -> Iterable[str]:
    """Today's state, for people."""
    state = done.state
    yield f"{state.digest[:12]}  {_counts(state)}"
    yield f"  pictures {state.media[:12]}, labels {state.labels[:12] or 'not on this machine'}, splits {state.splits[:12] or 'none'}"
    if done.same:
        yield f"  named {', '.join(version.name for version in done.same)}"
    elif done.latest:
        yield f"  not {done.latest.name} ({done.latest.when[:10]}) any more: mlscaffold data diff {done.latest.name}"
    if done.written:
        yield f"Wrote {done.written}; commit it with the tables"
    elif name:
        yield f"{name} names this state already"
    yield "Next: git add data" if done.written else "Next: mlscaffold data version --list"


def _counts(state: State) -> str:
    rows = ", ".join(f"{split} {n}" for split, n in state.rows.items())
    return f"{state.pictures} pictures, {state.labelled} labelled" + (f"; {rows}" if rows else "")


def _list_lines(known: list[Version]) -> Iterable[str]:
    """The named versions, for people."""
    if not known:
        yield "No version is named. One is with: mlscaffold data version NAME --note TEXT"
        return
    width = max(len(one.name) for one in known)
    for one in known:
        yield f"{one.name:<{width}}  {one.state.digest[:12]}  {one.when[:10]}  {_counts(one.state)}" + (
            f"  {one.note}" if one.note else ""
        )
    yield f"Next: mlscaffold data diff {known[-1].name}"


def _run_lines(found: UsedBy) -> Iterable[str]:
    """What a run was made with, for people."""
    yield f"{found.run} ({found.stage})"
    for split, names in found.splits.items():
        yield f"  {split:<10}  {', '.join(names) or 'no named version'}"
    if not found.splits:
        yield "  its provenance names no data"
