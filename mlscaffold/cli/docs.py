"""`mlscaffold docs`: export, import."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlscaffold.cli.console import is_terminal, say
from mlscaffold.errors import UsageError

if TYPE_CHECKING:
    from mlscaffold.workflows.import_document import Plan

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


class Format(StrEnum):
    """What a document is written as."""

    DOCX = "docx"
    PDF = "pdf"


@app.callback()
def _group() -> None:
    """Hand the stage documents to people who work in Office, and take them back."""


@app.command("export")
def export_(
    stage: str = typer.Argument("all", help="problem, research, evaluation (or their numbers), or all."),
    format_: Format = typer.Option(Format.DOCX, "--format", help="Word or PDF."),
    output: Path = typer.Option(None, "--output", help="A file, or a folder (default: here)."),
) -> None:
    """Write the stage documents as Word or PDF.

    One that nobody has written yet becomes a form to fill in.
    """
    from mlscaffold.project import open_project
    from mlscaffold.workflows.export_documents import document_names, export
    from mlscaffold.writing import write_bytes

    project = open_project()
    names = document_names(stage)
    targets = _targets(names, format_, output)
    for done in [export(project, name, format_) for name in names]:
        write_bytes(targets[done.name], done.data)
        say(f"Wrote {targets[done.name]} from {done.source}")
        for note in done.notes:
            say(f"  {note}")
    if format_ is Format.DOCX:
        say(f"Next: when it comes back, mlscaffold docs import {targets[names[0]]}")


def _targets(names: tuple[str, ...], format_: str, output: Path | None) -> dict[str, Path]:
    """Where each document goes; several go into a folder."""
    folder = output is None or output.is_dir() or str(output).endswith("/") or (len(names) > 1 and not output.suffix)
    if not folder and len(names) > 1:
        raise UsageError(
            f"{output} is one file; {len(names)} documents are written", reference="one-file", hint="--output FOLDER"
        )
    place = output or Path()
    return {name: place / f"{name}.{format_}" if folder else place for name in names}


@app.command("import")
def import_(
    file: Path = typer.Argument(help="A Word file (.docx)."),
    stage: str = typer.Option("", "--stage", help="Whose document it is (default: by its name or its headings)."),
    replace: bool = typer.Option(False, "--replace", help="Write over a document that somebody has written."),
    yes: bool = typer.Option(False, "--yes", help="Where acceptance.toml has another number, take that of the document."),
    keep: bool = typer.Option(False, "--keep", help="Where acceptance.toml has another number, keep it."),
) -> None:
    """Turn a Word file into a stage's document.

    The document is Markdown; a table of requirements in it fills acceptance.toml.
    """
    from mlscaffold.project import open_project
    from mlscaffold.workflows.import_document import carry_out, plan

    if yes and keep:
        raise UsageError("--yes and --keep exclude each other", reference="usage", hint="Name one of them.")
    project = open_project()
    planned = plan(project, file, stage=stage, replace_=replace)
    take = _decide(planned, yes=yes, keep=keep)
    written = carry_out(project, planned, take)
    _tell(planned, written, take)
    project.save()


def _decide(planned: Plan, *, yes: bool, keep: bool) -> set[int]:
    """The places in acceptance.toml where the document's number is taken."""
    from mlscaffold.workflows.advance import Refused

    different = planned.filling.different
    if yes or not different:
        return {difference.place for difference in different}
    if keep:
        return set()
    if not is_terminal():
        raise Refused(
            f"acceptance.toml differs from the document in {len(different)} of its numbers; nothing was written",
            reference="numbers-differ",
            context="\n  ".join(difference.text for difference in different),
            hint="--yes takes the document's numbers, --keep those of acceptance.toml",
        )
    say("acceptance.toml has other numbers than the document:")
    return {d.place for d in different if typer.confirm(f"  {d.text}. Take the document's?", default=False)}


def _tell(planned: Plan, written: tuple[str, ...], take: set[int]) -> None:
    from mlscaffold.workflows.fill_acceptance import FILE, bounds

    filling = planned.filling
    inside = [path for path in written if path not in (planned.path, FILE)]
    what = f" with {len(inside)} picture{'s' * (len(inside) > 1)} in docs/pictures" if inside else ""
    say(f"Wrote {planned.path}{what}" if planned.path in written else f"{planned.path} says that already; nothing to write")
    say(f"  sections: {', '.join(planned.anchors) or 'none is recognised'}")
    if planned.absent:
        say(f"  not found: {', '.join(planned.absent)} (write the heading, or name yours in mlscaffold.toml)")
    for threshold in filling.new:
        say(f"  {FILE}: new, {threshold.text}")
    for difference in filling.different:
        taken = difference.place in take
        kept = f"kept {difference.now.text}; the document asks {bounds(difference.wanted)}: change it there"
        say(f"  {FILE}: {f'{difference.now.text}, now {bounds(difference.wanted)}' if taken else kept}")
    for threshold in filling.unnamed if planned.generated and planned.asked.wishes else ():
        say(f"  {FILE}: {threshold.text} is as generated, and the document does not ask for it")
    for row, why in planned.asked.unread:
        say(f"  not understood in the requirements: {row} ({why})")
    if planned.asked.others:
        say(f"  in the document only, for nothing here measures it: {'; '.join(planned.asked.others)}")
    for note in planned.notes:
        say(f"  not taken over: {note}")
    for path in planned.beside:
        say(f"  {path} is still there and may be read in its place: take it out (git rm {path})")
    slug = planned.name.split("-", 1)[1]
    say(f"Next: mlscaffold check --stage {slug}")
