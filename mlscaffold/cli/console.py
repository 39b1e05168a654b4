"""The error boundary, and the few ways in which commands print."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from mlscaffold.errors import ScaffoldError

INTERRUPTED = 130
BUG = 3


def run(app: Any, arguments: Sequence[str]) -> NoReturn:  # noqa: ANN401 - a Typer; importing it here would cost the hook
    """Call the application and turn every way out into an exit code: 0 fine, 1 refused, 2 usage, 3 our bug, 130 interrupted."""
    debug = "--debug" in arguments
    try:
        app(args=list(arguments), prog_name="mlscaffold", standalone_mode=True)
        sys.exit(0)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; nothing was left half done.\n")
        sys.exit(INTERRUPTED)
    except ScaffoldError as error:
        if debug:
            raise
        show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader (`| head`) has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as problem:
        if debug:
            raise
        show_error(_of_system(problem))
        sys.exit(1)
    except Exception as bug:
        if debug:
            raise
        sys.stderr.write(
            f"mlscaffold broke: {type(bug).__name__}: {bug}\nThis is a bug of ours. Run it again with --debug to see where.\n"
        )
        sys.exit(BUG)


def show_error(error: ScaffoldError) -> None:
    """Print what happened, why, and what to do next."""
    lines = [f"Error: {error.message}"]
    if error.context:
        lines.append(f"  {error.context}")
    if error.hint:
        lines.append(f"  Next: {error.hint}")
    sys.stderr.write("\n".join(printable(line) for line in lines) + "\n")


def say(text: str = "", *, colour: bool = False) -> None:
    """Print lines for a person; control characters from file names and labels are shown, not obeyed (`colour`: ours are kept)."""
    shown = text if colour else "\n".join(printable(line) for line in text.split("\n"))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(shown.encode(encoding, "replace").decode(encoding, "replace") + "\n")


def width() -> int:
    """Columns to write in: the terminal's, within reason; 100 where there is none."""
    import shutil

    return max(60, min(140, shutil.get_terminal_size((100, 24)).columns))


def printable(text: str) -> str:
    """The text with control characters escaped."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def wants_colour() -> bool:
    """Whether the output goes to a terminal that shows colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _of_system(problem: OSError) -> ScaffoldError:
    from pathlib import Path

    from mlscaffold.writing import WHY

    why, hint = WHY.get(problem.errno or 0, (problem.strerror or str(problem), "Look at the path and its permissions."))
    where = Path(str(problem.filename)) if problem.filename else "a file"
    return ScaffoldError(f"Cannot use {where}: {why}", reference="system", hint=hint)
