"""The error boundary, and the few ways in which commands print."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from mlscaffold.errors import ScaffoldError

INTERRUPTED = 130
BUG = 3


def run(app: Any, arguments: Sequence[str]) -> NoReturn:  # noqa: ANN401 - a Typer; importing it here would cost the hook
    """Call the application and turn every way out into an exit code: 0 fine, 1 refused, 2 usage, 3 our bug, 130 interrupted."""
    debug = "--debug" in arguments
    try:
        _call(app, arguments)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; nothing was left half done.\n")
        sys.exit(INTERRUPTED)
    except ScaffoldError as error:
        if debug:
            raise
        show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader (`| head`) has gone
        _give_up_output()
        sys.exit(0)
    except OSError as problem:
        if debug:
            raise
        show_error(_of_system(problem))
        _give_up_output()
        sys.exit(1)
    except Exception as bug:
        if debug:
            raise
        if evidence := _of_evidence(bug):
            show_error(evidence)
            sys.exit(1)
        sys.stderr.write(
            f"mlscaffold broke: {type(bug).__name__}: {bug}\nThis is a bug of ours. Run it again with --debug to see where.\n"
        )
        sys.exit(BUG)


def _call(app: Any, arguments: Sequence[str]) -> NoReturn:  # noqa: ANN401 - as above
    """Run the command; it ends in SystemExit, or in what it raised."""
    code: object = 0
    try:
        app(args=list(arguments), prog_name="mlscaffold", standalone_mode=True)
    except SystemExit as end:  # typer turns ^C into an exit code of its own
        code = end.code
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    sys.stdout.flush()  # a full disk is told here, not by the interpreter on its way out
    sys.exit(code)  # type: ignore[arg-type]


def _give_up_output() -> None:
    """Let the interpreter end although its output cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _of_evidence(problem: Exception) -> ScaffoldError | None:
    """Evidence that is absent or cannot be read, met outside a check."""
    from mlscaffold.project import Missing, Unknown

    match problem:
        case Missing():
            return ScaffoldError(problem.what, reference="missing", hint=problem.fix)
        case Unknown():
            return ScaffoldError(
                problem.reason, reference="unreadable", hint=problem.fix or "Look at the path and its permissions."
            )
    return None


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
    codecs.register_error("json", _json_escape)
    missing = "json" if text.lstrip()[:1] in ("{", "[") else "replace"  # a program reads it: nothing may be lost
    sys.stdout.write(shown.encode(encoding, missing).decode(encoding, "replace") + "\n")


def _json_escape(problem: UnicodeError) -> tuple[str, int]:
    assert isinstance(problem, UnicodeEncodeError)
    return json.dumps(problem.object[problem.start : problem.end])[1:-1], problem.end


def counter(words: str) -> Callable[[int, int], None] | None:
    """Shows "7 of 40 `words`" on standard error, and wipes it at the end; None where that is no terminal."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done} of {total} {words}" + ("\r\x1b[K" if done >= total else ""))
        sys.stderr.flush()

    return show


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
    if not problem.filename:
        return ScaffoldError(f"Cannot go on: {why}", reference="system", hint=hint)
    return ScaffoldError(f"Cannot use {Path(str(problem.filename))}: {why}", reference="system", hint=hint)
