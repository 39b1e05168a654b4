"""The command line: each command lives in a module of its own, which is loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# Command → (module, the line that `--help` shows). A module holds `app`, a Typer with one command or a group of them.
COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("mlscaffold.cli.new", "Start a project: a few questions, a repository, the first commit."),
    "status": ("mlscaffold.cli.status", "Show the ten stages at a glance, and what is next."),
    "check": ("mlscaffold.cli.check", "Prove everything that can be proved now."),
    "explain": ("mlscaffold.cli.explain", "Say why a check exists, what it reads and how to mend what it finds."),
    "stage": ("mlscaffold.cli.stage", "Sign the next stage, show one, or leave one out."),
    "waive": ("mlscaffold.cli.waive", "Record a reasoned, dated exception to a check."),
    "docs": ("mlscaffold.cli.docs", "Hand documents to Office as Word or PDF, and take them back."),
    "research": ("mlscaffold.cli.research", "Keep the literature in docs/references.bib."),
    "data": ("mlscaffold.cli.data", "Bring in data, count it, split it."),
    "apply": ("mlscaffold.cli.apply", "Take back a sheet on which a person judged pictures."),
    "report": ("mlscaffold.cli.report", "Write a report for people or machines."),
    "acceptance": ("mlscaffold.cli.acceptance", "Record a change of the targets, and rank all models under it."),
    "diagnose": ("mlscaffold.cli.diagnose", "Say what holds the project back most now."),
    "release": ("mlscaffold.cli.release", "Freeze what goes live, by its digests."),
    "round": ("mlscaffold.cli.round", "Open the next turn of the loop."),
    "audit": ("mlscaffold.cli.audit", "Is my 94 % real? Audit any table of predictions, no project needed."),
    "demo": ("mlscaffold.cli.demo", "Lead a small project through all ten stages, for real."),
}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name, and imports one when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer carries its own click, whose types it does not export
        """The commands, in the order in which a project meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """The command of this name, loaded."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = typer.main.get_command(import_module(module).app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """List the commands from the table, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from mlscaffold import __version__

        sys.stdout.write(f"mlscaffold {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    """Scaffold a machine-learning project, and prove each of its ten stages."""


def main() -> None:
    """The console script."""
    from mlscaffold.cli.console import run

    run(app, sys.argv[1:])
