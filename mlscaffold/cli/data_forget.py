"""`mlscaffold data forget`: withdraw pictures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlscaffold.cli.console import is_terminal, say
from mlscaffold.cli.data_changes import Format, Output
from mlscaffold.cli.data_root import data_root

if TYPE_CHECKING:
    from mlscaffold.workflows.forget_data import Forgotten, Withdrawal

SHOWN = 5


def forget(
    paths: Annotated[list[str] | None, typer.Argument(help="Pictures or folders below data/raw.")] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why, for the tombstone; name no person in it.")] = "",
    by: Annotated[str, typer.Option(help="Who withdraws them; by default the git user.")] = "",
    with_copies: Annotated[
        bool, typer.Option("--with-copies", help="Take what looks like them too: saved again, scaled, mirrored, turned.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Erase here what earlier withdrawals named: in a clone that had it, or after a kill.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased, and erase nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: Output = Format.TEXT,
) -> None:
    """Erase pictures with their rows, prepared copies, thumbnails and pages, and leave a tombstone of digests."""
    from mlscaffold.errors import ScaffoldError, UsageError
    from mlscaffold.project import open_project
    from mlscaffold.workflows.forget_data import forget as erase
    from mlscaffold.workflows.forget_data import plan, plan_again

    if again == bool(paths):
        raise UsageError(
            "Name what to forget, or --again.",
            reference="forget-what",
            hint="mlscaffold data forget data/raw/SOURCE/PICTURE --reason WHY",
        )
    if paths and not reason.strip() and not dry_run:
        raise UsageError("A withdrawal needs a reason.", reference="no-reason", hint='--reason "consent withdrawn"')
    project = open_project(data_root())
    wanted = plan_again(project) if again else plan(project, paths or [], with_copies=with_copies)
    if output is Format.JSON:
        go = (yes and not dry_run) or _nothing(wanted, dry_run=dry_run)
        if not go:
            raise ScaffoldError("Nobody can be asked here, and nothing was erased.", reference="not-confirmed", hint="Add --yes.")
        done = None if _nothing(wanted, dry_run=dry_run) else erase(project, wanted, reason=reason, by=by)
        typer.echo(json.dumps(answer(wanted, done), ensure_ascii=False, indent=2))
        return
    for line in plan_lines(wanted):
        say(line)
    if dry_run:
        say("Nothing was erased (--dry-run).")
    elif wanted.traces.pictures or wanted.traces.files:
        if not yes and not is_terminal():
            raise ScaffoldError("Nobody can be asked here, and nothing was erased.", reference="not-confirmed", hint="Add --yes.")
        if yes or _confirmed(len(wanted.traces.pictures)):
            for line in done_lines(erase(project, wanted, reason=reason, by=by)):
                say(line)
        else:
            say("Nothing was erased.")


def _nothing(wanted: Withdrawal, *, dry_run: bool) -> bool:
    """Whether there is nothing to do, or nothing is to be done."""
    return dry_run or not (wanted.traces.pictures or wanted.traces.files)


def _confirmed(number: int) -> bool:
    import questionary

    return bool(questionary.confirm(f"Erase {_count(number, 'picture')} for good?", default=False).unsafe_ask())


def plan_lines(wanted: Withdrawal) -> Iterable[str]:
    """What a withdrawal would erase, for people."""
    traces = wanted.traces
    if not traces.pictures:
        yield "Nothing that was withdrawn is here."
        return
    yield f"{_count(len(traces.pictures), 'picture')} to forget: {_some([p.path for p in traces.pictures])}"
    if wanted.same:
        yield f"  the same file under another name, goes too: {_some(wanted.same)}"
    if wanted.alike:
        taken = set(wanted.alike) <= {picture.path for picture in traces.pictures}
        yield f"  looks like it, {'goes too' if taken else 'stays (--with-copies takes it)'}: {_some(wanted.alike)}"
    prepared = sum(path.startswith("data/processed/") for path in traces.files)
    absent = len(traces.pictures) - sum(path.startswith("data/raw/") for path in traces.files)
    yield f"  {_count(len(traces.files), 'file')} here, {prepared} of them prepared" + (
        f"; {absent} not on this machine" * bool(absent)
    )
    if traces.pages:
        yield f"  {_count(len(traces.pages), 'page')} with the picture in it, erased as a whole: {_some(traces.pages)}"
    if traces.named:
        yield (
            f"  named by {_count(sum(traces.named.values()), 'row')} of {_count(len(traces.named), 'table')} of predictions: "
            "these stay, and checks say how many rows were withdrawn"
        )


def done_lines(done: Forgotten) -> Iterable[str]:
    """What was erased, and what this command cannot reach, for people."""
    traces = done.withdrawal.traces
    rows = sum(done.rows.values())
    yield f"Erased {_count(len(done.erased), 'file')}, {_count(rows, 'row')} of {_count(len(done.rows), 'table')}, and what the cache knew."
    if done.tombstone:
        yield f"Tombstones, digests only: {done.tombstone} (commit it with the tables)"
    yield "What is not erased:"
    if traces.committed:
        yield f"  git's history holds the picture itself: {_some(traces.committed)}; rewrite it (git filter-repo) or ask who keeps the server"
    for path in traces.linked:
        yield f"  {path} was a link: the picture itself still lies where it led; erase it there"
    for path in traces.examples:
        yield f"  {path} is the same picture; take it out by hand"
    yield "  git's history holds the rows that named it (file name and label, no pixels)"
    yield "  backups, exports, stores of DVC and Git LFS, and models that were trained with it"
    yield "  other clones: there, git pull, then mlscaffold data forget --again"
    yield ""
    yield "Next: mlscaffold data stats"


def answer(wanted: Withdrawal, done: Forgotten | None = None) -> dict[str, Any]:
    """The same, for machines."""
    traces = wanted.traces
    return {
        "schema": 1,
        "pictures": [picture.path for picture in traces.pictures],
        "same": list(wanted.same),
        "alike": list(wanted.alike),
        "files": list(traces.files),
        "pages": list(traces.pages),
        "named": traces.named,
        "linked": list(traces.linked),
        "committed": list(traces.committed),
        "examples": list(traces.examples),
        "erased": list(done.erased) if done else [],
        "rows": done.rows if done else {},
        "tombstone": done.tombstone if done else "",
    }


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
