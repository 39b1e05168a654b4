"""`mlscaffold demo`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

from mlscaffold.cli.console import is_terminal, printable, say, wants_colour, width
from mlscaffold.errors import UsageError

if TYPE_CHECKING:
    from mlscaffold.demo.sins import Sin

app = typer.Typer(rich_markup_mode=None, add_completion=False)

DEFAULT = "digits-demo"
ASK = "ask"


class WithBareBreak(TyperCommand):
    """A command whose `--break` may stand alone: then it asks which sin, or lists them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer carries its own click
        """Give a bare `--break` its value."""
        given = []
        for place, word in enumerate(args):
            following = args[place + 1] if place + 1 < len(args) else "-"
            given += [word, ASK] if word == "--break" and following.startswith("-") else [word]
        return super().parse_args(ctx, given)


@app.command(cls=WithBareBreak)
def demo(
    folder: Path = typer.Argument(Path(DEFAULT), help="Where to create the project."),
    fast: bool = typer.Option(False, "--fast", help="Fewer epochs and trials; never fewer stages."),
    finished: bool = typer.Option(False, "--finished", help="Unpack a finished, signed project instead: a second, no framework."),
    break_: str = typer.Option(
        "",
        "--break",
        metavar="[SIN]",
        help="Commit a sin into the finished project, and see it caught; alone, it asks which; 'list' names them.",
    ),
    undo: bool = typer.Option(False, "--undo", help="Take the last sin back."),
) -> None:
    """Lead a small project through all ten stages, for real: about four minutes on two cores."""
    if sum((fast, finished or bool(break_), undo)) > 1:
        raise UsageError(
            "--fast, --finished with --break, and --undo exclude each other", reference="usage", hint="mlscaffold demo --help"
        )
    if undo:
        _undo(folder)
    elif break_:
        _break(folder, break_, fresh=finished)
    elif finished:
        _unpack(folder)
        say(f"Next: cd {folder}\n      mlscaffold status\n      mlscaffold check\n      mlscaffold demo --break")
    else:
        _lead(folder, fast=fast)


def _lead(folder: Path, *, fast: bool) -> None:
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


def _unpack(folder: Path) -> None:
    from mlscaffold.demo.finished import unpack

    count = unpack(folder.absolute())
    say(f"Unpacked {folder}: {count} files, all ten stages signed; handwritten digits, a real network, a real history.")


def _break(folder: Path, name: str, *, fresh: bool) -> None:
    from mlscaffold.demo.sins import find_sin

    if name == "list" or (name == ASK and not is_terminal()):
        say(_listing())
        return
    sin = _choose() if name == ASK else find_sin(name)
    if sin is None:
        return
    root = _place(folder, fresh=fresh)
    _commit_and_judge(root, sin)


def _commit_and_judge(root: Path, sin: Sin) -> None:
    from mlscaffold.reports import text
    from mlscaffold.workflows.spoil import judge, spoil

    done = spoil(root, sin)
    also = f", {done.added} that git ignores" if done.added else ""
    say(
        f'{sin.title} ({sin.defect}).\nCommitted as "{sin.message}" ({done.commit[:7]}, {done.changed} file{"s" * (done.changed > 1)} in git{also}).\n'
    )
    found = judge(root, sin)
    say("$ mlscaffold check")
    say(text.listing(found.told, width=width(), colour=wants_colour()), colour=True)
    say(found.summary)
    if not found.told:
        say("No check sees it. That is a defect of mlscaffold: please report it.\nNext: mlscaffold demo --undo")
        return
    say(f"\nNumber      {found.number}")
    for name, rows in (("Also", found.also), ("Stale", found.stale)):
        if rows:
            say(f"{name:10}  {', '.join(rows)}")
    say(
        f"Undo        mlscaffold demo --undo{' (git alone leaves the ignored files)' if done.added else ', or git reset --hard HEAD~1'}"
    )
    say(f"Next: mlscaffold explain {found.told[0].check}")


def _undo(folder: Path) -> None:
    from mlscaffold.workflows.spoil import mend

    root = _place(folder, fresh=False)
    name = mend(root)
    say(f"Taken back: {name}.\nNext: mlscaffold check")


def _place(folder: Path, *, fresh: bool) -> Path:
    """The demo that is meant: the one around here, else `folder`, which is unpacked where there is nothing yet."""
    from mlscaffold.places import NoProject, find_root

    if not fresh:
        try:
            return find_root(Path.cwd())  # one that is not the demo is refused there
        except NoProject:
            pass
        if folder.is_dir() and any(folder.iterdir()):
            return folder.absolute()
    _unpack(folder)
    return folder.absolute()


def _choose() -> Sin | None:
    from mlscaffold.cli.prompts import ask_choice
    from mlscaffold.demo.sins import all_sins, find_sin

    return find_sin(ask_choice("Which sin?", {s.name: f"{s.stage:13} {s.title}" for s in all_sins()}))


def _listing() -> str:
    from mlscaffold.demo.sins import all_sins

    sins = all_sins()
    widest = max(len(s.name) for s in sins)
    lines = [f"{s.stage:13} {s.name:{widest}}  {s.title}" for s in sins]
    return "\n".join([*lines, "", "Next: mlscaffold demo --break leak"])


def _progress() -> Callable[[str], None]:
    """What shows a line in the place of the one before, on a terminal only; an empty one clears the place."""
    if not sys.stdout.isatty():
        return lambda line: None

    def show(line: str) -> None:
        sys.stdout.write(f"\r\x1b[K{printable(line)[: width() - 1]}")
        sys.stdout.flush()

    return show
