"""The commands of `mlscaffold data` for data that change: linked, withdrawn, rid of duplicates, named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlscaffold.cli.console import counter, say
from mlscaffold.cli.data_root import data_root

if TYPE_CHECKING:
    from mlscaffold.datasets.deduping import Member
    from mlscaffold.workflows.dedupe_data import Deduped, Planned


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


def dedupe(
    *,
    output: Annotated[Path, typer.Option(help="The plan to write.")] = Path("dedupe-plan.csv"),
    apply: Annotated[Path | None, typer.Option("--apply", help="Read a plan back, and do what it says.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --apply: say what would be done, and do nothing.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How the answer is printed.")] = Format.TEXT,
) -> None:
    """Write a plan for pictures that are there twice; nothing changes until it is read back with --apply."""
    from dataclasses import asdict

    from mlscaffold.project import open_project
    from mlscaffold.workflows import dedupe_data

    project = open_project(data_root())
    if apply is not None:
        done = dedupe_data.apply_plan(project, apply, dry_run=dry_run)
        lines, answer = _applied_lines(done, dry_run=dry_run, package=project.settings.package), asdict(done)
    else:
        planned = dedupe_data.plan(project)
        project.save()
        if planned.members:
            dedupe_data.write(project.root, planned, output)
        lines, answer = _planned_lines(planned, output), {**asdict(planned), "output": str(output) if planned.members else ""}
    if form is Format.JSON:
        typer.echo(json.dumps({"schema": 1, **answer}, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            say(line)


def _planned_lines(planned: Planned, output: Path) -> Iterable[str]:
    """What a plan holds, for people."""
    actions = Counter(member.action for member in planned.members)
    if planned.absent:
        yield f"{planned.absent} of {planned.compared} pictures are not here, and were compared by their digests only"
    if not planned.members:
        yield f"No picture is there twice ({planned.compared} compared)."
        return
    groups: dict[int, list[Member]] = {}
    for member in planned.members:
        groups.setdefault(member.group, []).append(member)
    across = sum(len({m.split for m in group if m.split}) > 1 for group in groups.values())
    differ = sum(len({m.label for m in group if m.label}) > 1 for group in groups.values())
    counts = ", ".join(f"{actions[action]} {action}" for action in ("keep", "drop", "decide"))
    yield f"{_count(len(groups), 'group')} among {planned.compared} pictures: {counts}"
    if across:
        yield f"  {across} in more than one split: what is in test stays"
    if differ:
        yield f"  {differ} with labels that differ: not decided"
    yield f"Wrote {output}; nothing else was changed. Read it, change the column `action`, and then"
    yield f"Next: mlscaffold data dedupe --apply {output}"


def _applied_lines(done: Deduped, *, dry_run: bool, package: str) -> Iterable[str]:
    """What a plan did, for people."""
    would = "would be " * dry_run
    splits = ", ".join(f"{n} of {name}" for name, n in sorted(done.splits.items()))
    before = f"; {done.before} {'was' if done.before == 1 else 'were'} before" if done.before else ""
    yield f"{_count(len(done.dropped), 'picture')} {would}taken out" + (f" ({splits})" if splits else "") + before
    if done.undecided:
        yield f"  {_count(done.undecided, 'group')} with pictures that nobody decided on: they stay"
    if dry_run:
        yield "Nothing was changed (--dry-run)."
        return
    if not done.dropped:
        yield "Nothing was left to do."
        return
    rows = f"{_count(sum(done.rows.values()), 'row')} of {_count(len(done.rows), 'table')}"
    yield f"  {_count(len(done.moved), 'file')} moved to data/removed, which git ignores; {rows}"
    yield f"  kept in {done.record}: an import does not bring them back (commit it with the tables)"
    yield ""
    yield f"Next: mlscaffold data stats, then python -m {package}.prepare"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
