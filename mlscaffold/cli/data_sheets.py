"""The commands of `mlscaffold data` that write sheets on which people judge pictures."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlscaffold.cli.console import say
from mlscaffold.cli.data_root import data_root

if TYPE_CHECKING:
    from mlscaffold.project import Project
    from mlscaffold.reports.judging import Form


class Kind(StrEnum):
    """How a sheet is written."""

    HTML = "html"
    XLSX = "xlsx"


Count = Annotated[int, typer.Option("-n", "--count", help="Pictures on the sheet.")]
SheetForm = Annotated[Kind, typer.Option("--format", help="html: a page for the browser; xlsx: a workbook.")]
SheetFile = Annotated[Path | None, typer.Option("--output", help="The file to write.")]
Seed = Annotated[int, typer.Option(help="Another number draws other pictures.")]


def spot_check(
    *,
    count: Count = 100,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Draw from what the model got wrong (never of test).")] = False,
    seed: Seed = 0,
    form: SheetForm = Kind.HTML,
    output: SheetFile = None,
) -> None:
    """Write a sheet with a random sample: is each label right? `apply` says how many are wrong, and what to do."""
    _sheet("spot-check", count=count, of="mistakes" if mistakes else "", seed=seed, form=form, output=output)


def human_level(*, count: Count = 100, seed: Seed = 0, form: SheetForm = Kind.HTML, output: SheetFile = None) -> None:
    """Write a sheet on which a person names pictures blind, of validation and eyeball, to know what can be reached."""
    _sheet("human-level", count=count, seed=seed, form=form, output=output)


def relabel(
    paths: Annotated[Path, typer.Argument(help="A file with a path under data/raw on each line.")],
    *,
    count: Count = 1000,
    form: SheetForm = Kind.HTML,
    output: SheetFile = None,
) -> None:
    """Write a sheet to label these pictures anew; `apply` writes the answers into the annotations."""
    from mlscaffold.errors import ScaffoldError

    try:
        listed = [line.strip() for line in paths.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        listed = listed[1:] if listed and listed[0].casefold() == "path" else listed  # the header of a table with one column
    except (OSError, UnicodeDecodeError) as problem:
        raise ScaffoldError(f"{paths} cannot be read.", reference="unreadable-file", context=str(problem)) from problem
    _sheet("relabel", count=count, paths=listed, form=form, output=output)


def review(*, count: Count = 200, form: SheetForm = Kind.HTML, output: SheetFile = None) -> None:
    """Write a sheet with the pictures that the service laid aside (data/review); `apply` makes them ready to import."""
    _sheet("review", count=count, form=form, output=output)


def causes(
    *,
    cause: Annotated[list[str] | None, typer.Option("--cause", help="A cause to choose from; may be given again.")] = None,
    count: Count = 100,
    seed: Seed = 0,
    form: SheetForm = Kind.HTML,
    output: SheetFile = None,
) -> None:
    """Write a sheet with mistakes of the model on eyeball (never of test): why is it wrong? `apply` says what each cause costs."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.causes import make_sheet

    project = open_project(data_root())
    _write(project, make_sheet(project, named=cause or (), count=count, seed=seed), form, output)


def _sheet(
    kind: str, *, count: int, form: Kind, output: Path | None, of: str = "", paths: Sequence[str] = (), seed: int = 0
) -> None:
    """Draw, record and write a sheet about labels."""
    from mlscaffold.project import open_project
    from mlscaffold.workflows.judging import make_form

    project = open_project(data_root())
    _write(project, make_form(project, kind, count=count, of=of, paths=paths, seed=seed), form, output)


def _write(project: Project, made: Form, form: Kind, output: Path | None) -> None:
    """Write a recorded sheet, and say how it comes back."""
    from functools import partial
    from importlib import import_module

    from mlscaffold.workflows.judging import link_of, missing_pictures, picture_bytes
    from mlscaffold.writing import write_bytes

    target = output or Path(f"{made.name}.{form.value}")
    link = partial(link_of, project, beside=target) if project.settings.pictures == "link" else None
    module = import_module(f"mlscaffold.reports.judging.{form.value}")
    rendered = module.render(made, picture=partial(picture_bytes, project), link=link)
    write_bytes(target, rendered.encode() if isinstance(rendered, str) else rendered)
    asked = made.asked
    say(f"Wrote {target}: {len(asked.items)} of {asked.population} pictures; what was asked is kept in {asked.path}")
    if absent := missing_pictures(project, asked):
        say(f"  {absent} of them are not on this machine, and are shown empty")
    if link:
        say('  it holds no pictures (pictures = "link"): it shows those of this folder, and only on this machine')
    answers = f"{made.name}-answers.csv" if form is Kind.HTML else str(target)
    say(f"Next: when it comes back, mlscaffold apply {answers} --by NAME")
